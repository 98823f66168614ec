package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// SIGTERM ends a davit with tasks, one of which ignores it. Another davit starts on the same folder.
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
	l.untilOutput(polite.RunID, "ready")
	l.untilOutput(stubborn.RunID, "ready")
	started := descendants(t, l.cmd.Process.Pid)

	l.signal(syscall.SIGTERM)
	if status := l.exit(8 * time.Second); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	wantNoProcesses(t, append(stillRunning(t, started), processesWith(t, mark)...))
	if output := l.output(); strings.Contains(output, "level=") {
		t.Errorf("davit printed %s, want no log line", output)
	}

	l = serveLocal(t, dir)
	for id, code := range map[string]int{polite.RunID: 0, stubborn.RunID: 137} {
		r := l.end(id)
		r.wantEnd(t, "FAILED", "INTERRUPTED")
		if n := len(r.Attempts); n != 1 {
			t.Errorf("run %s has %d attempts, want 1", id, n)
		}
		wantExitCode(t, r.Attempts[0].Tasks[0].Containers[0].ExitCode, code)
	}
	l.get(polite.RunID).wantOutput(t, "ready\ngot SIGTERM\n")
	earlier := l.get(past.RunID)
	earlier.wantEnd(t, "FAILED", "EXIT:4")
	earlier.wantOutput(t, "past\n")
	if again := l.submit(script("echo past; exit 4"), "Idempotency-Key: past"); again.RunID != past.RunID {
		t.Errorf("the earlier run's key returns run %s, want %s", again.RunID, past.RunID)
	}
}

func TestSecondOnTheSameData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := serveLocal(t, dir)
	begin := time.Now()
	p := launch(t, os.Args[0], nil, "local", "--addr", "127.0.0.1:0", "--ecs-addr", "127.0.0.1:0", "--data", dir)
	if status := p.exit(patience); status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	t.Logf("refused after %v", time.Since(begin))
	want := "davit: another davit has the data folder " + dir + "; stop it, or choose another with --data\n"
	if p.output() != want {
		t.Errorf("davit printed %q, want %q", p.output(), want)
	}
	l.register(shell)
	l.wantNextSucceeds()
}

func TestRefusedArguments(t *testing.T) {
	t.Parallel()
	other := serveLocal(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, refused := range []struct {
		args  string
		error string // part of it
	}{
		{"--addr 0.0.0.0:0", "only loopback addresses"},
		{"--addr :0", "only loopback addresses"},
		{"--addr example.com:0", "only loopback addresses"},
		{"--ecs-addr 192.0.2.1:0", "only loopback addresses"},
		{"--ecs-addr [::]:0", "only loopback addresses"},
		{"--addr 127.0.0.1", "give host:port"},
		{"--addr " + other.api, "in use"},
		{"--cpu 0", "at least 1"},
		{"--instances 0", "1 to 1000"},
		{"--instances none.json", "none.json"},
		{"--instances " + file, "JSON list"},
		{"--s3-dir " + file, "is not a folder"},
		{"--task-events=maybe", "invalid argument"},
		{"--nope", "unknown flag"},
		{"extra", "extra"},
		{"--data " + file, "data folder"},
	} {
		t.Run(refused.args, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := append([]string{"local", "--addr", "127.0.0.1:0", "--ecs-addr", "127.0.0.1:0", "--data", dir}, strings.Fields(refused.args)...)
			p := launch(t, os.Args[0], nil, args...)
			if status := p.exit(patience); status != 1 && status != 2 {
				t.Errorf("exit status %d, want 1 or 2", status)
			}
			if output := p.output(); !strings.Contains(output, refused.error) || strings.Contains(output, "goroutine") {
				t.Errorf("davit printed %q, want %q in it and no panic", output, refused.error)
			}
			if !isEmptyFolder(t, dir) {
				t.Error("the data folder is not empty")
			}
		})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]int{"": 2, "help": 0, "--help": 0, "local -h": 0, "demo -h": 0, "demo --nope": 2, "demo extra": 2, "start": 2} {
		p := launch(t, os.Args[0], nil, strings.Fields(args)...)
		if status := p.exit(patience); status != want {
			t.Errorf("davit %s: exit status %d, want %d: %s", args, status, want, p.output())
		}
		if p.output() == "" {
			t.Errorf("davit %s printed nothing", args)
		}
	}
}
