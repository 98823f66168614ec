package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// taskLog is a file outside davit's data folder to which the processes of one run append a line each at their start and end.
type taskLog struct{ file string }

func newTaskLog(t *testing.T) taskLog { return taskLog{filepath.Join(t.TempDir(), "log")} }

// script returns a script that logs the start of the process with its task's id and then runs does, in which `note done` logs a
// good end.
func (d taskLog) script(does string) string {
	return fmt.Sprintf(`task=${PWD#*/tasks/}; task=${task%%%%/*}; note() { echo "$1 $task" >> %s; }; note started; %s`, d.file, does)
}

// read returns the tasks whose process logged its start, and those whose process logged its good end.
func (d taskLog) read(t *testing.T) (started, done []string) {
	t.Helper()
	for line := range strings.Lines(readFile(t, d.file)) {
		switch what, task, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " "); what {
		case "started":
			started = append(started, task)
		case "done":
			done = append(done, task)
		default:
			t.Fatalf("the log has the line %q", line)
		}
	}
	return started, done
}

// killAndWait kills davit alone, and checks that the processes that it started end within a second.
func (l *served) killAndWait(mark string) {
	l.t.Helper()
	started := descendants(l.t, l.cmd.Process.Pid)
	l.kill()
	within(l.t, time.Second, "what davit started is gone", func() bool {
		return len(stillRunning(l.t, started)) == 0 && len(processesWith(l.t, mark)) == 0
	})
}

// gated returns a task definition whose container starts when the file gate exists.
func gated(gate, mark string) string {
	script := fmt.Sprintf("[ -e %s ] || exec sleep %s", gate, mark)
	return fmt.Sprintf(`{"family": "gated", "cpu": "256", "memory": "128", "containerDefinitions": [
		{"name": "gate", "image": "busybox", "essential": false, "entryPoint": ["sh", "-c"], "command": [%q]},
		{"name": "app", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["exit 9"],
		 "dependsOn": [{"containerName": "gate", "condition": "COMPLETE"}]}]}`, script)
}

// crashCase is a run that is in a known state when davit is killed, and then can end in only one way.
type crashCase struct {
	name, family, command, policy string
	before                        string // the status at the kill
	startedThen, doneThen         int    // lines of the log at the kill
	status, class                 string // at the run\'s end
	attempts, started, done       int    // at the run\'s end
	log                           taskLog
	run                           runDoc
}

// crashCases returns runs that use 1024 CPU units, without the first, which has ended, and the last, for which there is no room.
func crashCases(gate, mark string) []*crashCase {
	once := `, "policy": {"retry": {"intervalSeconds": 1}}`
	twice := `, "policy": {"retry": {"on": ["INTERRUPTED"], "intervalSeconds": 1}}`
	return []*crashCase{
		{name: "over", command: "note done", before: "SUCCEEDED", startedThen: 1, doneThen: 1, status: "SUCCEEDED", attempts: 1, started: 1, done: 1},
		{name: "running", command: "sleep " + mark + "; note done", before: "RUNNING", startedThen: 1, status: "FAILED", class: "INTERRUPTED", attempts: 1, started: 1},
		{name: "done but not ended", command: "note done; sleep " + mark, before: "RUNNING", startedThen: 1, doneThen: 1, status: "FAILED", class: "INTERRUPTED", attempts: 1, started: 1, done: 1},
		{name: "running, to be retried", command: "[ -e " + gate + " ] || sleep " + mark + "; note done", policy: twice, before: "RUNNING", startedThen: 1, status: "SUCCEEDED", attempts: 2, started: 2, done: 1},
		{name: "never started", family: "gated", command: "note done", policy: once, before: "PENDING", status: "SUCCEEDED", attempts: 2, started: 1, done: 1},
		{name: "held back", command: "note done", before: "LAUNCHING", status: "SUCCEEDED", attempts: 1, started: 1, done: 1},
	}
}

// davit is killed when each run is in a state from which it can end in only one way.
func TestKilled_EveryRunEndsAsItMust(t *testing.T) {
	t.Parallel()
	dir, mark := t.TempDir(), marker()
	gate := filepath.Join(t.TempDir(), "open")
	l := serveLocal(t, dir, "--cpu", "1024")
	l.register(shell)
	l.register(gated(gate, mark))
	all := crashCases(gate, mark)
	for _, f := range all {
		f.submit(l)
	}
	within(t, patience, "the last is held back", func() bool {
		run := l.get(all[len(all)-1].run.RunID)
		return len(run.Attempts) == 1 && len(run.Attempts[0].Refusals) == 1 && run.Attempts[0].Refusals[0].Reason == "RESOURCE:CPU"
	})
	l.killAndWait(mark)
	createFile(t, gate)
	l = serveLocal(t, dir, "--cpu", "1024")
	for _, f := range all {
		f.check(l)
	}
}

func (f *crashCase) submit(l *served) {
	l.t.Helper()
	f.log = newTaskLog(l.t)
	body := script(f.log.script(f.command), f.policy)
	if f.family != "" {
		body = strings.Replace(body, `"shell"`, `"`+f.family+`"`, 1)
	}
	f.run = l.until(l.submit(body).RunID, f.before)
	within(l.t, patience, f.name+" has written its log", func() bool {
		started, done := f.log.read(l.t)
		return len(started) == f.startedThen && len(done) == f.doneThen
	})
}

func (f *crashCase) check(l *served) {
	l.t.Helper()
	run := l.end(f.run.RunID)
	started, done := f.log.read(l.t)
	type end struct {
		Status, Class           string
		Attempts, Started, Done int
	}
	want := end{f.status, f.class, f.attempts, f.started, f.done}
	got := end{run.Status, run.Class, len(run.Attempts), len(started), len(done)}
	if diff := cmp.Diff(want, got); diff != "" {
		l.t.Errorf("%s (%s), -want +got:\n%s", f.name, run.StatusReason, diff)
	}
	if tasks := run.tasks(); !subset(started, tasks) {
		l.t.Errorf("%s: processes of the tasks %v ran, want only tasks of the record, %v", f.name, started, tasks)
	}
}

// The supervisor alone is killed: the run ends INTERRUPTED, and davit runs another.
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
	l.end(run.RunID).wantEnd(t, "FAILED", "INTERRUPTED")
	within(t, time.Second, "its process is gone", func() bool { return len(processesWith(t, mark)) == 0 })
	l.wantNextSucceeds()
}

// tasks lists the ids of all tasks of the run.
func (r runDoc) tasks() (ids []string) {
	for _, a := range r.Attempts {
		for _, task := range a.Tasks {
			ids = append(ids, taskID(task.TaskArn))
		}
	}
	return ids
}

// subset reports whether each element is in the set, and none of them twice.
func subset(elements, set []string) bool {
	for i, e := range elements {
		if !slices.Contains(set, e) || slices.Contains(elements[:i], e) {
			return false
		}
	}
	return true
}
