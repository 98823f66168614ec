// Command modulepath changes the path of the Go module of a checkout, everywhere that it stands: go.mod, imports, the linter's rules, documents and scripts.
//
//	modulepath FOLDER PATH
//
// It changes every file that git does not ignore, and prints each one that it wrote. go.mod is the last one, so that a change that was broken off goes on when it is
// repeated. Run again with the same path it changes nothing.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: modulepath FOLDER PATH")
		os.Exit(2)
	}
	changed, err := change(context.Background(), os.Args[1], os.Args[2])
	for _, name := range changed {
		fmt.Println(name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "modulepath:", err)
		os.Exit(1)
	}
}

// change changes the module path of the checkout in dir, and returns the names of the files that it wrote.
func change(ctx context.Context, dir, path string) (changed []string, err error) {
	if err := check(ctx, path); err != nil {
		return nil, err
	}
	old, err := modulePath(dir)
	if err != nil || old == path {
		return nil, err
	}
	files, err := sources(ctx, dir)
	if err != nil {
		return nil, err
	}
	rules := rulesFor(old, path)
	for _, name := range append(files, "go.mod") {
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

// sources returns the names of the files that git does not ignore, without go.mod.
func sources(ctx context.Context, dir string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	names := strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	return slices.DeleteFunc(names, func(name string) bool { return name == "go.mod" }), nil
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
	named := func(file string) func(string) bool {
		return func(name string) bool { return name == file }
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
	if errors.Is(err, fs.ErrNotExist) { // deleted, and git still has it
		return false, nil
	}
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
