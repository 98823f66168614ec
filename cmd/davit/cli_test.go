package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// ran is a davit command that has ended.
type ran struct {
	out, err string
	status   int
}

// in returns l for a subtest.
func (l *served) in(t *testing.T) *served {
	p := *l.program
	p.t = t
	return &served{program: &p, api: l.api, ecs: l.ecs}
}

// command returns davit with args, for the API of l.
func (l *served) command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(clearedEnv(), asDavit+"=1", "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0", "DAVIT_URL=http://"+l.api, "XDG_CONFIG_HOME="+l.t.TempDir())
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// clearedEnv is the environment without what changes how davit behaves.
func clearedEnv() (env []string) {
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name != "CI" && name != "NO_COLOR" && name != "TERM" && !strings.HasPrefix(name, "DAVIT_") && !strings.HasPrefix(name, "AWS_") {
			env = append(env, v)
		}
	}
	return env
}

// davit runs a command to its end, in pipes.
func (l *served) davit(args ...string) ran {
	l.t.Helper()
	return l.davitWith(nil, args...)
}

func (l *served) davitWith(env []string, args ...string) ran {
	l.t.Helper()
	cmd := l.command(env, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	return ran{status: l.waitCommand(cmd, cmd.Start()), out: out.String(), err: errOut.String()}
}

// waitCommand waits for a command that was started, and returns its exit status.
func (l *served) waitCommand(cmd *exec.Cmd, err error) int {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var failed *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &failed) {
		l.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// started is a davit command that runs, in pipes.
type started struct {
	l    *served
	cmd  *exec.Cmd
	out  *os.File // its stdout and stderr
	done chan int
}

// start starts a command and collects what it writes.
func (l *served) start(env []string, args ...string) *started {
	l.t.Helper()
	cmd := l.command(env, args...)
	file, err := os.Create(filepath.Join(l.t.TempDir(), "out"))
	if err != nil {
		l.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = file, file
	err = cmd.Start()
	s := &started{l: l, cmd: cmd, out: file, done: make(chan int, 1)}
	go func() { s.done <- l.waitCommand(cmd, err) }()
	l.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = file.Close() })
	return s
}

func (s *started) text() string { return readFile(s.l.t, s.out.Name()) }

// until waits for a text in what was written.
func (s *started) until(text string) {
	s.l.t.Helper()
	within(s.l.t, patience, "it writes "+text, func() bool { return strings.Contains(s.text(), text) })
}

// exit waits for the end and returns the exit status.
func (s *started) exit() int {
	s.l.t.Helper()
	select {
	case status := <-s.done:
		return status
	case <-time.After(patience):
		s.l.t.Fatalf("it did not end; it wrote:\n%s", s.text())
		return -1
	}
}

func (s *started) signal(sig syscall.Signal) {
	s.l.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.l.t.Fatal(err)
	}
}

// terminal runs a command on a pseudo-terminal of 120 columns and returns what is written there and its exit status. Input is typed at once.
func (l *served) terminal(input string, env []string, args ...string) ran {
	l.t.Helper()
	cmd := l.command(append([]string{"TERM=xterm-256color"}, env...), args...)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := io.WriteString(file, input); err != nil {
		l.t.Fatal(err)
	}
	var out bytes.Buffer
	read := make(chan struct{})
	go func() {
		_, _ = io.Copy(&out, file) // EIO at the end of a pseudo-terminal
		close(read)
	}()
	status := l.waitCommand(cmd, nil)
	<-read
	return ran{out: strings.ReplaceAll(out.String(), "\r\n", "\n"), status: status}
}

var (
	anyID      = regexp.MustCompile(`\b[a-z2-7]{26}\b`)
	shortIDs   = regexp.MustCompile(`\b[a-z2-7]{4}…[a-z2-7]{4}\b`)
	anyKey     = regexp.MustCompile(`\bkey [A-Z0-9]{26}\b`)
	anyTask    = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
	shortTasks = regexp.MustCompile(`\b[0-9a-f]{8}/`)
	anyTime    = regexp.MustCompile(`\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`)
	anyClock   = regexp.MustCompile(`\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b`)
	anySpan    = regexp.MustCompile(`\b[0-9]+(\.[0-9]+)? ?(ms|s)\b( ago)?`)
	// What was seen of the phases of a task that runs for a moment differs from run to run.
	livePhases = regexp.MustCompile(`(?m)^(?:» )?((?:placing|provisioning|pulling|starting)(?: SPAN)?(?: … |\n(?:» )?))*running$`)
	timePhases = regexp.MustCompile(`(?:[a-z]+ SPAN(?: · )?)+ +EXIT`)
	columnGaps = regexp.MustCompile(` {2,}`)
)

// normal returns a transcript with what differs from run to run replaced.
func normal(text string) string {
	for _, r := range []struct {
		what *regexp.Regexp
		with string
	}{
		{anyID, "RUN"}, {shortIDs, "RUN"}, {anyKey, "key KEY"}, {anyTask, "TASK"}, {shortTasks, "TASK/"}, {anyTime, "TIME"}, {anyClock, "CLOCK"}, {anySpan, "SPAN"},
		{livePhases, "PHASES"}, {timePhases, "PHASES  EXIT"}, {columnGaps, "  "},
	} {
		text = r.what.ReplaceAllString(text, r.with)
	}
	return text
}

// wantStatus checks how a command ended.
func (r ran) wantStatus(t *testing.T, want int) ran {
	t.Helper()
	if r.status != want {
		t.Errorf("exit status %d, want %d; it wrote:\n%s%s", r.status, want, r.out, r.err)
	}
	return r
}

// runJSON decodes one run.
func runJSON(t *testing.T, text string) (r struct {
	RunID, Status, Class string
	ExitCode             *int
	RerunOf              string
}) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%q is no run: %v", text, err)
	}
	return r
}
