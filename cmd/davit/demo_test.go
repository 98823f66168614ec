package main

import (
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
	if status := p.exit(patience); status != 0 {
		t.Errorf("exit status %d", status)
	}
	said := p.said()
	wantStatuses(t, said, "SUBMITTED", "LAUNCHING", "PENDING", "RUNNING", "SUCCEEDED")
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
		if status := p.exit(8 * time.Second); status != 130 {
			t.Errorf("exit status %d, want 130", status)
		}
		if said := p.said(); strings.Contains(said, "davit:") {
			t.Errorf("it said %s", said)
		}
		if left := alive(t, started); len(left) > 0 {
			t.Errorf("processes %v are left", left)
		}
		if !empty(t, tmp) {
			t.Errorf("it left something in its temporary folder")
		}
	}
}

// TestDemoInterrupted presses Ctrl-C, before the run and in the midst of it. A terminal signals the whole group.
func TestDemoInterrupted(t *testing.T) {
	for name, until := range map[string]string{"early": "Davit at", "running": "RUNNING"} {
		for target, group := range map[string]bool{"process": false, "group": true} {
			t.Run(name+" "+target, func(t *testing.T) {
				t.Parallel()
				tmp := t.TempDir()
				p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
				within(t, patience, "the run is "+name, func() bool { return strings.Contains(p.said(), until) })
				started := descendants(t, p.cmd.Process.Pid)
				id := p.cmd.Process.Pid
				if group {
					id = -id
				}
				if err := syscall.Kill(id, syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				if status := p.exit(8 * time.Second); status != 130 {
					t.Errorf("exit status %d, want 130", status)
				}
				if said := p.said(); !strings.Contains(said, "STOPPED, exit code") || strings.Contains(said, "level=") {
					t.Errorf("it said %s", said)
				}
				if left := alive(t, started); len(left) > 0 {
					t.Errorf("processes %v are left", left)
				}
				if !empty(t, tmp) {
					t.Errorf("it left something in its temporary folder")
				}
			})
		}
	}
}

var statusLine = regexp.MustCompile(`(?m)^ *\+([0-9]+\.[0-9]{2})s  ([A-Z_]+)$`)

// wantStatuses wants each status once, in this order, with times that do not fall.
func wantStatuses(t *testing.T, said string, want ...string) {
	t.Helper()
	var got []string
	last := ""
	for _, m := range statusLine.FindAllStringSubmatch(said, -1) {
		got = append(got, m[2])
		if len(m[1]) < len(last) || (len(m[1]) == len(last) && m[1] < last) {
			t.Errorf("%s after %ss is said to be at %ss", m[2], last, m[1])
		}
		last = m[1]
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("statuses %v, want %v", got, want)
	}
}
