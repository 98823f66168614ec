package local

import (
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/localecs/scripted"
)

func TestMeta(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		got := f.call("GET", "/meta", "", 200)
		for name, want := range map[string]string{"mode": "local", "region": "local", "prefix": "davit"} {
			if got[name] != want {
				f.t.Errorf("got %s %v, want %s", name, got[name], want)
			}
		}
		features, _ := got["features"].(map[string]any)
		for name, want := range map[string]any{"logs": true, "definitionWrites": true, "taskEvents": f.options.TaskEvents, "authorization": "NONE"} {
			if features[name] != want {
				f.t.Errorf("got features.%s %v, want %v", name, features[name], want)
			}
		}
	})
}

// The runs of a schedule, the reruns of one of them, and what is open, from submission to the list.
func TestLists_OriginAndOpen(t *testing.T) {
	const file = `{"schedules":[{"name":"month-end","scheduleExpression":"rate(6 hours)","run":{"taskDefinition":"job","startedBy":"me"}}]}`
	withFixture(t, app(scripted.Script{For: time.Hour})(), func(o *Options) { o.Schedules = schedules(t, file) }, func(f *fixture) {
		f.start()
		time.Sleep(13 * time.Hour) // virtual
		synctest.Wait()
		count := func(query string) int {
			runs, _ := f.call("GET", "/runs?"+query, "", 200)["runs"].([]any)
			return len(runs)
		}
		scheduled, _ := f.call("GET", "/runs?schedule=month-end&limit=1", "", 200)["runs"].([]any)
		if len(scheduled) != 1 {
			t.Fatal("no run of the schedule is listed")
		}
		first, _ := scheduled[0].(map[string]any)["runId"].(string)
		f.end(first)
		f.call("POST", "/runs/"+first+"/rerun", "{}", 202)
		for query, want := range map[string]int{
			"schedule=month-end": 2, "schedule=me": 0, "rerunOf=" + first: 1, "open=true": 1, "open=true&rerunOf=" + first: 1,
			"status=SUCCEEDED,FAILED": 2, "createdAfter=2000-01-01T11:00:00Z": 2, "createdBefore=2000-01-01T11:00:00Z&schedule=month-end": 1,
		} {
			if got := count(query); got != want {
				t.Errorf("%s: got %d runs, want %d", query, got, want)
			}
		}
	})
}
