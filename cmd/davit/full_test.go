package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fullDiskFixture is a davit whose data folder is a small file system of its own.
type fullDiskFixture struct {
	*served
	dir, lines string // the data folder; the file that each job appends its number to
	jobs       int
	refused    map[int]string // the bodies of the jobs that were refused
	accepted   map[int]string // the ids of those that were accepted
	mu         sync.Mutex
}

// mountSmall mounts a file system of that many MiB for the test, or skips it.
func mountSmall(t *testing.T, megabytes int) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("only root on Linux can mount a small disk; the stores' own tests refuse writes instead")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "davit-test", dir).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// The disk fills up while runs are accepted, launched and running. What was accepted ends SUCCEEDED once there is room, what was refused
// can be repeated, and each job runs once.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := mountSmall(t, size(16, 256))
	f := &fullDiskFixture{
		served: serveLocal(t, dir), dir: dir, lines: filepath.Join(t.TempDir(), "lines"),
		refused: map[int]string{}, accepted: map[int]string{},
	}
	f.register(shell)
	for range size(1, 10) {
		before := f.jobs
		f.submitJobs(size(12, 60))
		free := f.fill()
		f.submitUntilRefused(size(12, 30))
		f.wantReads()
		time.Sleep(time.Duration(size(200, 5000)) * time.Millisecond) // jobs end meanwhile
		f.submitJobs(size(4, 30))
		free()
		f.repeatRefused()
		f.wantEnds()
		t.Logf("%d jobs on a disk that was full meanwhile", f.jobs-before)
	}
	wantOnce(t, countLines(t, f.lines), f.jobs)
	if n := len(f.list()); n != f.jobs {
		t.Errorf("%d runs are recorded, want %d", n, f.jobs)
	}
}

// fill fills the disk to the last byte, as a program next to davit may do.
func (f *fullDiskFixture) fill() (free func()) {
	f.t.Helper()
	name := filepath.Join(f.dir, "filling")
	file, err := os.Create(name)
	if err != nil {
		f.t.Fatal(err)
	}
	for block := make([]byte, 1<<20); len(block) > 0; {
		n, err := file.Write(block)
		switch {
		case errors.Is(err, syscall.ENOSPC) && n == 0:
			block = block[:len(block)/2]
		case err != nil && !errors.Is(err, syscall.ENOSPC):
			f.t.Fatal(err)
		}
	}
	f.t.Cleanup(func() { _ = file.Close() })
	return func() {
		if err := errors.Join(file.Close(), os.Remove(name)); err != nil {
			f.t.Fatal(err)
		}
	}
}

// submitJobs submits n jobs at the same time. It returns how many were refused.
func (f *fullDiskFixture) submitJobs(n int) int {
	f.t.Helper()
	before := len(f.refused)
	var all sync.WaitGroup
	for range n {
		number := f.jobs
		f.jobs++
		// The padding makes a few records fill what room the databases have inside.
		does := fmt.Sprintf(": %s; sleep 0.%d; echo %d >> %s", strings.Repeat("x", 2000), number%8, number, f.lines)
		body := script(does)
		all.Go(func() { f.submitJob(number, body) })
	}
	all.Wait()
	return len(f.refused) - before
}

// submitJob submits one job and checks the answer, which is 202 or 503.
func (f *fullDiskFixture) submitJob(number int, body string) {
	r, err := tryCall("POST", "http://"+f.api+"/runs", body, fmt.Sprintf("Idempotency-Key: job-%d", number))
	if err != nil {
		f.t.Errorf("job %d: %v", number, err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch r.status {
	case http.StatusAccepted:
		f.accepted[number] = strings.TrimPrefix(r.header.Get("Location"), "/runs/")
		delete(f.refused, number)
	case http.StatusServiceUnavailable:
		f.refused[number] = body
		p := decode[problem](f.t, r.body)
		if p.Type != "unavailable" || !strings.Contains(p.Detail, "repeat the call with the same Idempotency-Key") {
			f.t.Errorf("job %d: got %s, want the type unavailable and what to do", number, r.body)
		}
		if r.header.Get("Retry-After") == "" {
			f.t.Errorf("job %d: got no Retry-After", number)
		}
	default:
		f.t.Errorf("job %d: status %d, want 202 or 503: %s", number, r.status, r.body)
	}
}

// submitUntilRefused submits jobs until n were refused: the databases have some room inside.
func (f *fullDiskFixture) submitUntilRefused(n int) {
	f.t.Helper()
	refused := 0
	for range 50 {
		if refused += f.submitJobs(n); refused >= n {
			return
		}
	}
	f.t.Fatalf("%d jobs were refused on a full disk, want %d", refused, n)
}

// wantReads checks that runs can be read on a full disk.
func (f *fullDiskFixture) wantReads() {
	f.t.Helper()
	for _, id := range f.accepted {
		f.get(id)
	}
	if n := len(f.list()); n < len(f.accepted) {
		f.t.Errorf("%d runs are listed on the full disk, want the %d accepted ones", n, len(f.accepted))
	}
}

// repeatRefused submits the refused jobs again under their keys.
func (f *fullDiskFixture) repeatRefused() {
	f.t.Helper()
	bodies := map[int]string{}
	for number, body := range f.refused {
		bodies[number] = body
	}
	for number, body := range bodies {
		f.submitJob(number, body)
	}
	if len(f.refused) > 0 {
		f.t.Errorf("%d jobs are refused although there is room", len(f.refused))
	}
	f.t.Logf("%d were refused, and accepted when repeated", len(bodies))
}

func (f *fullDiskFixture) wantEnds() {
	f.t.Helper()
	for _, id := range f.accepted {
		f.end(id).wantEnd(f.t, "SUCCEEDED", "")
	}
}
