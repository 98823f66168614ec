package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for path, good := range map[string]bool{
		"example.org/x/davit": true, "davit": true, "git.example.org/a-b/c_d~e": true,
		"": false, "/davit": false, "davit/": false, "a//b": false, "a b": false, "x/../y": false, "example.org/davit/v2": false, "std": false, "a/b;rm": false,
	} {
		if err := check(path); (err == nil) != good {
			t.Errorf("%q: error %v, want good %v", path, err, good)
		}
	}
}

// A copy of the checkout: the path is changed everywhere, what is built from the module's own packages is still built, and a way back leaves no difference.
func TestChange_OnACopy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	git(t, ".", "clone", "-q", "--no-hardlinks", "../..", dir)
	const path = "example.org/tools/davit"
	changed, err := change(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	if len(changed) < 200 {
		t.Errorf("%d files changed, want every file with an import", len(changed))
	}
	left := exec.Command("git", "-C", dir, "grep", "-nE", `"davit/(client|cmd|events|functions|internal|scripts|statemachine)`, "--", "*.go", "*.yml", "Makefile")
	if text, err := left.Output(); err == nil {
		t.Errorf("the old path is left:\n%s", text)
	}
	vet := exec.Command("go", "list", "-deps", "-test", "./...")
	vet.Dir = dir
	if text, err := vet.CombinedOutput(); err != nil || !strings.Contains(string(text), path+"/internal/run") {
		t.Errorf("the packages cannot be listed: %v\n%.2000s", err, text)
	}
	build := exec.Command("go", "build", "./client")
	build.Dir = dir
	if text, err := build.CombinedOutput(); err != nil {
		t.Errorf("it is not built: %v\n%s", err, text)
	}
	if again, err := change(dir, path); err != nil || len(again) > 0 {
		t.Errorf("the second time it changes %v (%v), want nothing", again, err)
	}
	if _, err := change(dir, "davit"); err != nil {
		t.Fatal(err)
	}
	if text := git(t, dir, "status", "--porcelain"); text != "" {
		t.Errorf("the way back leaves differences:\n%s", text)
	}
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
