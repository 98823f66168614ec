package main

import (
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
	if status := p.exit(patience); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	output := p.output()
	for what, times := range map[string]int{
		`(?m)^run [a-z2-7]{26}: events/run.json`:                                              1,
		`(?m)^[0-9a-f]{8}/worker \| settled [0-9.]+, every payment accounted for$`:            2,
		`(?m)^[0-9a-f]{8}/disk-watch \| [0-9]+% of the disk in use$`:                          0, // at least
		`(?s)placing.*\nrunning\n.*\nsucceeded after [0-9.]+ s \(placed in .*, started after`: 1,
	} {
		if n := len(regexp.MustCompile(what).FindAllString(output, -1)); n != times && (times > 0 || n == 0) {
			t.Errorf("%d lines match %s, want %d (0: at least one)", n, what, times)
		}
	}
	if strings.Contains(output, "\x1b") || strings.Contains(output, "\r") {
		t.Error("the output has control characters of a terminal, want none")
	}
	if !isEmptyFolder(t, tmp) {
		t.Error("the temporary folder is not empty")
	}
}

// SIGINT while davit starts.
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
		p.wantInterrupted(tmp, started)
	}
}

// SIGINT to davit alone before the tasks run, and to its process group, as a terminal sends it, while they run.
func TestDemoInterrupted(t *testing.T) {
	for until, group := range map[string]bool{"Davit at": false, "\nrunning": true} {
		t.Run(until, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			p := launch(t, os.Args[0], []string{"TMPDIR=" + tmp}, "demo")
			within(t, patience, "it says "+until, func() bool { return strings.Contains(p.output(), until) })
			started := descendants(t, p.cmd.Process.Pid)
			id := p.cmd.Process.Pid
			if group {
				id = -id
			}
			if err := syscall.Kill(id, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			p.wantInterrupted(tmp, started)
			if output := p.output(); !strings.Contains(output, "stopped") || strings.Contains(output, "level=") {
				t.Errorf("the output is %s, want a run that is STOPPED and no log line", output)
			}
		})
	}
}

// wantInterrupted checks that the demo ends with exitInterrupted and without an error, a process or a file.
func (p *program) wantInterrupted(tmp string, started []int) {
	p.t.Helper()
	if status := p.exit(interruptTimeout + shutdownTimeout); status != exitInterrupted {
		p.t.Errorf("exit status %d, want %d", status, exitInterrupted)
	}
	if output := p.output(); strings.Contains(output, "davit:") {
		p.t.Errorf("the output is %s, want no error", output)
	}
	wantNoProcesses(p.t, stillRunning(p.t, started))
	if !isEmptyFolder(p.t, tmp) {
		p.t.Error("the temporary folder is not empty")
	}
}
