package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for path, good := range map[string]bool{
		"example.org/x/davit": true, "davit": true, "git.example.org/a-b/c_d~e": true, "github.com/Some-Body/Davit.go": true, "example.org": true,
		"": false, "/davit": false, "davit/": false, "a//b": false, "a b": false, "x/../y": false, "example.org/davit/v2": false, "std": false, "a/b;rm": false,
		"net": false, "internal/davit": false, "x/davit": false, "Example.org/davit": false, "https://example.org/davit": false, "example.org:80/davit": false,
		"example.org/.davit": false, "example.org/davit.": false, "example.org/aux": false, "example.org/davit~1": false, "example.org/ü": false, "-x.org/davit": false,
		"example.org/" + strings.Repeat("a", 200): false,
	} {
		if err := check(t.Context(), path); (err == nil) != good {
			t.Errorf("%q: error %v, want good %v", path, err, good)
		}
	}
}

// module is a small checkout that has what stands beside the path and is something else.
var module = map[string]string{
	"go.mod":                 "module wares\n\ngo 1.26\n",
	".golangci.yml":          "deny:\n  - {pkg: \"wares\"}\n  - {pkg: \"wares/internal/local$\"}\nallow: [$gostd, wares/internal/run]\nsections: [prefix(wares)]\n",
	"client/client.go":       "// Package client is wares/client.\npackage client\n\n// Scope is no path.\nconst Scope = \"wares/run wares/admin\"\n",
	"cmd/wares/main.go":      "package main\n\nimport (\n\t\"fmt\"\n\n\tz \"wares/client\"\n)\n\nfunc main() { fmt.Println(z.Scope, \"https://example.org/wares/client\") }\n",
	"docs/a.md":              "`wares/internal/run`, `~/.config/wares/config.yaml`, and the prefix wares/clients\n",
	"internal/testdata/a.md": "wares/internal/run\n",
}

// changed is what it is under example.org/wares; nothing for what stays.
var changed = map[string]string{
	"go.mod":            "module example.org/wares\n\ngo 1.26\n",
	".golangci.yml":     "deny:\n  - {pkg: \"example.org/wares\"}\n  - {pkg: \"example.org/wares/internal/local$\"}\nallow: [$gostd, example.org/wares/internal/run]\nsections: [prefix(example.org/wares)]\n",
	"client/client.go":  "// Package client is example.org/wares/client.\npackage client\n\n// Scope is no path.\nconst Scope = \"wares/run wares/admin\"\n",
	"cmd/wares/main.go": "package main\n\nimport (\n\t\"fmt\"\n\n\tz \"example.org/wares/client\"\n)\n\nfunc main() { fmt.Println(z.Scope, \"https://example.org/wares/client\") }\n",
	"docs/a.md":         "`example.org/wares/internal/run`, `~/.config/wares/config.yaml`, and the prefix wares/clients\n",
}

func TestChange_WhatIsNoPath_Stays(t *testing.T) {
	dir := t.TempDir()
	for name, text := range module {
		write(t, dir, name, text)
	}
	write(t, dir, "README.md", "wares/internal")
	git(t, dir, "init", "-q")
	git(t, dir, "add", ".")
	write(t, dir, "internal/new.go", "package internal // wares/internal, which git does not have yet\n")
	if err := os.Remove(filepath.Join(dir, "README.md")); err != nil {
		t.Fatal(err)
	}
	names, err := change(t.Context(), dir, "example.org/wares")
	if err != nil {
		t.Fatal(err)
	}
	if last := names[len(names)-1]; last != "go.mod" {
		t.Errorf("got %s written last, want go.mod", last)
	}
	for name, want := range module {
		if text, there := changed[name]; there {
			want = text
		}
		if got := read(t, dir, name); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	if got, want := read(t, dir, "internal/new.go"), "package internal // example.org/wares/internal, which git does not have yet\n"; got != want {
		t.Errorf("a new file: got %s, want %s", got, want)
	}
}

func TestChange_NoPath_WritesNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", module["go.mod"])
	if names, err := change(t.Context(), dir, "a b"); err == nil || len(names) > 0 {
		t.Errorf("got %v and %v, want an error and no file", names, err)
	}
}

func TestFolders_AreThoseWithPackages(t *testing.T) {
	packages, err := filepath.Glob("../../*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range packages {
		folder := filepath.Base(filepath.Dir(name))
		inside, _ := filepath.Glob(filepath.Join(name, "*.go")) // none: not a folder
		if hasGo := len(inside) > 0 || strings.HasSuffix(name, ".go"); hasGo && !regexp.MustCompile(`^`+folders).MatchString(folder) {
			t.Errorf("%s has packages and is not one of the folders whose paths are changed", folder)
		}
	}
}

// A copy of the checkout: the path is changed everywhere, what is built from the module's own packages is still built, and a way back leaves no difference.
func TestChange_OnACopy(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a copy of the checkout")
	}
	dir := filepath.Join(t.TempDir(), "copy")
	git(t, ".", "clone", "-q", "--no-hardlinks", "../..", dir)
	before, err := modulePath(dir)
	if err != nil {
		t.Fatal(err)
	}
	const path = "example.org/copies/davit"
	names, err := change(t.Context(), dir, path)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 200 {
		t.Errorf("%d files changed, want every file with an import", len(names))
	}
	if text, left := find(dir, `(^|[^-A-Za-z0-9_./:@])`+regexp.QuoteMeta(before)+`/(client|cmd|events|functions|internal|scripts|statemachine)/`); left {
		t.Errorf("the old path is left:\n%s", text)
	}
	for _, args := range [][]string{{"list", "-deps", "-test", "./..."}, {"build", "./client/...", "./internal/run"}, {"vet", "./client"}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %v: %v\n%.2000s", args, err, text)
		}
	}
	if again, err := change(t.Context(), dir, path); err != nil || len(again) > 0 {
		t.Errorf("the second time it changes %v (%v), want nothing", again, err)
	}
	if _, err := change(t.Context(), dir, before); err != nil {
		t.Fatal(err)
	}
	if text := git(t, dir, "status", "--porcelain"); text != "" {
		t.Errorf("the way back leaves differences:\n%s", text)
	}
}

// find returns the lines of Go files, settings and scripts that match, and whether there are any.
func find(dir, pattern string) (string, bool) {
	text, err := exec.Command("git", "-C", dir, "grep", "-nE", pattern, "--", "*.go", "*.yml", "Makefile", "scripts").Output()
	return string(text), err == nil
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, text)
	}
	return string(text)
}
