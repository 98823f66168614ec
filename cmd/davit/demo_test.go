package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
	if status := p.exit(patience); status != 0 {
		t.Errorf("exit status %d", status)
	}
	said := p.said()
	wantStatuses(t, said)
	for what, times := range map[string]int{
		`(?m)^attempt 1, task [0-9a-f]{32}: STOPPED `:                 2,
		`(?m)^  worker: exit code 0$`:                                 2,
		`(?m)^  disk-watch: exit code `:                               2,
		`(?m)^    \| settled [0-9.]+, every payment accounted for$`:   2,
		`(?m)^    \| [0-9]+% of the disk in use$`:                     0, // at least
		`(?m)^run [a-z2-7]{26}: SUCCEEDED, exit code 0 \(all 2 tasks`: 1,
	} {
		if n := len(regexp.MustCompile(what).FindAllString(said, -1)); n != times && (times > 0 || n == 0) {
			t.Errorf("%d lines of %s, want %d", n, what, times)
		}
	}
	if strings.Contains(said, "\x1b") || strings.Contains(said, "\r") {
		t.Error("it wrote for a terminal")
	}
	if !empty(t, tmp) {
		t.Errorf("it left something in its temporary folder")
	}
}

// TestDemoInterruptedAtOnce presses Ctrl-C while davit starts.
func TestDemoInterruptedAtOnce(t *testing.T) {
	t.Parallel()
	for range 4 {
		tmp := t.TempDir()
		p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
		var started []int
		within(t, patience, "the supervisor is there", func() bool {
			started = descendants(t, p.cmd.Process.Pid)
			return len(started) > 0
		})
		p.signal(syscall.SIGINT)
		p.interrupted(tmp, started)
	}
}

// TestDemoInterrupted presses Ctrl-C before the tasks run, on davit alone, and in the midst of them, on its group as a
// terminal does.
func TestDemoInterrupted(t *testing.T) {
	for until, group := range map[string]bool{"Davit at": false, "RUNNING": true} {
		t.Run(until, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
			within(t, patience, "it says "+until, func() bool { return strings.Contains(p.said(), until) })
			started := descendants(t, p.cmd.Process.Pid)
			id := p.cmd.Process.Pid
			if group {
				id = -id
			}
			if err := syscall.Kill(id, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			p.interrupted(tmp, started)
			if said := p.said(); !strings.Contains(said, "STOPPED, exit code") || strings.Contains(said, "level=") {
				t.Errorf("it said %s", said)
			}
		})
	}
}

// interrupted checks that the demo ends as Ctrl-C ends a program, and leaves nothing behind.
func (p *program) interrupted(tmp string, started []int) {
	p.t.Helper()
	if status := p.exit(interruptTimeout + shutdownTimeout); status != exitInterrupted {
		p.t.Errorf("exit status %d, want %d", status, exitInterrupted)
	}
	if said := p.said(); strings.Contains(said, "davit:") {
		p.t.Errorf("it said %s", said)
	}
	if left := alive(p.t, started); len(left) > 0 {
		p.t.Errorf("processes %v are left", left)
	}
	if !empty(p.t, tmp) {
		p.t.Error("it left something in its temporary folder")
	}
}

var statusLine = regexp.MustCompile(`(?m)^ *\+([0-9]+\.[0-9]{2})s  ([A-Z_]+)$`)

// wantStatuses wants the statuses of a good run in their order, with times that do not fall. A task may run before
// ECS's answer to its launch is written down: PENDING is never seen then.
func wantStatuses(t *testing.T, said string) {
	t.Helper()
	var got []string
	last := 0.0
	for _, m := range statusLine.FindAllStringSubmatch(said, -1) {
		got = append(got, m[2])
		at, err := strconv.ParseFloat(m[1], 64)
		if err != nil || at < last {
			t.Errorf("%s after %vs is said to be at %ss", m[2], last, m[1])
		}
		last = at
	}
	switch strings.Join(got, " ") {
	case "SUBMITTED LAUNCHING PENDING RUNNING SUCCEEDED", "SUBMITTED LAUNCHING RUNNING SUCCEEDED":
	default:
		t.Errorf("statuses %v", got)
	}
}
