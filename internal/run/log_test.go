package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

// logged makes the fixture's use cases log. It returns a function that returns the lines since its last call, decoded.
func (w *fixture) logged() func() []map[string]any {
	var text bytes.Buffer
	w.log = slog.New(slog.NewJSONHandler(&text, nil))
	return func() (lines []map[string]any) {
		w.t.Helper()
		for line := range strings.Lines(text.String()) {
			var l map[string]any
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				w.t.Fatal(err)
			}
			delete(l, "time")
			lines = append(lines, l)
		}
		text.Reset()
		return lines
	}
}

// messages returns the messages of log lines.
func messages(lines []map[string]any) (all []string) {
	for _, l := range lines {
		all = append(all, l["msg"].(string))
	}
	return all
}

func TestLog_LifeOfARun_OneLineATransition(t *testing.T) {
	w := newFixture(t)
	lines := w.logged()
	q := ask("k", goodBody)
	q.By = SubmittedBy{Principal: "arn:role", RequestID: "request-1"}
	r := w.submit(q).Run
	w.submit(q) // replayed
	step := func() {
		t.Helper()
		if _, err := w.launcher().Step(context.Background(), StepInput{Execution: r.execution()}); err != nil {
			t.Fatal(err)
		}
	}
	step()
	step()
	r, err := w.store.Get(context.Background(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i, task := range r.attempt().Tasks {
		for _, s := range []TaskState{described(task.ShortID(), "RUNNING", version(2)), ended(task.ShortID(), after(time.Minute), i)} {
			s.StartedBy = r.attempt().StartedBy
			w.handle(s)
			w.handle(s) // delivered twice
		}
	}
	w.sweep()
	got := lines()
	if want := []string{"run accepted", "run launched", "run ended"}; !slices.Equal(messages(got), want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for _, l := range got {
		if l["level"] != "INFO" || l["runId"] != r.ID || l["owner"] != "role/a" || l["submitRequestId"] != "request-1" {
			t.Errorf("got %v, want run %s of role/a, by request-1", l, r.ID)
		}
	}
	if last := got[2]; last["status"] != "FAILED" || last["class"] != "EXIT:1" {
		t.Errorf("got %v, want FAILED, EXIT:1", last)
	}
}

// Of two writers only the one that was first logs.
func TestLog_AnotherWriterIsFirst_LogsOnce(t *testing.T) {
	w := ready(t, 1)
	lines := w.logged()
	w.store.otherWriters = []func(*Run){func(*Run) {}}
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: testID}); err != nil {
		t.Fatal(err)
	}
	if got := messages(lines()); !slices.Equal(got, []string{"run ended"}) {
		t.Errorf("got %v, want one end", got)
	}
}

func TestLog_NotWritten_NothingIsLogged(t *testing.T) {
	w := ready(t, 1)
	lines := w.logged()
	w.store.fail = func(method string) error {
		if method == "Update" || method == "Create" {
			return errors.New("away")
		}
		return nil
	}
	_, stopErr := w.stopper().Stop(context.Background(), StopRequest{RunID: testID})
	_, submitErr := w.submitter().Submit(context.Background(), ask("k", goodBody))
	if got := lines(); stopErr == nil || submitErr == nil || len(got) > 0 {
		t.Errorf("got errors %v and %v, lines %v, want two errors and no line", stopErr, submitErr, got)
	}
}

// A second attempt is no second launch, and a dry run is no acceptance.
func TestLog_Retry_IsNoSecondLaunch(t *testing.T) {
	w := ready(t, 1, func(r *Run) { r.Policy.Retry.On = []string{"EXIT:*"} })
	lines := w.logged()
	w.launch()
	for i := range 2 {
		a := w.run().attempt()
		s := ended(a.Tasks[0].ShortID(), w.clock.Now(), 1-i)
		s.StartedBy = a.StartedBy
		w.handle(s)
		w.clock.advance(time.Hour)
		w.launch()
	}
	if got := messages(lines()); !slices.Equal(got, []string{"run launched", "run ended"}) {
		t.Errorf("got %v, want one launch and one end", got)
	}
	q := ask("", goodBody)
	q.DryRun = true
	w.submit(q)
	if got := lines(); len(got) > 0 {
		t.Errorf("a dry run: got %v", got)
	}
}

func TestLog_OverlapKey_EndsAreLogged(t *testing.T) {
	w := newFixture(t)
	lines := w.logged()
	for _, key := range []string{"a", "b"} {
		w.submit(ask(key, `{"taskDefinition":"job","policy":{"overlap":{"key":"k","mode":"FORBID"}}}`))
	}
	if got := messages(lines()); !slices.Equal(got, []string{"run accepted", "run accepted", "run ended"}) {
		t.Errorf("got %v, want two accepted and one that was skipped", got)
	}
}

func TestLog_NothingOfTheRequestIsShown(t *testing.T) {
	w := newFixture(t)
	var text bytes.Buffer
	w.log = slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := w.submit(ask("s3cret-key", strings.Replace(withEnv, `"s1"`, `"s3cret"`, 1))).Run
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: r.ID, Reason: "s3cret"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "run ended") || strings.Contains(text.String(), "s3cret") {
		t.Errorf("got %s", &text)
	}
}

func TestSubmittedBy_IsKeptCleanAndBounded(t *testing.T) {
	w := newFixture(t)
	q := ask("", goodBody)
	long := strings.Repeat("é", 5000)
	q.By = SubmittedBy{Principal: "a\x00b\u202ec\xff" + long, Session: "one\ntwo" + long, RequestID: long, SourceIP: long}
	got := w.submit(q).Run.SubmittedBy
	if !strings.HasPrefix(got.Principal, "a\uFFFDb\uFFFDc\uFFFD") || !strings.HasPrefix(got.Session, "one\uFFFDtwo") {
		t.Errorf("got %.20q and %.20q, want what is not printable replaced", got.Principal, got.Session)
	}
	for name, c := range map[string]struct {
		text string
		most int
	}{
		"principal": {got.Principal, 1024}, "session": {got.Session, 256}, "requestId": {got.RequestID, 128}, "sourceIp": {got.SourceIP, 64},
	} {
		if n := len([]rune(c.text)); n != c.most {
			t.Errorf("%s: got %d characters, want %d", name, n, c.most)
		}
	}
	plain := SubmittedBy{"arn:aws:sts::1:assumed-role/Dev", "kim@example.com", "JKJaXmPLvHcESHA=", "203.0.113.7"}
	if got := plain.cleaned(); got != plain {
		t.Errorf("got %v, want %v", got, plain)
	}
}

func TestSubmittedBy_OfAScheduleAndARerun(t *testing.T) {
	w := newFixture(t)
	s := &Schedules{Submitter: w.submitter(), RequestID: func(context.Context) string { return "invocation-1" }}
	o, err := s.Fire(context.Background(), occurrence(nightly, "2026-11-30T02:00:00Z", goodBody))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.Run.SubmittedBy, (SubmittedBy{Principal: nightly, RequestID: "invocation-1"}); got != want {
		t.Errorf("a schedule: got %+v, want %+v", got, want)
	}
	by := SubmittedBy{Principal: "arn:role", Session: "kim"}
	r := w.mustRerun(`{}`, of(o.Run.ID), func(q *RerunRequest) { q.By = by })
	if r.SubmittedBy != by {
		t.Errorf("a rerun: got %+v, want %+v", r.SubmittedBy, by)
	}
}
