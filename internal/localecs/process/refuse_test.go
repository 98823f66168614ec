package process_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"davit/internal/localecs/process"
)

func TestStartErrorSaysWhy(t *testing.T) {
	s := open(t)
	folder := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := file("plain", "#!/bin/sh\n", 0o600)
	lost := file("lost", "#!/no/such/interpreter\n", 0o700)
	noise := file("noise", "\x00\x01\x02", 0o700)
	good := file("good", "#!/bin/sh\n", 0o700)
	env := []string{"PATH=" + folder}
	for _, tc := range []struct {
		name string
		spec process.Spec
		want string
	}{
		{"no command", process.Spec{}, "no command was given"},
		{"empty command", process.Spec{Argv: []string{""}}, "no command was given"},
		{"not in PATH", process.Spec{Argv: []string{"nope"}, Env: env}, `command "nope": not found in PATH`},
		{"host PATH unused", process.Spec{Argv: []string{"sh"}, Env: env}, `command "sh": not found in PATH`},
		{"no PATH", process.Spec{Argv: []string{"sh"}}, `command "sh": not found in PATH`},
		{"no such file", process.Spec{Argv: []string{"/no/such"}}, `command "/no/such": not found`},
		{"not executable", process.Spec{Argv: []string{plain}}, `plain": permission denied`},
		{"not executable in PATH", process.Spec{Argv: []string{"plain"}, Env: env}, `command "plain": permission denied`},
		{"a folder", process.Spec{Argv: []string{folder}}, "permission denied"},
		{"no interpreter", process.Spec{Argv: []string{lost}}, "the interpreter that it names was not found"},
		{"no program", process.Spec{Argv: []string{noise}}, "neither a program for this machine nor a script"},
		{"NUL", process.Spec{Argv: []string{good, "a\x00b"}}, "contains a NUL character"},
		{"too long", process.Spec{Argv: []string{good, strings.Repeat("x", 8<<20)}}, "are too long"},
		{"missing folder", process.Spec{Argv: []string{good}, Dir: "/no/such"}, `working directory "/no/such": not found`},
		{"file as folder", process.Spec{Argv: []string{good}, Dir: plain}, `plain": not a directory`},
		{"no output", process.Spec{Argv: []string{good}, Output: "/no/such/log"}, `output file "/no/such/log": not found`},
		{"output is a folder", process.Spec{Argv: []string{good}, Output: folder}, "is a directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.spec.Dir == "" {
				tc.spec.Dir = folder
			}
			if tc.spec.Output == "" {
				tc.spec.Output = filepath.Join(t.TempDir(), "log")
			}
			p, err := s.Start(t.Context(), tc.spec)
			var refused *process.StartError
			if p != nil || !errors.As(err, &refused) {
				t.Fatalf("Start = %v, %v; want a StartError", p, err)
			}
			if !strings.Contains(refused.Reason, tc.want) || err.Error() != refused.Reason {
				t.Errorf("reason = %q, want %q in it", refused.Reason, tc.want)
			}
		})
	}
	if s.Open() != 0 {
		t.Errorf("%d processes are open after refusals", s.Open())
	}
	if exit := end(t, start(t, s, command(t, good))); exit.Code != 0 {
		t.Errorf("after refusals: %+v", exit)
	}
}

func TestStartNeedsAFolder(t *testing.T) {
	spec := shell(t, "exit 0")
	spec.Dir = ""
	_, err := open(t).Start(t.Context(), spec)
	var refused *process.StartError
	if !errors.As(err, &refused) || refused.Reason != "no working directory was given" {
		t.Errorf("err = %v", err)
	}
}

func TestStartWhenContextIsDone(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Start(ctx, shell(t, "exit 0")); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if s.Open() != 0 {
		t.Errorf("%d processes are open", s.Open())
	}
}

func TestOpenWithoutASupervisor(t *testing.T) {
	for _, argv := range [][]string{nil, {"/no/such/davit", "supervise"}} {
		if s, err := process.Open(argv, quiet()); err == nil {
			t.Errorf("Open %q = %v, want an error", argv, s)
		}
	}
}

func TestCommandThatIsNoSupervisor(t *testing.T) {
	for _, argv := range [][]string{{"true"}, {"sh", "-c", "echo hello; exec cat"}} {
		s, err := process.Open(argv, quiet())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Start(t.Context(), shell(t, "exit 0")); !errors.Is(err, process.ErrLost) {
			t.Errorf("Start by %q: %v, want ErrLost", argv, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}
