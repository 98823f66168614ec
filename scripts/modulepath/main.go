// Command modulepath changes the path of the Go module of a checkout, everywhere that it stands: go.mod, imports, the linter's rules, documents and scripts.
//
//	modulepath FOLDER PATH
//
// It changes tracked files only and prints each one that it wrote. Run again with the same path it changes nothing.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: modulepath FOLDER PATH")
		os.Exit(2)
	}
	changed, err := change(os.Args[1], os.Args[2])
	for _, name := range changed {
		fmt.Println(name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "modulepath:", err)
		os.Exit(1)
	}
}

// form is what a module path may be: elements of letters, digits, and -._~ between them, as go help modules has it; without a major version above 1.
var form = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9][A-Za-z0-9._~-]*)*$`)

// check refuses what is no module path, and what Go would take for another module.
func check(path string) error {
	switch {
	case len(path) > 200 || !form.MatchString(path) || strings.HasSuffix(path, ".") || strings.Contains(path, ".."):
		return fmt.Errorf("%q is no module path: elements of letters, digits and -._~, divided by /", path)
	case regexp.MustCompile(`/v[0-9]+$`).MatchString(path):
		return fmt.Errorf("%q ends like a major version", path)
	case path == "std" || path == "cmd" || path == "main":
		return fmt.Errorf("%q is a name of Go's own", path)
	}
	return nil
}

// change changes the module path of the checkout in dir, and returns the names of the files that it wrote.
func change(dir, path string) (changed []string, err error) {
	if err := check(path); err != nil {
		return nil, err
	}
	old, err := modulePath(dir)
	if err != nil || old == path {
		return nil, err
	}
	files, err := tracked(dir)
	if err != nil {
		return nil, err
	}
	rules := rulesFor(old, path)
	for _, name := range files {
		wrote, err := rewrite(filepath.Join(dir, name), name, rules)
		if err != nil {
			return changed, err
		}
		if wrote {
			changed = append(changed, name)
		}
	}
	return changed, nil
}

var moduleLine = regexp.MustCompile(`(?m)^module (\S+)$`)

func modulePath(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return "", err
	}
	m := moduleLine.FindSubmatch(data)
	if m == nil {
		return "", errors.New("go.mod has no module line")
	}
	return string(m[1]), nil
}

func tracked(dir string) ([]string, error) {
	cmd := exec.Command("git", "-C", dir, "ls-files", "-z")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 }), nil
}

// rule replaces one form of the path in the files that it is for.
type rule struct {
	in   func(name string) bool
	what *regexp.Regexp
	with string
}

// folders are the folders whose packages are imported.
const folders = `(client|cmd|events|functions|internal|scripts|statemachine)\b`

func rulesFor(old, path string) []rule {
	quoted, with := regexp.QuoteMeta(old), strings.ReplaceAll(path, "$", "$$")
	named := func(names ...string) func(string) bool {
		return func(name string) bool {
			for _, n := range names {
				if name == n {
					return true
				}
			}
			return false
		}
	}
	text := func(name string) bool {
		// Samples hold davit/ in names of AWS: schedules, scopes.
		return strings.HasSuffix(name, ".go") || !strings.Contains(name, "testdata/") && !strings.HasPrefix(name, "events/")
	}
	return []rule{
		{named("go.mod"), regexp.MustCompile(`(?m)^module ` + quoted + `$`), "module " + with},
		{named(".golangci.yml"), regexp.MustCompile(`prefix\(` + quoted + `\)`), "prefix(" + with + ")"},
		{named(".golangci.yml"), regexp.MustCompile(`pkg: "` + quoted + `"`), `pkg: "` + with + `"`},
		// Not where more stands before it: the last element of another path, or of a URL.
		{text, regexp.MustCompile(`(^|[^\w./:@-])` + quoted + `/` + folders), "${1}" + with + "/${2}"},
	}
}

func rewrite(file, name string, rules []rule) (bool, error) {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	now := data
	for _, r := range rules {
		if r.in(name) {
			now = r.what.ReplaceAll(now, []byte(r.with))
		}
	}
	if bytes.Equal(now, data) {
		return false, nil
	}
	if strings.HasSuffix(name, ".go") {
		if now, err = format.Source(now); err != nil { // sorts imports
			return false, fmt.Errorf("%s: %w", name, err)
		}
	}
	return true, os.WriteFile(file, now, info.Mode().Perm())
}
