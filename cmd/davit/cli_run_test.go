package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// jobs serves a davit local with the definitions of the tests of the command line: `job` has one container, which runs a shell; `pair` has two that are essential.
func jobs(t *testing.T, dir string, args ...string) *served {
	t.Helper()
	l := serveLocal(t, dir, append([]string{"--quiet"}, args...)...)
	l.register(`{"family": "job", "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 64, "command": ["sh", "-c", "echo hello"]}]}`)
	l.register(`{"family": "pair", "containerDefinitions": [{"name": "a", "image": "busybox", "memory": 64, "command": ["sh", "-c", "trap 'exit 0' TERM; echo from a; sleep 0.3"]},
		{"name": "b", "image": "busybox", "memory": 64, "command": ["sh", "-c", "trap 'exit 0' TERM; echo from b; sleep 0.3"]}]}`)
	return l
}

func TestCLI_Run_ExitsWithTheOutcome(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	once := filepath.Join(t.TempDir(), "once.json")
	if err := os.WriteFile(once, []byte(`{"taskDefinition": "job", "policy": {"retry": {"maxAttempts": 1}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		out    string // stdout, whole
		err    string // in stderr
	}{
		"succeeds":            {[]string{"run", "job"}, 0, "hello\n", "succeeded after"},
		"own command":         {[]string{"run", "job", "--", "sh", "-c", "echo one; echo two"}, 0, "one\ntwo\n", "succeeded"},
		"environment":         {[]string{"run", "job", "-e", "DAY=7", "--", "sh", "-c", "echo day $DAY"}, 0, "day 7\n", ""},
		"fails with 3":        {[]string{"run", "job", "--", "sh", "-c", "exit 3"}, 3, "", "exit 3"},
		"killed":              {[]string{"run", "job", "--", "sh", "-c", "kill -9 $$"}, 137, "", "137"},
		"times out":           {[]string{"run", "job", "--timeout", "1s", "--", "sleep", "60"}, 124, "", "timed out"},
		"never starts":        {[]string{"run", "-f", once, "--", "no-such-program"}, 126, "", "could not"},
		"refused":             {[]string{"run", "job", "--count", "11"}, 2, "", "/count  RT-03"},
		"unknown definition":  {[]string{"run", "nothing"}, 2, "", "/taskDefinition"},
		"several essential":   {[]string{"run", "pair", "-e", "A=1"}, 2, "", "name one with -c"},
		"no such container":   {[]string{"run", "pair", "-c", "z", "-e", "A=1"}, 2, "", "it has a, b"},
		"wait-timeout is 125": {[]string{"run", "job", "--wait-timeout", "1s", "--", "sleep", "3"}, 125, "", "it goes on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := l.in(t).davit(c.args...)
			r.wantStatus(t, c.status)
			if r.out != c.out {
				t.Errorf("stdout is %q, want %q", r.out, c.out)
			}
			if !strings.Contains(r.err, c.err) {
				t.Errorf("stderr is %q, want %q in it", r.err, c.err)
			}
			if strings.Contains(r.out+r.err, "\x1b") {
				t.Error("a pipe gets control characters of a terminal")
			}
		})
	}
}

func TestCLI_Run_SeveralStreams_NameTheirContainer(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	got := normal(l.davit("run", "pair").wantStatus(t, 0).out)
	for _, line := range []string{"TASK/a | from a\n", "TASK/b | from b\n"} {
		if !strings.Contains(got, line) {
			t.Errorf("stdout is %q, want %q in it", got, line)
		}
	}
}

func TestCLI_Run_AnswerLost_IsOneRun(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	var posts atomic.Int32
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: l.api})
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodPost && posts.Add(1) <= 2 {
			return fmt.Errorf("this answer is lost")
		}
		return nil
	}
	lossy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = l.api
		proxy.ServeHTTP(w, r)
	}))
	defer lossy.Close()
	l.davit("run", "job", "--url", lossy.URL).wantStatus(t, 0)
	if n := strings.Count(l.davit("ps", "-a", "-o", "id").out, "\n"); n != 1 {
		t.Errorf("%d runs are recorded, want 1", n)
	}
	if n := posts.Load(); n != 3 {
		t.Errorf("the run was submitted %d times, want 3", n)
	}
}

// Ctrl-C, SIGTERM and SIGHUP detach, and the run goes on. With CI=true the first two stop it.
func TestCLI_Run_Signals(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	for name, c := range map[string]struct {
		env    []string
		signal syscall.Signal
		status int
		ends   string
	}{
		"Ctrl-C":        {nil, syscall.SIGINT, 130, "SUCCEEDED"},
		"SIGTERM":       {nil, syscall.SIGTERM, 130, "SUCCEEDED"},
		"SIGHUP":        {nil, syscall.SIGHUP, 130, "SUCCEEDED"},
		"Ctrl-C in CI":  {[]string{"CI=true"}, syscall.SIGINT, 122, "STOPPED"},
		"SIGTERM in CI": {[]string{"CI=true"}, syscall.SIGTERM, 122, "STOPPED"},
		"SIGHUP in CI":  {[]string{"CI=true"}, syscall.SIGHUP, 130, "SUCCEEDED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := l.in(t)
			gate := filepath.Join(t.TempDir(), "open")
			s := l.start(c.env, "run", "job", "--", "sh", "-c", "echo begun; until [ -e "+gate+" ]; do sleep 0.1; done; echo over")
			s.until("begun\n")
			s.signal(c.signal)
			if c.ends == "STOPPED" {
				s.until("stopping the run")
			}
			if status := s.exit(); status != c.status {
				t.Errorf("exit status %d, want %d; it wrote:\n%s", status, c.status, s.text())
			}
			createFile(t, gate)
			id := anyID.FindString(s.text())
			if c.status == 130 && !strings.Contains(s.text(), "davit wait "+id) {
				t.Errorf("it does not tell how to come back:\n%s", s.text())
			}
			l.until(id, c.ends)
		})
	}
}

// A davit local that is killed and started again on the same folder: who waits and who follows go on.
func TestCLI_ServerKilled_WaitersGoOn(t *testing.T) {
	t.Parallel()
	dir, gate := t.TempDir(), filepath.Join(t.TempDir(), "open")
	l := jobs(t, dir)
	id := strings.TrimSpace(l.davit("run", "job", "-d", "--", "sh", "-c", "echo begun; until [ -e "+gate+" ]; do sleep 0.1; done; echo over; exit 4").wantStatus(t, 0).out)
	l.until(id, "RUNNING")
	waits, follows := l.start(nil, "wait", id), l.start(nil, "logs", "-f", id)
	follows.until("begun\n")
	l.kill()
	again := serveAgain(t, l, dir)
	createFile(t, gate)
	run := again.end(id)
	if status, want := waits.exit(), outcomeOf(run); status != want {
		t.Errorf("wait ends with %d, want %d; it wrote:\n%s", status, want, waits.text())
	}
	if status := follows.exit(); status != 0 {
		t.Errorf("logs -f ends with %d, want 0; it wrote:\n%s", status, follows.text())
	}
}

// serveAgain serves a folder on the ports that l had.
func serveAgain(t *testing.T, l *served, dir string) *served {
	t.Helper()
	return serveLocal(t, dir, "--quiet", "--addr", l.api, "--ecs-addr", l.ecs)
}

func outcomeOf(r runDoc) int {
	switch {
	case r.Status == "LOST" || r.Class == "INTERRUPTED":
		return 121
	case r.ExitCode != nil:
		return *r.ExitCode
	default:
		return 1
	}
}

func TestCLI_ClosedPipe_LeavesNoError(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	id := strings.TrimSpace(l.davit("run", "job", "-d", "--", "sh", "-c", "yes | head -n 200000").out)
	l.davit("wait", id).wantStatus(t, 0)
	for name, c := range map[string]struct {
		args   []string
		status int
	}{
		"logs":    {[]string{"logs", id}, 0},
		"logs -f": {[]string{"logs", "-f", id}, 0},
		"run":     {[]string{"run", "job", "--", "sh", "-c", "while :; do echo y; done"}, 130},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := l.command(nil, c.args...)
		var errOut strings.Builder
		cmd.Stdout, cmd.Stderr = w, &errOut
		err = cmd.Start()
		_ = w.Close()
		buffer := make([]byte, 2)
		if _, err := r.Read(buffer); err != nil {
			t.Errorf("%s: nothing was written: %v", name, err)
		}
		_ = r.Close()
		status := l.waitCommand(cmd, err)
		if status != c.status {
			t.Errorf("%s ends with %d, want %d: %s", name, status, c.status, errOut.String())
		}
		if text := errOut.String(); strings.Contains(text, "pipe") || strings.Contains(text, "davit:") {
			t.Errorf("%s writes %q, want no error", name, text)
		}
		if name == "run" {
			l.davit("stop", anyID.FindString(errOut.String())).wantStatus(t, 0)
		}
	}
}

func TestCLI_LostServer_IsExplained(t *testing.T) {
	t.Parallel()
	l := &served{program: &program{t: t}, api: "127.0.0.1:1"}
	begun := time.Now()
	r := l.davit("ps")
	r.wantStatus(t, 125)
	if !strings.Contains(r.err, "davit local") || strings.Contains(r.err, "dial tcp") {
		t.Errorf("stderr is %q, want one sentence on what happened and one on what to do", r.err)
	}
	r = l.davit("run", "job", "--key", "k7")
	r.wantStatus(t, 125)
	if !strings.Contains(r.err, "davit local") {
		t.Errorf("stderr of run is %q, want one sentence on what happened and one on what to do", r.err)
	}
	if took := time.Since(begun); took > 25*time.Second {
		t.Errorf("it took %v to tell that nobody answers", took)
	}
}

// A terminal that goes away hangs up: the run goes on, and the command ends.
func TestCLI_TerminalGone_Detaches(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	gate := filepath.Join(t.TempDir(), "open")
	cmd := l.command([]string{"TERM=xterm"}, "run", "job", "--key", "gone", "--", "sh", "-c", "until [ -e "+gate+" ]; do sleep 0.1; done")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 20, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	var id string
	within(t, patience, "the run runs", func() bool {
		id = strings.TrimSpace(l.davit("ps", "--status", "RUNNING", "-o", "id").out)
		return id != ""
	})
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	if status := l.waitCommand(cmd, nil); status != 130 {
		t.Errorf("exit status %d, want 130", status)
	}
	createFile(t, gate)
	l.until(id, "SUCCEEDED")
}
