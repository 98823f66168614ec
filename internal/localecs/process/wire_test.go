package process

import (
	"encoding/gob"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestUnreadReportsDoNotHoldUpTheEnd fills the pipe of a supervisor whose reports nobody reads.
func TestUnreadReportsDoNotHoldUpTheEnd(t *testing.T) {
	dir := t.TempDir()
	shell := func(script string) Spec {
		return Spec{
			Argv: []string{"sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"},
			Dir: dir, Output: filepath.Join(dir, "log"),
		}
	}
	cmd := exec.Command(os.Args[0], "supervise")
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	orders := gob.NewEncoder(input)
	send := func(id uint64, spec Spec) {
		if err := orders.Encode(order{ID: id, Spec: spec}); err != nil {
			t.Fatal(err)
		}
	}
	send(1, shell("sleep 600"))
	missing := Spec{Argv: []string{"/" + strings.Repeat("x", 1000)}, Dir: dir}
	for id := range uint64(500) {
		send(id+2, missing) // half a megabyte of refusals, more than any pipe holds
	}
	send(1000, shell("echo > after; exec sleep 600"))
	await(t, 20*time.Second, func() bool { _, err := os.Stat(filepath.Join(dir, "after")); return err == nil })

	// Only the first report is read, for the id to look for.
	var first report
	switch err := gob.NewDecoder(&oneByte{output}).Decode(&first); {
	case err != nil:
		t.Fatalf("error %v", err)
	case first.Kind != started:
		t.Fatalf("first.Kind is %v, want %v", first.Kind, started)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, time.Second, func() bool { return errors.Is(syscall.Kill(first.PID, 0), syscall.ESRCH) })
	if err := output.Close(); err != nil { // else it waits a second for the reports to be read
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("supervisor: %v", err)
	}
}

// oneByte reads ahead of nothing.
type oneByte struct{ r io.Reader }

func (o *oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func await(t *testing.T, limit time.Duration, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for begin := time.Now(); !condition(); <-tick.C {
		if time.Since(begin) > limit {
			t.Fatalf("not within %v", limit)
		}
	}
}

func TestSupervisorRefusesWhatIsNoOrder(t *testing.T) {
	cmd := exec.Command(os.Args[0], "supervise")
	cmd.Stdin = strings.NewReader("not an order\n")
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("supervisor: %v, want status 1", err)
	}
}

func TestQueueKeepsOrder(t *testing.T) {
	q := newQueue[int]()
	if _, ok := q.take(); ok {
		t.Error("an empty queue had an item")
	}
	for i := range 3 {
		q.put(i)
	}
	for want := range 3 {
		<-q.wake
		if got, ok := q.take(); !ok || got != want {
			t.Errorf("take = %d, %v; want %d", got, ok, want)
		}
	}
	select {
	case <-q.wake:
		t.Error("an emptied queue still wakes")
	default:
	}
}
