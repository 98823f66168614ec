package run

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"davit/internal/jsontree"
)

func ask(key, body string) SubmitRequest {
	return SubmitRequest{Caller: "role/a", Key: key, HasKey: key != "", Body: []byte(body)}
}

const goodBody = `{"taskDefinition":"job","cluster":"jobs","count":2,"startedBy":"cron","group":"g"}`

func (w *fixture) submit(q SubmitRequest) SubmitResult {
	w.t.Helper()
	res, err := w.submitter().Submit(context.Background(), q)
	if err != nil {
		w.t.Fatalf("Submit: %v", err)
	}
	return res
}

func TestSubmitRecordsThenStarts(t *testing.T) {
	w := newFixture(t)
	recorded := 0
	w.flow.onStart = func(x Execution) {
		if r, err := w.store.Get(context.Background(), x.RunID); err == nil && r.Incarnation == x.Incarnation {
			recorded++
		}
	}
	res := w.submit(ask("k", goodBody))
	r := res.Run
	if res.Replayed || recorded != 1 || len(w.flow.starts) != 1 || w.flow.starts[0] != r.execution() {
		t.Errorf("%+v %+v", res, w.flow.starts)
	}
	if r.ID != keyID("role/a", "k") || r.Status != Submitted || r.Owner != "role/a" || r.Key != "k" || !r.CreatedAt.Equal(start) || r.Version != 1 || r.Generation != 1 || len(r.Incarnation) != incarnationLength {
		t.Errorf("%+v", r)
	}
	if r.Count != 2 || r.Cluster != "jobs" || r.Group != "g" || r.StartedBy != "cron" || r.Family != "job" || r.Definition == nil || jsontree.StringMember(r.Resolved, "taskDefinition") != "arn:job:1" || jsontree.StringMember(r.Request, "taskDefinition") != "job" {
		t.Errorf("%+v", r)
	}
	if !r.SweepAt.Equal(after(sweepGrace)) || !r.Expires.IsZero() {
		t.Errorf("sweep at %v, expires %v", r.SweepAt, r.Expires)
	}
}

func TestSubmitWithoutAKey(t *testing.T) {
	w := newFixture(t)
	a, b := w.submit(ask("", goodBody)), w.submit(ask("", goodBody))
	if a.Run.ID == b.Run.ID || !ValidID(a.Run.ID) || a.Replayed || b.Replayed {
		t.Errorf("%s %s", a.Run.ID, b.Run.ID)
	}
}

