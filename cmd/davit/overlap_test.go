package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runsOfKey is how many runs of one overlap key each test submits.
const runsOfKey = 20

// overlapFixture is a davit with room for one task, and a folder in which the tasks of one overlap key detect each other.
type overlapFixture struct {
	*served
	mode, dir string
}

func newOverlapFixture(t *testing.T, mode string) *overlapFixture {
	t.Helper()
	k := &overlapFixture{serveLocal(t, t.TempDir(), "--cpu", "256"), mode, t.TempDir()}
	k.register(shell)
	return k
}

func (k *overlapFixture) file(name string) string { return filepath.Join(k.dir, name) }

// run returns the body of the n-th run. Its task appends n to the file order, and to the file clash if another task is in the folder, and
// runs until the file gate exists.
func (k *overlapFixture) run(n int) string {
	does := fmt.Sprintf(`cd %s; trap 'rmdir alone; exit 1' TERM; mkdir alone || echo %d >> clash
		echo %d >> order; until [ -e gate ]; do sleep 0.02 & wait $!; done; rmdir alone`, k.dir, n, n)
	return script(does, fmt.Sprintf(`, "policy": {"overlap": {"key": "one at a time", "mode": %q}}`, k.mode))
}

// submitTogether submits runs n to m-1 concurrently and returns their ids.
func (k *overlapFixture) submitTogether(n, m int) []string {
	k.t.Helper()
	ids := make([]string, m-n)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			r, err := tryCall("POST", "http://"+k.api+"/runs", k.run(n+i))
			ids[i] = strings.TrimPrefix(r.header.Get("Location"), "/runs/")
			if err != nil {
				k.t.Error(err)
			} else if r.status != http.StatusAccepted || ids[i] == "" {
				k.t.Errorf("submit: status %d, want 202 and a Location: %s", r.status, r.body)
			}
		})
	}
	all.Wait()
	if k.t.Failed() {
		k.t.FailNow()
	}
	return ids
}

// order returns the numbers of the runs whose tasks began, in that order.
func (k *overlapFixture) order() (runs []int) {
	k.t.Helper()
	for word := range strings.FieldsSeq(readFile(k.t, k.file("order"))) {
		n, err := strconv.Atoi(word)
		if err != nil {
			k.t.Fatal(err)
		}
		runs = append(runs, n)
	}
	return runs
}

// endsByStatus waits for the runs' ends, and counts them by status. None may have met another, or a full cluster.
func (k *overlapFixture) endsByStatus(ids []string) map[string]int {
	k.t.Helper()
	count := map[string]int{}
	for _, id := range ids {
		run := k.end(id)
		count[run.Status]++
		for _, a := range run.Attempts {
			if len(a.Refusals) > 0 {
				k.t.Errorf("ECS refused run %s: %s, want no refusal", id, a.Refusals[0].Reason)
			}
		}
	}
	if clash := readFile(k.t, k.file("clash")); clash != "" {
		k.t.Errorf("runs %s began while another was at work, want none", strings.Fields(clash))
	}
	return count
}

func TestForbidTwenty(t *testing.T) {
	t.Parallel()
	k := newOverlapFixture(t, "FORBID")
	ids := k.submitTogether(0, runsOfKey)
	within(t, patience, "all but one are skipped", func() bool {
		return strings.Count(k.call("GET", "/runs?limit=100&status=SKIPPED", "").body, `"SKIPPED"`) == runsOfKey-1
	})
	createFile(t, k.file("gate"))
	if diff := cmp.Diff(map[string]int{"SUCCEEDED": 1, "SKIPPED": runsOfKey - 1}, k.endsByStatus(ids)); diff != "" {
		t.Errorf("runs by status, -want +got:\n%s", diff)
	}
	if order := k.order(); len(order) != 1 {
		t.Errorf("runs %v began, want one", order)
	}
	k.end(k.submit(k.run(runsOfKey)).RunID).wantEnd(t, "SUCCEEDED", "")
}

// One run succeeds, after all that began before it have stopped.
func TestReplaceTwenty(t *testing.T) {
	t.Parallel()
	k := newOverlapFixture(t, "REPLACE")
	ids := k.submitTogether(0, runsOfKey)
	within(t, patience, "all but one have ended", func() bool {
		over := 0
		for _, id := range ids {
			if k.get(id).hasEnded() {
				over++
			}
		}
		return over == runsOfKey-1
	})
	createFile(t, k.file("gate"))
	count := k.endsByStatus(ids)
	if count["SUCCEEDED"] != 1 {
		t.Errorf("%d runs SUCCEEDED, want 1: %v", count["SUCCEEDED"], count)
	}
	if n := count["STOPPED"] + count["SKIPPED"]; n != runsOfKey-1 {
		t.Errorf("%d runs are STOPPED or SKIPPED, want %d: %v", n, runsOfKey-1, count)
	}
	if len(k.order()) < 1 {
		t.Error("no run began, want at least one")
	}
}

// Ten runs that are submitted one after another begin in order, ten that are submitted together begin after them.
func TestQueueTwenty(t *testing.T) {
	t.Parallel()
	k := newOverlapFixture(t, "QUEUE")
	var ids []string
	for n := range runsOfKey / 2 {
		ids = append(ids, k.submit(k.run(n)).RunID)
	}
	ids = append(ids, k.submitTogether(runsOfKey/2, runsOfKey)...)
	createFile(t, k.file("gate"))
	if count := k.endsByStatus(ids); count["SUCCEEDED"] != runsOfKey {
		t.Errorf("%d runs SUCCEEDED, want %d: %v", count["SUCCEEDED"], runsOfKey, count)
	}
	order := k.order()
	want := make([]int, runsOfKey)
	for n := range want {
		want[n] = n
	}
	if diff := cmp.Diff(want[:runsOfKey/2], order[:runsOfKey/2]); diff != "" {
		t.Errorf("the first ten began as %v, -want +got:\n%s", order, diff)
	}
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(order))); diff != "" {
		t.Errorf("runs that began, -want +got:\n%s", diff)
	}
}
