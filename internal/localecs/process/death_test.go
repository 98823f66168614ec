package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"davit/internal/localecs/process"
)

// davit starts processes in dir, whose ids are in its files "leader", "child" (of a group), "confined/leader" (with a limit and,
// for root, a user of its own) and on Linux "escaped/child" (outside a group), "supervisor" holding the supervisor's, and goes on until it is killed.
func davit(dir string) int {
	s, err := process.Open(supervise(), quiet())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	scripts := map[string]string{
		"":         "echo $$ > leader; sleep 600 & echo $! > child; wait",
		"confined": "echo $$; exec sleep 600",
	}
	if runtime.GOOS == "linux" {
		scripts["escaped"] = escape
	}
	for folder, script := range scripts {
		work := filepath.Join(dir, folder)
		spec := process.Spec{
			Argv: []string{"sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"},
			Dir: work, Output: filepath.Join(work, "log"),
		}
		if folder == "confined" {
			spec.Dir, spec.Output = "/", filepath.Join(work, "leader")
			spec.Limits = []process.Limit{{Name: "core"}}
			if os.Geteuid() == 0 {
				spec.User = &process.User{UID: 54321, GID: 54321}
			}
		}
		if err := errors.Join(os.MkdirAll(work, 0o700), startOnly(s, spec)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "supervisor"), fmt.Appendln(nil, s.Owner()), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	select {}
}

func startOnly(s *process.Supervisor, spec process.Spec) error {
	_, err := s.Start(context.Background(), spec)
	return err
}

// startDavit runs davit in a process of its own and returns it with the ids of its processes.
func startDavit(t *testing.T) (cmd *exec.Cmd, pids map[string]int) {
	t.Helper()
	dir := t.TempDir()
	cmd = exec.Command(os.Args[0], roleDavit, dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	names := []string{"leader", "child", "supervisor", "confined/leader"}
	if runtime.GOOS == "linux" {
		names = append(names, "escaped/child")
	}
	pids = make(map[string]int)
	for _, name := range names {
		pids[name] = pidIn(t, filepath.Join(dir, name))
		if !alive(pids[name]) {
			t.Fatalf("%s is not alive", name)
		}
	}
	return cmd, pids
}

func TestNothingOutlivesDavit(t *testing.T) {
	cmd, pids := startDavit(t)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	within(t, time.Second, "every process is gone", func() bool {
		for _, pid := range pids {
			if alive(pid) {
				return false
			}
		}
		return true
	})
}

func TestProcessEndsWhenDavitAndSupervisorDieTogether(t *testing.T) {
	onlyLinux(t)
	cmd, pids := startDavit(t)
	defer func() { // nobody else ends what is left of the groups
		for _, name := range []string{"child", "escaped/child", "confined/leader"} {
			if group, err := syscall.Getpgid(pids[name]); err == nil {
				_ = syscall.Kill(-group, syscall.SIGKILL)
			}
		}
	}()
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil { // so that it cannot do the killing
		t.Fatal(err)
	}
	if err := syscall.Kill(pids["supervisor"], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, "the started process", pids["leader"])
	gone(t, "the process with limits", pids["confined/leader"])
}

func TestSupervisorDies(t *testing.T) {
	s := open(t)
	spec := shell(t, "sleep 600 & echo $! > child; wait")
	p, q := start(t, s, spec), start(t, s, shell(t, "sleep 600"))
	child := pidIn(t, filepath.Join(spec.Dir, "child"))
	owner := s.Owner()
	if err := syscall.Kill(owner, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for _, dead := range []process.Process{p, q} {
		switch exit := end(t, dead); {
		case !exit.Lost:
			t.Error("exit.Lost is false, want true")
		case exit.At.IsZero():
			t.Error("exit.At.IsZero() is true, want false")
		}
		gone(t, "the process", dead.PID())
		if err := errors.Join(dead.Terminate(), dead.Kill()); err != nil {
			t.Errorf("signals after the end: %v", err)
		}
	}
	gone(t, "the child", child)
	switch exit := end(t, start(t, s, shell(t, "exit 5"))); {
	case exit.Code != 5:
		t.Errorf("the next process: exit.Code is %v, want 5", exit.Code)
	case exit.Lost:
		t.Error("the next process: exit.Lost is true, want false")
	}
	if s.Owner() == owner {
		t.Error("no new supervisor was started")
	}
}

func TestStartIsGivenUp(t *testing.T) {
	s := open(t)
	if err := syscall.Kill(s.Owner(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.Start(ctx, shell(t, "sleep 600")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want a deadline exceeded", err)
	}
	if s.Open() != 1 {
		t.Errorf("%d processes are starting, want 1", s.Open())
	}
	if err := syscall.Kill(s.Owner(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the process was killed", func() bool { return s.Open() == 0 })
}

// givenUp is a context that is done once a start has begun.
type givenUp struct {
	context.Context
	asked bool
}

func (g *givenUp) Err() error {
	if !g.asked {
		g.asked = true
		return nil
	}
	return context.Canceled
}

// A stop that meets a start under way: the process is handed over, so that it is ended by SIGTERM first.
func TestStart_GivenUpWhileItComesTrue_IsNotKilled(t *testing.T) {
	s := open(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		p, err := s.Start(&givenUp{Context: over}, shell(t, "trap 'exit 7' TERM; : > began; while :; do sleep 0.01; done"))
		if err != nil {
			t.Fatalf("Start: %v, want the process", err)
		}
		time.Sleep(20 * time.Millisecond) // a SIGKILL would have come by now
		if err := p.Terminate(); err != nil {
			t.Fatal(err)
		}
		if exit := end(t, p); exit.Code == 137 {
			t.Fatal("the process was killed, want an end by SIGTERM")
		}
	}
}

func TestClose(t *testing.T) {
	s := open(t)
	p := start(t, s, shell(t, "trap '' TERM; sleep 600"))
	owner := s.Owner()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if alive(owner) || alive(p.PID()) {
			t.Error("the supervisor or its process is alive after Close")
		}
	}
	switch exit := end(t, p); {
	case exit.Code != 137:
		t.Errorf("exit.Code is %v, want 137", exit.Code)
	case exit.Lost:
		t.Error("exit.Lost is true, want false")
	}
	if _, err := s.Start(t.Context(), shell(t, "exit 0")); !errors.Is(err, process.ErrClosed) {
		t.Errorf("Start after Close: %v, want ErrClosed", err)
	}
}
