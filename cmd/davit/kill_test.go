package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// diary is what the processes of one run wrote down themselves, in a file that is none of davit's.
type diary struct{ file string }

func newDiary(t *testing.T) diary { return diary{filepath.Join(t.TempDir(), "diary")} }

// script notes the start of the process with its task's id, and then does what it is given, where `note done` notes a
// good end.
func (d diary) script(does string) string {
	return fmt.Sprintf(`task=${PWD#*/tasks/}; task=${task%%%%/*}; note() { echo "$1 $task" >> %s; }; note started; %s`, d.file, does)
}

// read lists the tasks whose process began, and those whose process noted its good end.
func (d diary) read(t *testing.T) (started, done []string) {
	t.Helper()
	for line := range strings.Lines(text(t, d.file)) {
		switch what, task, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " "); what {
		case "started":
			started = append(started, task)
		case "done":
			done = append(done, task)
		default:
			t.Fatalf("the diary has the line %q", line)
		}
	}
	return started, done
}

// killed kills davit alone, and checks that what it started is gone within a second.
func (l *served) killed(mark string) {
	l.t.Helper()
	started := descendants(l.t, l.cmd.Process.Pid)
	l.kill()
	within(l.t, time.Second, "what davit started is gone", func() bool {
		return len(alive(l.t, started)) == 0 && len(marked(l.t, mark)) == 0
	})
}

// gated is a task definition whose container starts once its gate, a file, is there.
func gated(gate, mark string) string {
	script := fmt.Sprintf("[ -e %s ] || exec sleep %s", gate, mark)
	return fmt.Sprintf(`{"family": "gated", "cpu": "256", "memory": "128", "containerDefinitions": [
		{"name": "gate", "image": "busybox", "essential": false, "entryPoint": ["sh", "-c"], "command": [%q]},
		{"name": "app", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["exit 9"],
		 "dependsOn": [{"containerName": "gate", "condition": "COMPLETE"}]}]}`, script)
}

// fate is a run that davit's death finds in one status, and that can only end in one way.
type fate struct {
	name, family, does, policy string
	before                     string // the status that is awaited, and how many starts and ends the diary has then
	startedThen, doneThen      int
	status, class              string
	attempts, started, done    int
	diary                      diary
	run                        runDoc
}

// fates need 1024 CPU units for all but the first, which is over, and the last, for which there is no room.
func fates(gate, mark string) []*fate {
	once := `, "policy": {"retry": {"intervalSeconds": 1}}`
	twice := `, "policy": {"retry": {"on": ["INTERRUPTED"], "intervalSeconds": 1}}`
	return []*fate{
		{name: "over", does: "note done", before: "SUCCEEDED", startedThen: 1, doneThen: 1, status: "SUCCEEDED", attempts: 1, started: 1, done: 1},
		{name: "running", does: "sleep " + mark + "; note done", before: "RUNNING", startedThen: 1, status: "FAILED", class: "INTERRUPTED", attempts: 1, started: 1},
		{name: "done but not ended", does: "note done; sleep " + mark, before: "RUNNING", startedThen: 1, doneThen: 1, status: "FAILED", class: "INTERRUPTED", attempts: 1, started: 1, done: 1},
		{name: "running, to be retried", does: "[ -e " + gate + " ] || sleep " + mark + "; note done", policy: twice, before: "RUNNING", startedThen: 1, status: "SUCCEEDED", attempts: 2, started: 2, done: 1},
		{name: "never started", family: "gated", does: "note done", policy: once, before: "PENDING", status: "SUCCEEDED", attempts: 2, started: 1, done: 1},
		{name: "held back", does: "note done", before: "LAUNCHING", status: "SUCCEEDED", attempts: 1, started: 1, done: 1},
	}
}

// TestKilled ends davit with kill -9 when each run is where it can only end in one way.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir, mark := t.TempDir(), marker()
	gate := filepath.Join(t.TempDir(), "open")
	l := serveLocal(t, dir, "--cpu", "1024")
	l.register(shell)
	l.register(gated(gate, mark))
	all := fates(gate, mark)
	for _, f := range all {
		f.submit(l)
	}
	within(t, patience, "the last is held back", func() bool {
		run := l.get(all[len(all)-1].run.RunID)
		return len(run.Attempts) == 1 && len(run.Attempts[0].Refusals) == 1 && run.Attempts[0].Refusals[0].Reason == "RESOURCE:CPU"
	})
	l.killed(mark)
	writeFile(t, gate)
	l = serveLocal(t, dir, "--cpu", "1024")
	for _, f := range all {
		f.check(l)
	}
}

func (f *fate) submit(l *served) {
	l.t.Helper()
	f.diary = newDiary(l.t)
	body := script(f.diary.script(f.does), f.policy)
	if f.family != "" {
		body = strings.Replace(body, `"shell"`, `"`+f.family+`"`, 1)
	}
	f.run = l.until(l.submit(body).RunID, f.before)
	within(l.t, patience, f.name+" has written its diary", func() bool {
		started, done := f.diary.read(l.t)
		return len(started) == f.startedThen && len(done) == f.doneThen
	})
}

func (f *fate) check(l *served) {
	l.t.Helper()
	run := l.end(f.run.RunID)
	started, done := f.diary.read(l.t)
	if run.Status != f.status || run.Class != f.class || len(run.Attempts) != f.attempts || len(started) != f.started || len(done) != f.done {
		l.t.Errorf("%s: %s %s (%s) after %d attempts, %d started, %d done; want %+v",
			f.name, run.Status, run.Class, run.StatusReason, len(run.Attempts), len(started), len(done), *f)
	}
	if tasks := run.tasks(); !subset(started, tasks) {
		l.t.Errorf("%s: tasks %v ran, the run knows of %v", f.name, started, tasks)
	}
}

// TestSupervisorKilled ends the supervisor alone: davit takes the run as interrupted, and goes on with another.
func TestSupervisorKilled(t *testing.T) {
	t.Parallel()
	mark := marker()
	l := serveLocal(t, t.TempDir())
	l.register(shell)
	run := l.submit(script("sleep " + mark + "; exit 0"))
	l.until(run.RunID, "RUNNING")
	for _, p := range processes(t) {
		if p.parent == l.cmd.Process.Pid {
			if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	if run = l.end(run.RunID); run.Status != "FAILED" || run.Class != "INTERRUPTED" {
		t.Errorf("the run ended %s %s (%s)", run.Status, run.Class, run.StatusReason)
	}
	within(t, time.Second, "its process is gone", func() bool { return len(marked(t, mark)) == 0 })
	if next := l.end(l.submit(script("exit 0")).RunID); next.Status != "SUCCEEDED" {
		t.Errorf("the next run ended %s %s (%s)", next.Status, next.Class, next.StatusReason)
	}
}

// tasks lists the ids of all tasks of the run.
func (r runDoc) tasks() (ids []string) {
	for _, a := range r.Attempts {
		for _, task := range a.Tasks {
			ids = append(ids, shortID(task.TaskArn))
		}
	}
	return ids
}

// subset says that each element is in the set, and none of them twice.
func subset(elements, set []string) bool {
	for i, e := range elements {
		if !slices.Contains(set, e) || slices.Contains(elements[:i], e) {
			return false
		}
	}
	return true
}
