package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

const (
	deaths       = 6
	runsEach     = 4
	seedVariable = "DAVIT_TEST_SEED"
)

// job is one run that is submitted with a key until davit has taken it.
type job struct {
	key, body string
	diary     diary
	taken     bool
}

// TestKilledAtAnyMoment ends davit with kill -9 while it takes, launches and follows runs, again and again.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	rnd := seeded(t)
	dir, mark := t.TempDir(), marker()
	var jobs []*job
	for death := range deaths {
		l := serveLocal(t, dir)
		if death == 0 {
			l.register(shell)
		}
		for n := range runsEach {
			jobs = append(jobs, newJob(t, fmt.Sprintf("%d-%d", death, n), rnd.IntN(200), mark))
		}
		moment := time.NewTimer(time.Duration(rnd.IntN(400)) * time.Millisecond)
		taken := l.takeAll(jobs)
		<-moment.C
		l.killed(mark)
		taken.Wait()
	}
	l := serveLocal(t, dir)
	l.takeAll(jobs).Wait()
	outcomes := map[string]int{}
	for _, j := range jobs {
		run := l.end(j.check(l))
		outcomes[fmt.Sprintf("%s %s after %d attempts", run.Status, run.Class, len(run.Attempts))]++
	}
	t.Logf("%d runs, %d deaths: %v", len(jobs), deaths, outcomes)
	if n := l.count(); n != len(jobs) {
		t.Errorf("%d runs are recorded, want %d", n, len(jobs))
	}
}

func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if given := os.Getenv(seedVariable); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s=%d", seedVariable, seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// newJob takes some milliseconds. Its command line carries the mark.
func newJob(t *testing.T, key string, milliseconds int, mark string) *job {
	d := newDiary(t)
	does := fmt.Sprintf(": %s; sleep 0.%03d; note done", mark, milliseconds)
	return &job{key: key, diary: d, body: script(d.script(does), `, "policy": {"retry": {"intervalSeconds": 1}}`)}
}

// takeAll submits what davit has not taken yet, all at once. What it refuses is an error; that it dies is none.
func (l *served) takeAll(jobs []*job) *sync.WaitGroup {
	var all sync.WaitGroup
	for _, j := range jobs {
		if j.taken {
			continue
		}
		all.Go(func() {
			r, err := try("POST", "http://"+l.api+"/runs", j.body, "Idempotency-Key: "+j.key)
			switch {
			case err != nil:
			case r.status == http.StatusAccepted:
				j.taken = true
			default:
				l.t.Errorf("submit: %d %s", r.status, r.body)
			}
		})
	}
	return &all
}

// check holds the run's end against its diary, and gives its id.
func (j *job) check(l *served) string {
	l.t.Helper()
	r := l.call("POST", "/runs", j.body, "Idempotency-Key: "+j.key)
	if r.header.Get("Idempotent-Replayed") != "true" {
		l.t.Errorf("run %s was recorded and is not: %d %s", j.key, r.status, r.body)
	}
	run := l.end(decode[runDoc](l.t, r.body).RunID)
	started, done := j.diary.read(l.t)
	fail := func(why string) {
		l.t.Helper()
		l.t.Errorf("run %s, %s: %s %s (%s), tasks %v, started %v, done %v", j.key, why, run.Status, run.Class, run.StatusReason, run.tasks(), started, done)
	}
	tasks := run.tasks()
	last := tasks[max(0, len(tasks)-1):]
	if !subset(started, tasks) || !subset(done, started) {
		fail("processes that no attempt launched")
	}
	switch {
	case run.Status == "SUCCEEDED":
		if !slices.Equal(started, last) || !slices.Equal(done, last) {
			fail("one start and one good end were to be noted, by the last task")
		}
	case run.Status == "FAILED" && run.Class == "INTERRUPTED":
		if len(started) > 0 && !slices.Equal(started, last) {
			fail("only the last task was to be started")
		}
	case run.Status == "FAILED" && run.Class == "NEVER_STARTED":
		if len(started) > 0 || len(run.Attempts) != 3 {
			fail("three attempts were to be made")
		}
	default:
		fail("it cannot end so")
	}
	return run.RunID
}
