package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTerminate sends SIGTERM to a davit with tasks, one of which ignores it, and starts another on the same folder.
func TestTerminate(t *testing.T) {
	t.Parallel()
	dir, mark := t.TempDir(), marker()
	l := serveLocal(t, dir)
	l.register(shell)
	l.register(strings.Replace(strings.Replace(shell, `"shell"`, `"stubborn"`, 1), `"stopTimeout": 2`, `"stopTimeout": 100`, 1))
	past := l.submit(script("echo past; exit 4"), "Idempotency-Key: past")
	l.until(past.RunID, "FAILED")
	polite := l.submit(script("trap 'echo got SIGTERM; exit 0' TERM; echo ready; sleep " + mark + " & wait"))
	stubborn := l.submit(strings.Replace(script("trap '' TERM; echo ready; sleep "+mark+"; sleep "+mark), `"shell"`, `"stubborn"`, 1))
	l.says(polite.RunID, "ready")
	l.says(stubborn.RunID, "ready")
	started := descendants(t, l.cmd.Process.Pid)

	l.signal(syscall.SIGTERM)
	if status := l.exit(8 * time.Second); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if left := append(alive(t, started), marked(t, mark)...); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
	if said := l.said(); strings.Contains(said, "level=") {
		t.Errorf("it said %s", said)
	}

	l = serveLocal(t, dir)
	for id, code := range map[string]int{polite.RunID: 0, stubborn.RunID: 137} {
		r := l.end(id)
		if r.Status != "FAILED" || r.Class != "INTERRUPTED" || len(r.Attempts) != 1 {
			t.Errorf("the run ended %s %s (%s) with %d attempts", r.Status, r.Class, r.StatusReason, len(r.Attempts))
		}
		if got := r.Attempts[0].Tasks[0].Containers[0].ExitCode; got == nil || *got != code {
			t.Errorf("exit code %v, want %d", got, code)
		}
	}
	if output := text(t, l.get(polite.RunID).log()); output != "ready\ngot SIGTERM\n" {
		t.Errorf("output %q", output)
	}
	if r := l.get(past.RunID); r.Status != "FAILED" || r.Class != "EXIT:4" || text(t, r.log()) != "past\n" {
		t.Errorf("the earlier run is %+v", r)
	}
	if again := l.submit(script("echo past; exit 4"), "Idempotency-Key: past"); again.RunID != past.RunID {
		t.Errorf("its key made another run: %s", again.RunID)
	}
}

func TestSecondOnTheSameData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := serveLocal(t, dir)
	begin := time.Now()
	p := launch(t, os.Args[0], nil, "local", "--addr", "127.0.0.1:0", "--ecs-addr", "127.0.0.1:0", "--data", dir)
	if status := p.exit(patience); status != 1 {
		t.Errorf("exit status %d", status)
	}
	t.Logf("refused after %v", time.Since(begin))
	want := "davit: another davit has the data folder " + dir + "; stop it, or choose another with --data\n"
	if p.said() != want {
		t.Errorf("it said %q, want %q", p.said(), want)
	}
	l.register(shell)
	if r := l.end(l.submit(script("exit 0")).RunID); r.Status != "SUCCEEDED" {
		t.Errorf("the first davit's run: %+v", r)
	}
}

func TestRefusedArguments(t *testing.T) {
	t.Parallel()
	taken := serveLocal(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, refused := range []struct {
		args string
		says string
	}{
		{"--addr 0.0.0.0:0", "only loopback addresses"},
		{"--addr :0", "only loopback addresses"},
		{"--addr example.com:0", "only loopback addresses"},
		{"--ecs-addr 192.0.2.1:0", "only loopback addresses"},
		{"--ecs-addr [::]:0", "only loopback addresses"},
		{"--addr 127.0.0.1", "give host:port"},
		{"--addr " + taken.api, "in use"},
		{"--cpu 0", "at least 1"},
		{"--instances 0", "1 to 1000"},
		{"--instances none.json", "none.json"},
		{"--instances " + file, "JSON list"},
		{"--s3-dir " + file, "is not a folder"},
		{"--task-events=maybe", "invalid boolean value"},
		{"--nope", "not defined"},
		{"extra", "extra"},
		{"--data " + file, "data folder"},
	} {
		t.Run(refused.args, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := append([]string{"local", "--addr", "127.0.0.1:0", "--ecs-addr", "127.0.0.1:0", "--data", dir}, strings.Fields(refused.args)...)
			p := launch(t, os.Args[0], nil, args...)
			if status := p.exit(patience); status != 1 && status != 2 {
				t.Errorf("exit status %d", status)
			}
			if said := p.said(); !strings.Contains(said, refused.says) || strings.Contains(said, "goroutine") {
				t.Errorf("it said %q", said)
			}
			if !empty(t, dir) {
				t.Error("it made something of its data folder")
			}
		})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]int{"": 2, "help": 0, "--help": 0, "local -h": 0, "demo -h": 0, "demo --nope": 2, "demo extra": 1, "start": 2} {
		p := launch(t, os.Args[0], nil, strings.Fields(args)...)
		if status := p.exit(patience); status != want || p.said() == "" {
			t.Errorf("davit %s: exit status %d, want %d: %s", args, status, want, p.said())
		}
	}
}
