package process_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"davit/internal/localecs/process"
)

const (
	roleSupervise = "supervise" // this binary as `davit supervise`
	roleDavit     = "davit"     // this binary as a Davit with processes, see davit
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case roleSupervise:
			os.Exit(process.Main(os.Stdin, os.Stdout))
		case roleDavit:
			os.Exit(davit(os.Args[2]))
		}
	}
	// A program with the race detector otherwise sleeps for a second before it exits.
	if err := os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func supervise() []string { return []string{os.Args[0], roleSupervise} }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// open makes a Supervisor that is closed at the end of the test, and checks that it ends well.
func open(t *testing.T) *process.Supervisor {
	t.Helper()
	s, err := process.Open(supervise(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// shell is a Spec for a shell script that runs in a folder of its own and writes to its file "log".
func shell(t *testing.T, script string) process.Spec {
	t.Helper()
	return command(t, "sh", "-c", script)
}

func command(t *testing.T, argv ...string) process.Spec {
	t.Helper()
	dir := t.TempDir()
	return process.Spec{
		Argv: argv, Env: []string{"PATH=/usr/bin:/bin"}, Dir: dir, Output: filepath.Join(dir, "log"),
	}
}

func start(t *testing.T, s *process.Supervisor, spec process.Spec) process.Process {
	t.Helper()
	p, err := s.Start(t.Context(), spec)
	if err != nil {
		t.Fatalf("Start %q: %v", spec.Argv, err)
	}
	return p
}

// end waits for the process's one Exit, and checks that no second follows.
func end(t *testing.T, p process.Process) process.Exit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case exit := <-p.Done():
		if _, more := <-p.Done(); more {
			t.Error("Done carried a second value")
		}
		return exit
	case <-ctx.Done():
		t.Fatalf("process %d did not end", p.PID())
		return process.Exit{}
	}
}

// run starts spec, waits for its end and returns that and the output.
func run(t *testing.T, s *process.Supervisor, spec process.Spec) (process.Exit, string) {
	t.Helper()
	exit := end(t, start(t, s, spec))
	return exit, read(t, spec.Output)
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// within fails the test unless the condition comes true in that time.
func within(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	const turn = 2 * time.Millisecond // counts as this long also when the machine gave nobody a turn for longer
	tick := time.NewTicker(turn)
	defer tick.Stop()
	for left := limit; !condition(); <-tick.C {
		if left -= turn; left < 0 {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// pidIn waits for a line with a process id in the file.
func pidIn(t *testing.T, name string) int {
	t.Helper()
	pid := 0
	within(t, 20*time.Second, "a process id in "+name, func() bool {
		content, err := os.ReadFile(name)
		if err != nil || !strings.HasSuffix(string(content), "\n") {
			return false
		}
		pid, err = strconv.Atoi(strings.TrimSpace(string(content)))
		return err == nil
	})
	return pid
}

// alive distinguishes a process that runs from one that has ended, also when nobody has reaped it yet.
func alive(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(state)), "Z")
}

func gone(t *testing.T, what string, pid int) {
	t.Helper()
	within(t, time.Second, what+" is gone", func() bool { return !alive(pid) })
}

func onlyLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has it")
	}
}
