package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	thousand    = 1000
	connections = 100
	maxMemory   = 500 << 20 // bytes
)

// thousandth is a task definition that is small enough for a thousand tasks.
const thousandth = `{"family": "thousandth", "cpu": "256", "memory": "128", "containerDefinitions": [
	{"name": "app", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["exit 9"]}]}`

// A thousand runs are submitted together, to a davit without the race detector, because its memory is measured. Each run's process
// appends its run's number and its task's id to one file.
func TestThousand(t *testing.T) {
	l := serveBinary(t, build(t), t.TempDir())
	l.register(thousandth)
	file := filepath.Join(t.TempDir(), "lines")
	begin := time.Now()
	ids := l.submitThousand(file)
	other := time.Since(begin)
	runs := make([]runDoc, 0, thousand)
	within(t, 2*time.Minute, "a thousand have ended", func() bool {
		for len(runs) < thousand {
			run := l.get(ids[len(runs)])
			if !run.hasEnded() {
				return false
			}
			runs = append(runs, run)
		}
		return true
	})
	t.Logf("%d runs: all taken after %v, all ended after %v, %d MB resident", thousand, other.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond), l.memory()>>20)
	if m := l.memory(); m > maxMemory {
		t.Errorf("%d MB were resident, want at most %d", m>>20, maxMemory>>20)
	}
	tasks := taskOfRun(t, file)
	if len(tasks) != thousand {
		t.Errorf("%d runs wrote their line, want %d", len(tasks), thousand)
	}
	for n, run := range runs {
		run.wantEnd(t, "SUCCEEDED", "")
		if diff := cmp.Diff([]string{tasks[strconv.Itoa(n)]}, run.tasks()); diff != "" {
			t.Errorf("tasks of run %d, -in the file +in the record:\n%s", n, diff)
		}
	}
	if output := l.output(); strings.Contains(output, "level=") {
		t.Errorf("davit printed %.2000s, want no log line", output)
	}
}

// taskOfRun reads the lines of the runs' processes: the task's id by the run's number. It checks that no run wrote twice.
func taskOfRun(t *testing.T, file string) map[string]string {
	t.Helper()
	tasks := map[string]string{}
	for line := range strings.Lines(readFile(t, file)) {
		n, task, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if tasks[n] != "" {
			t.Errorf("run %s wrote twice: %s and %s", n, tasks[n], task)
		}
		tasks[n] = task
	}
	return tasks
}

// build builds davit as make build does.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "davit")
	cmd := exec.Command("go", "build", "-tags=lambda.norpc", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func (l *served) submitThousand(file string) []string {
	l.t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	ids := make([]string, thousand)
	var all sync.WaitGroup
	for n := range ids {
		all.Go(func() {
			does := fmt.Sprintf(`task=${PWD#*/tasks/}; echo "%d ${task%%%%/*}" >> %s`, n, file)
			body := strings.Replace(script(does), `"shell"`, `"thousandth"`, 1)
			r, err := send(client, "POST", "http://"+l.api+"/runs", body)
			ids[n] = strings.TrimPrefix(r.header.Get("Location"), "/runs/")
			if err != nil {
				l.t.Error(err)
			} else if r.status != http.StatusAccepted || ids[n] == "" {
				l.t.Errorf("submit: status %d, want 202 and a Location: %s", r.status, r.body)
			}
		})
	}
	all.Wait()
	if l.t.Failed() {
		l.t.FailNow()
	}
	return ids
}

var peak = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// memory returns the resident memory of davit and its supervisor, in bytes: on Linux the peak, elsewhere the current one.
func (l *served) memory() (sum int) {
	l.t.Helper()
	for _, pid := range append(descendants(l.t, l.cmd.Process.Pid), l.cmd.Process.Pid) {
		kilobytes := ""
		if runtime.GOOS == "linux" {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if m := peak.FindSubmatch(status); err == nil && m != nil {
				kilobytes = string(m[1])
			}
		} else if out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output(); err == nil {
			kilobytes = strings.TrimSpace(string(out))
		}
		n, err := strconv.Atoi(kilobytes)
		if err != nil {
			l.t.Fatalf("the memory of process %d cannot be read", pid)
		}
		sum += n << 10
	}
	return sum
}
