package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// The forms of a module path's elements (https://go.dev/ref/mod#go-mod-file-ident).
var (
	element = regexp.MustCompile(`^[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*$`)
	host    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$`)
	major   = regexp.MustCompile(`^v[0-9]+$`)
	short   = regexp.MustCompile(`~[0-9]+(\.|$)`)
	device  = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// check refuses what is no module path, and what Go would take for another module.
func check(ctx context.Context, path string) error {
	elements := strings.Split(path, "/")
	for _, e := range elements {
		switch {
		case len(path) > 200 || !element.MatchString(e):
			return fmt.Errorf("%q is no module path: elements of letters, digits and -._~, divided by /", path)
		case short.MatchString(e), device.MatchString(e):
			return fmt.Errorf("%q is no module path: %q is a name of Windows", path, e)
		}
	}
	last := elements[len(elements)-1]
	switch {
	case major.MatchString(last):
		return fmt.Errorf("%q ends like a major version", path)
	case len(elements) > 1 && !host.MatchString(elements[0]):
		return fmt.Errorf("%q begins with no host name, such as example.org: Go keeps such paths for its own packages", path)
	case len(elements) == 1:
		return checkName(ctx, path)
	}
	return nil
}

// checkName refuses the names of Go's own packages.
func checkName(ctx context.Context, name string) error {
	own, err := exec.CommandContext(ctx, "go", "list", "std").Output()
	if err != nil {
		return fmt.Errorf("go list std: %w", err)
	}
	taken := []string{"std", "cmd", "main", "all", "tool", "work", "test", "example"}
	for line := range strings.FieldsSeq(string(own)) {
		first, _, _ := strings.Cut(line, "/")
		taken = append(taken, first)
	}
	if slices.Contains(taken, name) {
		return fmt.Errorf("%q is a name of Go's own", name)
	}
	return nil
}