func TestSubmitAgain(t *testing.T) {
	w := newFixture(t)
	first := w.submit(ask("k", goodBody))
	again := w.submit(ask("k", goodBody))
	if !again.Replayed || again.Run.ID != first.Run.ID || again.Run.Incarnation != first.Run.Incarnation || len(w.store.records) != 1 {
		t.Errorf("%+v", again)
	}
	if len(w.flow.starts) != 2 || w.flow.starts[1] != w.flow.starts[0] {
		t.Errorf("not begun yet, it is started again by name: %+v", w.flow.starts)
	}
	in := StepInput{Execution: first.Run.execution()}
	if _, err := w.launcher().Step(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	looked := len(w.catalog.asked)
	if again := w.submit(ask("k", goodBody)); !again.Replayed || len(w.flow.starts) != 2 || again.Run.Status != Pending || len(w.catalog.asked) != looked {
		t.Errorf("%s %+v", again.Run.Status, w.flow.starts)
	}
	w.catalog.definErr = &EngineError{Unknown: true}
	if again := w.submit(ask("k", goodBody)); !again.Replayed {
		t.Error("replayed also when the definition is gone")
	}
	if other := w.submitOther("k"); CodeOf(other) != CodeKeyReused || len(ViolationsOf(other)) != 1 || strings.Contains(MessageOf(other), first.Run.ID) {
		t.Errorf("%v", other)
	}
	w.catalog.definErr = nil
	if b := w.submit(SubmitRequest{Caller: "role/b", Key: "k", HasKey: true, Body: []byte(goodBody)}); b.Replayed || b.Run.ID == first.Run.ID {
		t.Error("another caller's key is another key")
	}
}

func (w *fixture) submitOther(key string) error {
	_, err := w.submitter().Submit(context.Background(), ask(key, `{"taskDefinition":"job","count":3}`))
	return err
}

// TestSubmitRaces: both saw no record; the store lets one create it.
func TestSubmitRaces(t *testing.T) {
	for _, same := range []bool{true, false} {
		w := newFixture(t)
		once := false
		w.store.fail = func(method string) error {
			if method == "Create" && !once {
				once = true
				w.store.mu.Unlock()
				defer w.store.mu.Lock()
				body := goodBody
				if !same {
					body = `{"taskDefinition":"job"}`
				}
				w.submit(ask("k", body))
			}
			return nil
		}
		res, err := w.submitter().Submit(context.Background(), ask("k", goodBody))
		if same && (err != nil || !res.Replayed) || !same && CodeOf(err) != CodeKeyReused || len(w.store.records) != 1 {
			t.Errorf("same body %v: %+v %v", same, res, err)
		}
	}
}

func TestSubmitTakesTheKeyFromEither(t *testing.T) {
	withToken := func(token string) string { return `{"taskDefinition":"job","clientToken":"` + token + `"}` }
	long := strings.Repeat("é", 255)
	for _, c := range []struct {
		name string
		q    SubmitRequest
		key  string
		bad  string // field and rule
	}{
		{"header", ask("k", goodBody), "k", ""},
		{"body", ask("", withToken("k")), "k", ""},
		{"both the same", ask("k", withToken("k")), "k", ""},
		{"both differ", ask("k", withToken("x")), "", "/clientToken DV-08"},
		{"an empty header", SubmitRequest{Caller: "c", HasKey: true, Body: []byte(goodBody)}, "", "header:Idempotency-Key DV-07"},
		{"255 characters", ask(long, goodBody), long, ""},
		{"256 characters", ask(long+"x", goodBody), "", "header:Idempotency-Key DV-07"},
		{"a control character", ask("a\nb", goodBody), "", "header:Idempotency-Key DV-07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newFixture(t)
			res, err := w.submitter().Submit(context.Background(), c.q)
			if c.bad != "" {
				if got := faults(ViolationsOf(err)); CodeOf(err) != CodeInvalid || !slices.Equal(got, []string{c.bad}) || len(w.store.records) > 0 {
					t.Errorf("%v %v", got, err)
				}
				return
			}
			if err != nil || res.Run.Key != c.key || res.Run.ID != keyID(c.q.Caller, c.key) {
				t.Errorf("%+v %v", res.Run, err)
			}
		})
	}
}

func TestSubmitTellsEveryFaultAtOnce(t *testing.T) {
	w := newFixture(t)
	w.catalog.definErr = &EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
	w.catalog.clusterErr = &EngineError{Operation: "DescribeClusters", Unknown: true}
	q := ask("k\x00", `{"taskDefinition":"job","cluster":"nowhere","bad":true,"policy":{"retry":{"maxAttempts":0},"timeoutSeconds":0}}`)
	_, err := w.submitter().Submit(context.Background(), q)
	want := []string{"/bad DV-04", "/policy/retry/maxAttempts DV-14", "/policy/timeoutSeconds DV-14", "header:Idempotency-Key DV-07", "/taskDefinition DV-16", "/cluster DV-17"}
	if got := faults(ViolationsOf(err)); CodeOf(err) != CodeInvalid || !slices.Equal(got, want) || len(w.store.records) > 0 || len(w.flow.starts) > 0 {
		t.Errorf("%v, want %v", got, want)
	}
	w.catalog.definErr = nil
	_, err = w.submitter().Submit(context.Background(), ask("", `{"cluster":"nowhere"}`))
	if got := faults(ViolationsOf(err)); !slices.Equal(got, []string{"/taskDefinition RT-01", "/cluster DV-17"}) {
		t.Errorf("without a definition the cluster is looked at all the same: %v", got)
	}
	_, err = w.submitter().Submit(context.Background(), ask("", `{`))
	if got := faults(ViolationsOf(err)); !slices.Equal(got, []string{" DV-01"}) {
		t.Errorf("of a body that cannot be read nothing else is said: %v", got)
	}
	w.catalog.clusterErr = nil
	_, err = w.submitter().Submit(context.Background(), ask("", `{"taskDefinition":"job","policy":{"verdict":{"container":"nobody"}}}`))
	if v := ViolationsOf(err); len(v) != 1 || v[0].Field != "/policy/verdict/container" || !strings.Contains(v[0].Detail, "app, side") {
		t.Errorf("%v", err)
	}
}

