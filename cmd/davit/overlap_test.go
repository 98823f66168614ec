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
)

// sent is how many runs of one overlap key these tests send.
const sent = 20

// key is a davit with room for one task, and a folder in which the tasks of one overlap key notice one another.
type key struct {
	*served
	mode, dir string
}

func newKey(t *testing.T, mode string) *key {
	t.Helper()
	k := &key{serveLocal(t, t.TempDir(), "--cpu", "256"), mode, t.TempDir()}
	k.register(shell)
	return k
}

func (k *key) file(name string) string { return filepath.Join(k.dir, name) }

// run is the n-th run: it says that it is there, notices whether it is alone, and works until the gate is open.
func (k *key) run(n int) string {
	does := fmt.Sprintf(`cd %s; trap 'rmdir alone; exit 1' TERM; mkdir alone || echo %d >> clash
		echo %d >> order; until [ -e gate ]; do sleep 0.02 & wait $!; done; rmdir alone`, k.dir, n, n)
	return script(does, fmt.Sprintf(`, "policy": {"overlap": {"key": "one at a time", "mode": %q}}`, k.mode))
}

// atOnce sends runs n to m-1 together.
func (k *key) atOnce(n, m int) []string {
	k.t.Helper()
	ids := make([]string, m-n)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			r, err := try("POST", "http://"+k.api+"/runs", k.run(n+i))
			ids[i] = strings.TrimPrefix(r.header.Get("Location"), "/runs/")
			if err != nil || r.status != http.StatusAccepted || ids[i] == "" {
				k.t.Errorf("submit: %v %d %s", err, r.status, r.body)
			}
		})
	}
	all.Wait()
	if k.t.Failed() {
		k.t.FailNow()
	}
	return ids
}

// order is the runs that were at work, as they began.
func (k *key) order() (runs []int) {
	k.t.Helper()
	for word := range strings.FieldsSeq(text(k.t, k.file("order"))) {
		n, err := strconv.Atoi(word)
		if err != nil {
			k.t.Fatal(err)
		}
		runs = append(runs, n)
	}
	return runs
}

// ends waits for the runs' ends, and counts them by status. None may have met another, or a full cluster.
func (k *key) ends(ids []string) map[string]int {
	k.t.Helper()
	count := map[string]int{}
	for _, id := range ids {
		run := k.end(id)
		count[run.Status]++
		for _, a := range run.Attempts {
			if len(a.Refusals) > 0 {
				k.t.Errorf("run %s was refused: %+v", id, a.Refusals)
			}
		}
	}
	if clash := text(k.t, k.file("clash")); clash != "" {
		k.t.Errorf("these met another at work: %s", strings.Fields(clash))
	}
	return count
}

func TestForbidTwenty(t *testing.T) {
	t.Parallel()
	k := newKey(t, "FORBID")
	ids := k.atOnce(0, sent)
	within(t, patience, "all but one are skipped", func() bool {
		return strings.Count(k.call("GET", "/runs?limit=100&status=SKIPPED", "").body, `"SKIPPED"`) == sent-1
	})
	writeFile(t, k.file("gate"))
	if count := k.ends(ids); count["SUCCEEDED"] != 1 || count["SKIPPED"] != sent-1 || len(k.order()) != 1 {
		t.Errorf("%v, at work were %v", count, k.order())
	}
	if r := k.submit(k.run(sent)); k.end(r.RunID).Status != "SUCCEEDED" {
		t.Errorf("the next is %+v", k.get(r.RunID))
	}
}

// TestReplaceTwenty: one is left, and all that were at work before it were seen stopped first.
func TestReplaceTwenty(t *testing.T) {
	t.Parallel()
	k := newKey(t, "REPLACE")
	ids := k.atOnce(0, sent)
	within(t, patience, "all but one have ended", func() bool {
		over := 0
		for _, id := range ids {
			if k.get(id).over() {
				over++
			}
		}
		return over == sent-1
	})
	writeFile(t, k.file("gate"))
	count := k.ends(ids)
	if count["SUCCEEDED"] != 1 || count["STOPPED"]+count["SKIPPED"] != sent-1 || len(k.order()) < 1 {
		t.Errorf("%v, at work were %v", count, k.order())
	}
}

// TestQueueTwenty: ten sent one after another keep their order, ten sent at once come behind them, and none is lost.
func TestQueueTwenty(t *testing.T) {
	t.Parallel()
	k := newKey(t, "QUEUE")
	var ids []string
	for n := range sent / 2 {
		ids = append(ids, k.submit(k.run(n)).RunID)
	}
	ids = append(ids, k.atOnce(sent/2, sent)...)
	writeFile(t, k.file("gate"))
	if count := k.ends(ids); count["SUCCEEDED"] != sent {
		t.Errorf("%v", count)
	}
	order := k.order()
	want := make([]int, sent)
	for n := range want {
		want[n] = n
	}
	if !slices.Equal(order[:sent/2], want[:sent/2]) || !slices.Equal(slices.Sorted(slices.Values(order)), want) {
		t.Errorf("they began as %v", order)
	}
}
