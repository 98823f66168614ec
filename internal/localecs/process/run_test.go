package process_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs/process"
)

func TestExitCode(t *testing.T) {
	s := open(t)
	for script, want := range map[string]int{
		"exit 0": 0, "exit 3": 3, "exit 255": 255, "kill -KILL $$": 137, "kill -TERM $$": 143,
	} {
		t.Run(script, func(t *testing.T) {
			before := time.Now()
			exit, _ := run(t, s, shell(t, script))
			switch {
			case exit.Code != want:
				t.Errorf("exit.Code is %v, want %v", exit.Code, want)
			case exit.Lost:
				t.Error("exit.Lost is true, want false")
			}
			if exit.At.Before(before.Truncate(time.Millisecond)) || exit.At.After(time.Now()) || exit.At.Location() != time.UTC {
				t.Errorf("ended at %v, not between %v and now in UTC", exit.At, before)
			}
		})
	}
}

func TestEnvironmentIsWhatWasGiven(t *testing.T) {
	t.Setenv("DAVIT_TEST_SECRET", "of the host")
	s := open(t)
	spec := command(t, "/usr/bin/env")
	spec.Env = []string{"B=2", "A=1", "EMPTY=", "LINE=a b\tc", "BYTES=\xff\xfe"}
	_, got := run(t, s, spec)
	if diff := cmp.Diff(strings.Join(spec.Env, "\n")+"\n", got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	spec.Env, spec.Output = nil, spec.Output+"2"
	if _, got := run(t, s, spec); got != "" {
		t.Errorf("an empty environment became %q", got)
	}
}

func TestArgumentsFolderAndInput(t *testing.T) {
	s := open(t)
	spec := shell(t, `cat; pwd; printf '<%s>' "$0" "$@"`)
	spec.Argv = append(spec.Argv, "zero", "", "a b", "$HOME\n", "\xff")
	dir, err := filepath.EvalSymlinks(spec.Dir)
	if err != nil {
		t.Fatal(err)
	}
	_, got := run(t, s, spec)
	if want := dir + "\n<zero><><a b><$HOME\n><\xff>"; got != want {
		t.Errorf("output = %q, want %q", got, want)
	}
}

func TestCommandIsLookedUpInTheGivenPath(t *testing.T) {
	s := open(t)
	root := t.TempDir()
	tool := func(folder string, mode os.FileMode) {
		path := filepath.Join(root, folder)
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		script := fmt.Sprintf("#!/bin/sh\necho from %q\n", folder)
		if err := os.WriteFile(filepath.Join(path, "tool"), []byte(script), mode); err != nil {
			t.Fatal(err)
		}
	}
	tool("one", 0o700)
	tool("two", 0o700)
	tool("plain", 0o600)
	for _, tc := range []struct{ name, path, command, want string }{
		{"first wins", root + "/one:" + root + "/two", "tool", "one"},
		{"missing folders are passed over", "/no/such:" + root + "/two", "tool", "two"},
		{"not executable is passed over", root + "/plain:" + root + "/two", "tool", "two"},
		{"relative to the working directory", "two", "tool", "two"},
		{"a slash needs no PATH", "", "./one/tool", "one"},
		{"an absolute path needs no PATH", "", root + "/one/tool", "one"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			spec := command(t, tc.command)
			spec.Dir, spec.Env = root, []string{"PATH=" + tc.path}
			if _, got := run(t, s, spec); got != "from "+tc.want+"\n" {
				t.Errorf("output = %q, want the tool of %q", got, tc.want)
			}
		})
	}
}

func TestOutputIsAppended(t *testing.T) {
	s := open(t)
	spec := shell(t, "echo out; echo err >&2")
	if _, got := run(t, s, spec); got != "out\nerr\n" {
		t.Errorf("output = %q", got)
	}
	if _, got := run(t, s, spec); got != "out\nerr\nout\nerr\n" {
		t.Errorf("output after a second process = %q", got)
	}
	info, err := os.Stat(spec.Output)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, want 0600", info.Mode())
	}
}

func TestNoFileIsInherited(t *testing.T) {
	leaked, err := syscall.Dup(1) // unlike the files that Go opens, it is not closed on exec
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(leaked) }()
	s := open(t)
	if exit, got := run(t, s, shell(t, fmt.Sprintf("[ ! -e /dev/fd/%d ] || ls -l /dev/fd/", leaked))); got != "" || exit.Code != 0 {
		t.Errorf("file %d was inherited: exit %d\n%s", leaked, exit.Code, got)
	}
}

func TestManyAtOnce(t *testing.T) {
	const many = 200
	s := open(t)
	spec := shell(t, "sleep 600")
	type result struct {
		p   process.Process
		err error
	}
	results := make(chan result)
	for range many {
		go func() {
			p, err := s.Start(t.Context(), spec)
			results <- result{p, err}
		}()
	}
	processes := make(map[int]process.Process)
	for range many {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
			continue
		}
		processes[r.p.PID()] = r.p
	}
	if len(processes) != many || s.Open() != many {
		t.Fatalf("%d processes, %d open, want %d of each", len(processes), s.Open(), many)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for pid, p := range processes {
		switch exit := end(t, p); {
		case exit.Code != 137:
			t.Errorf("exit.Code is %v, want 137", exit.Code)
		case exit.Lost:
			t.Error("exit.Lost is true, want false")
		}
		if alive(pid) {
			t.Errorf("process %d is alive after Close", pid)
		}
	}
}