func TestSubmitWhenECSCannotSay(t *testing.T) {
	for _, trouble := range []error{throttled(), serverFault(), refusal("AccessDeniedException", "no")} {
		w := newFixture(t)
		w.catalog.definErr, w.catalog.clusterErr = trouble, trouble
		res := w.submit(ask("k", goodBody))
		if res.Run.Definition != nil || res.Run.Family != "job" || jsontree.StringMember(res.Run.Resolved, "taskDefinition") != "job" {
			t.Errorf("%v: left to the launch: %+v", trouble, res.Run)
		}
	}
}

func TestDryRunRecordsNothing(t *testing.T) {
	w := newFixture(t)
	q := ask("k", goodBody)
	q.DryRun = true
	res := w.submit(q)
	if len(w.store.records) > 0 || len(w.flow.starts) > 0 || w.store.reads > 0 || jsontree.StringMember(res.Run.Resolved, "taskDefinition") != "arn:job:1" {
		t.Errorf("%+v", res)
	}
	q.Body = []byte(`{"bad":true}`)
	if _, err := w.submitter().Submit(context.Background(), q); CodeOf(err) != CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestSubmitThatCannotStart(t *testing.T) {
	w := newFixture(t)
	w.flow.fails = []error{errors.New("away")}
	res := w.submit(ask("k", goodBody))
	if res.Replayed || len(w.store.records) != 1 {
		t.Errorf("recorded is accepted: %+v", res)
	}
	w.clock.advance(sweepGrace)
	if report := w.sweep(); report.Started != 1 {
		t.Errorf("%+v", report)
	}
}

func TestSubmitThatCannotRecord(t *testing.T) {
	for _, c := range []struct {
		method string
		err    error
		want   Code
	}{
		{"Create", &Error{Code: CodeThrottled}, CodeNotRecorded},
		{"Create", &Error{Code: CodeTooLarge}, CodeTooLarge},
		{"Create", &Error{Code: CodeUnavailable}, CodeUnavailable},
		{"Create", errors.New("disk on fire"), CodeUnavailable},
		{"Get", &Error{Code: CodeThrottled}, CodeThrottled},
		{"Get", &Error{Code: CodeUnavailable}, CodeUnavailable},
	} {
		w := newFixture(t)
		w.store.fail = func(method string) error {
			if method == c.method {
				return c.err
			}
			return nil
		}
		_, err := w.submitter().Submit(context.Background(), ask("k", goodBody))
		if CodeOf(err) != c.want || len(w.flow.starts) > 0 || strings.Contains(MessageOf(err), "fire") {
			t.Errorf("%s %v: %v", c.method, c.err, err)
		}
	}
	w := newFixture(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.submitter().Submit(ctx, ask("", goodBody)); CodeOf(err) != CodeNotRecorded {
		t.Errorf("out of time before the write: %v", err)
	}
}

func TestAnExpiredKeyIsRebornAsAnotherRecord(t *testing.T) {
	w := newFixture(t)
	first := w.submit(ask("k", goodBody)).Run
	in := StepInput{Execution: first.execution()}
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: first.ID}); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(DefaultRetention - time.Millisecond)
	if !w.submit(ask("k", goodBody)).Replayed {
		t.Error("until the record expires")
	}
	w.clock.advance(time.Millisecond)
	second := w.submit(ask("k", `{"taskDefinition":"job"}`))
	if second.Replayed || second.Run.ID != first.ID || second.Run.Incarnation == first.Incarnation || second.Run.token(1, 1) == first.token(1, 1) || second.Run.execution().Name() == first.execution().Name() {
		t.Errorf("%+v", second.Run)
	}
	if out, err := w.launcher().Step(context.Background(), in); err != nil || out.Next != StepDone || len(w.ecs.inputs) > 0 {
		t.Errorf("the old execution does nothing: %+v %v", out, err)
	}
}

func TestSubmitTooLarge(t *testing.T) {
	w := newFixture(t)
	noise := make([]byte, 70_000)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(noise)
	text, err := json.Marshal(noise)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.submitter().Submit(context.Background(), ask("k", `{"taskDefinition":"job","x":`+string(text)+`}`))
	if v := ViolationsOf(err); CodeOf(err) != CodeTooLarge || len(v) != 1 || v[0].Rule != RuleTooLarge || len(w.store.records) > 0 {
		t.Errorf("%v", err)
	}
	w.submit(ask("k", `{"taskDefinition":"job","x":"`+strings.Repeat("a", 200_000)+`"}`)) // it packs well
}
