package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asDavit is the environment variable with which this test binary runs as davit, and as its supervisor.
const asDavit = "DAVIT_TEST_MAIN"

// patience bounds what takes milliseconds on an idle machine.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(asDavit) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is one davit process, started by a test.
type program struct {
	t       *testing.T
	cmd     *exec.Cmd
	console string // the file with its stdout and stderr
	ended   chan struct{}
}

// launch starts davit in a process group of its own. It is killed at the end of the test.
func launch(t *testing.T, binary string, env []string, args ...string) *program {
	t.Helper()
	console, err := os.CreateTemp(t.TempDir(), "console")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = console, console
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// The race detector otherwise sleeps for a second before its program exits.
	cmd.Env = append(os.Environ(), asDavit+"=1", "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0")
	cmd.Env = append(cmd.Env, env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: cmd, console: console.Name(), ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // its status is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		started := descendants(t, cmd.Process.Pid)
		p.kill()
		within(t, patience, "what davit started is gone", func() bool { return len(stillRunning(t, started)) == 0 })
		_ = console.Close()
		if t.Failed() {
			t.Logf("davit %s printed:\n%s", strings.Join(args, " "), p.output())
		}
	})
	return p
}

func (p *program) output() string {
	text, err := os.ReadFile(p.console)
	if err != nil {
		p.t.Errorf("the console: %v", err)
	}
	return string(text)
}

func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %v: %v", s, err)
	}
}

// kill ends davit as kill -9 does, and waits for that.
func (p *program) kill() {
	_ = p.cmd.Process.Kill() // it fails when it has ended already
	<-p.ended
}

// exit waits for davit's end and returns its exit status.
func (p *program) exit(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(limit):
		p.t.Fatalf("davit did not end within %v", limit)
		return -1
	}
}

// served is a running `davit local`. Its methods call its API.
type served struct {
	*program
	api, ecs string // host:port
}

var address = regexp.MustCompile(`(?m)^(Davit's API|ECS endpoint) +http://(\S+)`)

// serveLocal starts `davit local` on free ports and waits until it serves.
func serveLocal(t *testing.T, dir string, args ...string) *served {
	t.Helper()
	return serveBinary(t, os.Args[0], dir, args...)
}

func serveBinary(t *testing.T, binary, dir string, args ...string) *served {
	t.Helper()
	args = append([]string{"local", "--addr", "127.0.0.1:0", "--ecs-addr", "127.0.0.1:0", "--data", dir}, args...)
	l := &served{program: launch(t, binary, nil, args...)}
	within(t, patience, "davit serves", func() bool {
		select {
		case <-l.ended:
			t.Fatalf("davit ended: %s", l.output())
		default:
		}
		output := l.output()
		found := address.FindAllStringSubmatch(output, -1)
		if len(found) != 2 || !strings.Contains(output, "Ctrl-C stops") {
			return false
		}
		l.api, l.ecs = found[0][2], found[1][2]
		return true
	})
	return l
}

// within waits until condition returns true. It fails the test after limit.
func within(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	const turn = 10 * time.Millisecond // subtracted once a check, however long the machine took for it
	tick := time.NewTicker(turn)
	defer tick.Stop()
	for left := limit; !condition(); <-tick.C {
		if left -= turn; left < 0 {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// marker returns a number that no other process has in its command line. `sleep <marker>` sleeps for years.
func marker() string { return strconv.Itoa(100_000_000 + rand.IntN(900_000_000)) }

// proc is one line of the table of processes.
type proc struct {
	pid, parent int
	command     string
}

// processes lists all running processes, without those that have ended and were not reaped.
func processes(t *testing.T) []proc {
	t.Helper()
	out, err := exec.Command("ps", "-axww", "-o", "pid=,ppid=,stat=,args=").Output()
	if err != nil {
		t.Fatalf("ps: %v", err)
	}
	var all []proc
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		var p proc
		var state string
		if _, err := fmt.Sscan(lines.Text(), &p.pid, &p.parent, &state); err != nil || strings.HasPrefix(state, "Z") {
			continue
		}
		p.command = lines.Text()
		all = append(all, p)
	}
	return all
}

// processesWith lists the processes with the marker in their command line.
func processesWith(t *testing.T, mark string) (pids []int) {
	t.Helper()
	for _, p := range processes(t) {
		if strings.Contains(p.command, mark) {
			pids = append(pids, p.pid)
		}
	}
	return pids
}

// descendants lists the processes that pid started, and those that they started.
func descendants(t *testing.T, pid int) (pids []int) {
	t.Helper()
	all := processes(t)
	wanted := map[int]bool{pid: true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if wanted[p.parent] && !wanted[p.pid] {
				wanted[p.pid], grown = true, true
				pids = append(pids, p.pid)
			}
		}
	}
	return pids
}

// stillRunning returns those of the processes that still run.
func stillRunning(t *testing.T, pids []int) (left []int) {
	t.Helper()
	running := map[int]bool{}
	for _, p := range processes(t) {
		running[p.pid] = true
	}
	for _, pid := range pids {
		if running[pid] {
			left = append(left, pid)
		}
	}
	return left
}

// readFile returns the content of a file; "" when there is none.
func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

func isEmptyFolder(t *testing.T, dir string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(names) == 0
}

func createFile(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
