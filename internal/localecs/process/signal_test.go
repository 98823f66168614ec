package process_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestTerminateReachesTheGroup(t *testing.T) {
	s := open(t)
	spec := shell(t, "sleep 600 & echo $! > child; wait")
	p := start(t, s, spec)
	child := pidIn(t, filepath.Join(spec.Dir, "child"))
	if !alive(p.PID()) || !alive(child) {
		t.Fatalf("process %d or its child %d is not alive", p.PID(), child)
	}
	if err := p.Terminate(); err != nil {
		t.Error(err)
	}
	switch exit := end(t, p); {
	case exit.Code != 143:
		t.Errorf("exit.Code is %v, want 143", exit.Code)
	case exit.Lost:
		t.Error("exit.Lost is true, want false")
	}
	gone(t, "the child", child)
	if err := p.Terminate(); err != nil {
		t.Errorf("Terminate after the end: %v", err)
	}
	if err := p.Kill(); err != nil {
		t.Errorf("Kill after the end: %v", err)
	}
}

func TestKillEndsWhatOutlivesTerminate(t *testing.T) {
	s := open(t)
	spec := shell(t, "trap 'echo > heard' TERM; echo > ready; while :; do sleep 0.05; done")
	p := start(t, s, spec)
	exists := func(name string) func() bool {
		return func() bool { _, err := os.Stat(filepath.Join(spec.Dir, name)); return err == nil }
	}
	within(t, 20*time.Second, "the trap is set", exists("ready"))
	if err := p.Terminate(); err != nil {
		t.Error(err)
	}
	within(t, 20*time.Second, "SIGTERM was heard", exists("heard"))
	select {
	case exit := <-p.Done():
		t.Fatalf("it ended by SIGTERM: %+v", exit)
	default:
	}
	if !alive(p.PID()) {
		t.Fatal("it is not alive")
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	if exit := end(t, p); exit.Code != 137 {
		t.Errorf("exit = %+v, want code 137", exit)
	}
}

func TestLeftoversOfTheGroupAreKilled(t *testing.T) {
	s := open(t)
	other := start(t, s, shell(t, "sleep 600"))
	spec := shell(t, "trap '' TERM; sleep 600 & echo $! > child; exit 3")
	p := start(t, s, spec)
	if exit := end(t, p); exit.Code != 3 {
		t.Errorf("exit = %+v, want code 3", exit)
	}
	gone(t, "the child", pidIn(t, filepath.Join(spec.Dir, "child")))
	if !alive(other.PID()) {
		t.Error("another process was killed with it")
	}
}

func TestProcessOutsideItsGroupEndsWithTheLast(t *testing.T) {
	onlyLinux(t)
	s := open(t)
	spec := shell(t, escape)
	p := start(t, s, spec)
	child := pidIn(t, filepath.Join(spec.Dir, "child"))
	if group, err := syscall.Getpgid(child); err != nil || group == p.PID() {
		t.Fatalf("group of the child is %d, %v: it did not leave", group, err)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	end(t, p)
	gone(t, "the child outside the group", child)
	if exit := end(t, start(t, s, shell(t, "exit 4"))); exit.Code != 4 {
		t.Errorf("the next process: %+v", exit)
	}
}

// escape starts a process in a session of its own, which has a child, and waits.
const escape = `setsid sh -c 'sleep 600 & echo $! > child; wait' & wait`

func TestSupervisorHeedsNoSignal(t *testing.T) {
	s := open(t)
	p := start(t, s, shell(t, "sleep 600"))
	owner := s.Owner()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE} {
		if err := syscall.Kill(owner, sig); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"INT", "TERM", "HUP", "QUIT"} { // nor do its processes inherit that
		if exit := end(t, start(t, s, shell(t, "kill -"+name+" $$; exit 0"))); exit.Code <= 128 {
			t.Errorf("a process got SIG%s and ended with %+v", name, exit)
		}
	}
	if !alive(p.PID()) || s.Owner() != owner {
		t.Error("the supervisor gave way")
	}
	if own, err := syscall.Getpgid(owner); err != nil || own == syscall.Getpgrp() {
		t.Errorf("supervisor's group is %d, %v: a terminal's signals reach it", own, err)
	}
}
