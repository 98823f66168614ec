package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	kills          = 6
	runsEach       = 4
	seedVariable   = "DAVIT_TEST_SEED"
	deathsVariable = "DAVIT_TEST_DEATHS" // how often davit is killed, instead of kills
)

// job is one run that is submitted with a key until davit has accepted it.
type job struct {
	key, body string
	log       taskLog

	mu       sync.Mutex
	accepted []string // the run's id in each answer 202
	requests int
}

// davit is killed repeatedly while it accepts, launches and follows runs. Each key is sent twice at the same time, and so again after
// each death until it was accepted.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	rnd := newRand(t)
	dir, mark := t.TempDir(), marker()
	var jobs []*job
	deaths := number(t, deathsVariable, kills)
	for death := range deaths {
		l := serveLocal(t, dir)
		if death == 0 {
			l.register(shell)
		}
		for n := range runsEach {
			jobs = append(jobs, newJob(t, fmt.Sprintf("%d-%d", death, n), rnd.IntN(200), mark))
		}
		moment := time.NewTimer(time.Duration(rnd.IntN(400)) * time.Millisecond)
		other := l.submitAll(jobs)
		<-moment.C
		l.killAndWait(mark)
		other.Wait()
	}
	l := serveLocal(t, dir)
	l.submitAll(jobs).Wait()
	outcomes, requests, bodies := map[string]int{}, 0, 0
	for _, j := range jobs {
		run := l.end(j.check(l))
		outcomes[fmt.Sprintf("%s %s after %d attempts", run.Status, run.Class, len(run.Attempts))]++
		_, done := j.log.read(t)
		requests, bodies = requests+j.requests, bodies+len(done)
	}
	t.Logf("%d deaths, %d keys, %d submissions, %d bodies done: %v", deaths, len(jobs), requests, bodies, outcomes)
	if n := len(l.list()); n != len(jobs) {
		t.Errorf("%d runs are recorded, want %d", n, len(jobs))
	}
}

// number returns the number in an environment variable, or the given one.
func number(t *testing.T, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

func newRand(t *testing.T) *rand.Rand {
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

// newJob returns a run that takes some milliseconds. The mark is in its command line.
func newJob(t *testing.T, key string, milliseconds int, mark string) *job {
	d := newTaskLog(t)
	does := fmt.Sprintf(": %s; sleep 0.%03d; note done", mark, milliseconds)
	return &job{key: key, log: d, body: script(d.script(does), `, "policy": {"retry": {"intervalSeconds": 1}}`)}
}

// submitAll submits the jobs that davit has not accepted yet, each twice, concurrently. A refusal fails the test, a broken connection does not.
func (l *served) submitAll(jobs []*job) *sync.WaitGroup {
	var all sync.WaitGroup
	for _, j := range jobs {
		if len(j.accepted) > 0 {
			continue
		}
		for range 2 {
			all.Go(func() { j.submit(l) })
		}
	}
	return &all
}

func (j *job) submit(l *served) {
	r, err := tryCall("POST", "http://"+l.api+"/runs", j.body, "Idempotency-Key: "+j.key)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests++
	switch {
	case err != nil:
	case r.status == http.StatusAccepted:
		j.accepted = append(j.accepted, strings.TrimPrefix(r.header.Get("Location"), "/runs/"))
	default:
		l.t.Errorf("submit: %d %s", r.status, r.body)
	}
}

// check compares the run's end with its log, and returns the run's id.
func (j *job) check(l *served) string {
	l.t.Helper()
	r := l.call("POST", "/runs", j.body, "Idempotency-Key: "+j.key)
	if r.header.Get("Idempotent-Replayed") != "true" {
		l.t.Errorf("run %s was accepted and is not recorded: status %d, %s", j.key, r.status, r.body)
	}
	run := l.end(decode[runDoc](l.t, r.body).RunID)
	for _, id := range j.accepted {
		if id != run.RunID {
			l.t.Errorf("run %s was accepted as %s, and is recorded as %s", j.key, id, run.RunID)
		}
	}
	started, done := j.log.read(l.t)
	fail := func(why string) {
		l.t.Helper()
		l.t.Errorf("run %s, %s: %s %s (%s), tasks %v, started %v, done %v", j.key, why, run.Status, run.Class, run.StatusReason, run.tasks(), started, done)
	}
	tasks := run.tasks()
	last := tasks[max(0, len(tasks)-1):]
	if !subset(started, tasks) || !subset(done, started) {
		fail("want only processes that an attempt launched")
	}
	switch {
	case run.Status == "SUCCEEDED":
		if !slices.Equal(started, last) || !slices.Equal(done, last) {
			fail("want one start and one good end, of the last task")
		}
	case run.Status == "FAILED" && run.Class == "INTERRUPTED":
		if len(started) > 0 && !slices.Equal(started, last) {
			fail("want no start but the last task's")
		}
	case run.Status == "FAILED" && run.Class == "NEVER_STARTED":
		if len(started) > 0 || len(run.Attempts) != 3 {
			fail("want three attempts and no start")
		}
	default:
		fail("want another end")
	}
	return run.RunID
}
