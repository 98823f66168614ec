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
	w.workflow.onStart = func(x Execution) {
		if r, err := w.store.Get(context.Background(), x.RunID); err == nil && r.Incarnation == x.Incarnation {
			recorded++
		}
	}
	res := w.submit(ask("k", goodBody))
	r := res.Run
	switch {
	case res.Replayed:
		t.Error("res.Replayed is true, want false")
	case recorded != 1:
		t.Errorf("recorded is %v, want 1", recorded)
	case len(w.workflow.starts) != 1:
		t.Errorf("len(w.flow.starts) is %v, want 1", len(w.workflow.starts))
	case w.workflow.starts[0] != r.execution():
		t.Error("w.flow.starts[0] is not r.execution()")
	}
	switch {
	case r.ID != keyID("role/a", "k"):
		t.Error("r.ID is not keyID(\"role/a\", \"k\")")
	case r.Status != Submitted:
		t.Errorf("r.Status is %v, want %v", r.Status, Submitted)
	case r.Owner != "role/a":
		t.Errorf("r.Owner is %v, want role/a", r.Owner)
	case r.Key != "k":
		t.Errorf("r.Key is %v, want k", r.Key)
	case !r.CreatedAt.Equal(start):
		t.Errorf("r.CreatedAt is %v, want %v", r.CreatedAt, start)
	case r.Version != 1:
		t.Errorf("r.Version is %v, want 1", r.Version)
	case r.Generation != 1:
		t.Errorf("r.Generation is %v, want 1", r.Generation)
	case len(r.Incarnation) != incarnationLength:
		t.Errorf("len(r.Incarnation) is %v, want %v", len(r.Incarnation), incarnationLength)
	}
	switch {
	case r.Count != 2:
		t.Errorf("r.Count is %v, want 2", r.Count)
	case r.Cluster != "jobs":
		t.Errorf("r.Cluster is %v, want jobs", r.Cluster)
	case r.Group != "g":
		t.Errorf("r.Group is %v, want g", r.Group)
	case r.StartedBy != "cron":
		t.Errorf("r.StartedBy is %v, want cron", r.StartedBy)
	case r.Family != "job":
		t.Errorf("r.Family is %v, want job", r.Family)
	case r.Definition == nil:
		t.Error("r.Definition is nil")
	case jsontree.StringMember(r.Resolved, "taskDefinition") != "arn:job:1":
		t.Error("jsontree.StringMember(r.Resolved, \"taskDefinition\") is not \"arn:job:1\"")
	case jsontree.StringMember(r.Request, "taskDefinition") != "job":
		t.Error("jsontree.StringMember(r.Request, \"taskDefinition\") is not \"job\"")
	}
	if !r.SweepAt.Equal(after(sweepGrace)) || !r.Expires.IsZero() {
		t.Errorf("sweep at %v, expires %v", r.SweepAt, r.Expires)
	}
}

func TestSubmitWithoutAKey(t *testing.T) {
	w := newFixture(t)
	a, b := w.submit(ask("", goodBody)), w.submit(ask("", goodBody))
	switch {
	case a.Run.ID == b.Run.ID:
		t.Errorf("a.Run.ID is %v", a.Run.ID)
	case !ValidID(a.Run.ID):
		t.Error("ValidID(a.Run.ID) is false, want true")
	case a.Replayed:
		t.Error("a.Replayed is true, want false")
	case b.Replayed:
		t.Error("b.Replayed is true, want false")
	}
}

// A null member is absent: the same key with it is the same run, also where the record is of a version that counted it.
func TestSubmit_SameKeyWithANullMember_ReturnsTheSameRun(t *testing.T) {
	w := newFixture(t)
	withNull := `{"taskDefinition":"job","group":null,"overrides":{"cpu":null}}`
	first := w.submit(ask("k", `{"taskDefinition":"job","overrides":{}}`))
	if again := w.submit(ask("k", withNull)); again.Run.ID != first.Run.ID || !again.Replayed {
		t.Errorf("got run %s, replayed %v, want %s, replayed", again.Run.ID, again.Replayed, first.Run.ID)
	}
	sub, _ := fakeSpec{}.Parse([]byte(withNull))
	if old := (&Run{Fingerprint: fingerprint(jsontree.Canonical(nodeOf(withNull)))}); !old.hasBody(sub) {
		t.Error("the record of an older version is another request's")
	}
	if other := (&Run{Fingerprint: fingerprint([]byte(goodBody))}); other.hasBody(sub) {
		t.Error("another request's record is the same")
	}
	nulled := w.submit(ask("n", withNull))
	if again := w.submit(ask("n", `{"taskDefinition":"job","overrides":{}}`)); again.Run.ID != nulled.Run.ID {
		t.Errorf("got run %s, want %s", again.Run.ID, nulled.Run.ID)
	}
}

func TestSubmitAgain(t *testing.T) {
	w := newFixture(t)
	first := w.submit(ask("k", goodBody))
	again := w.submit(ask("k", goodBody))
	switch {
	case !again.Replayed:
		t.Error("again.Replayed is false, want true")
	case again.Run.ID != first.Run.ID:
		t.Errorf("again.Run.ID is %v, want %v", again.Run.ID, first.Run.ID)
	case again.Run.Incarnation != first.Run.Incarnation:
		t.Errorf("again.Run.Incarnation is %v, want %v", again.Run.Incarnation, first.Run.Incarnation)
	case len(w.store.records) != 1:
		t.Errorf("len(w.store.records) is %v, want 1", len(w.store.records))
	}
	switch {
	case len(w.workflow.starts) != 2:
		t.Errorf("not begun yet, it is started again by name: len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	case w.workflow.starts[1] != w.workflow.starts[0]:
		t.Errorf("not begun yet, it is started again by name: w.flow.starts[1] is %v, want %v", w.workflow.starts[1], w.workflow.starts[0])
	}
	in := StepInput{Execution: first.Run.execution()}
	if _, err := w.launcher().Step(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	looked := len(w.catalog.asked)
	switch again := w.submit(ask("k", goodBody)); {
	case !again.Replayed:
		t.Error("again.Replayed is false, want true")
	case len(w.workflow.starts) != 2:
		t.Errorf("len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	case again.Run.Status != Pending:
		t.Errorf("again.Run.Status is %v, want %v", again.Run.Status, Pending)
	case len(w.catalog.asked) != looked:
		t.Errorf("len(w.catalog.asked) is %v, want %v", len(w.catalog.asked), looked)
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
		switch {
		case same && (err != nil || !res.Replayed):
			t.Errorf("the same body: error %v, replayed %v, want none and true", err, res.Replayed)
		case !same && CodeOf(err) != CodeKeyReused:
			t.Errorf("another body: error %v, want %s", err, CodeKeyReused)
		case len(w.store.records) != 1:
			t.Errorf("len(w.store.records) is %v, want 1", len(w.store.records))
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
			switch {
			case err != nil:
				t.Errorf("error %v", err)
			case res.Run.Key != c.key:
				t.Errorf("res.Run.Key is %v, want %v", res.Run.Key, c.key)
			case res.Run.ID != keyID(c.q.Caller, c.key):
				t.Error("res.Run.ID is not keyID(c.q.Caller, c.key)")
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
	switch got := faults(ViolationsOf(err)); {
	case CodeOf(err) != CodeInvalid:
		t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeInvalid)
	case !slices.Equal(got, want):
		t.Errorf("got is %v, want %v", got, want)
	case len(w.store.records) > 0:
		t.Errorf("len(w.store.records) is %v, want at most %v", len(w.store.records), 0)
	case len(w.workflow.starts) > 0:
		t.Errorf("len(w.flow.starts) is %v, want at most %v", len(w.workflow.starts), 0)
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
		switch {
		case res.Run.Definition != nil:
			t.Errorf("%v: res.Run.Definition is %v, want nil", trouble, res.Run.Definition)
		case res.Run.Family != "job":
			t.Errorf("%v: res.Run.Family is %v, want job", trouble, res.Run.Family)
		case jsontree.StringMember(res.Run.Resolved, "taskDefinition") != "job":
			t.Errorf("%v: jsontree.StringMember(res.Run.Resolved, \"taskDefinition\") is not \"job\"", trouble)
		}
	}
}

func TestDryRunRecordsNothing(t *testing.T) {
	w := newFixture(t)
	q := ask("k", goodBody)
	q.DryRun = true
	res := w.submit(q)
	switch {
	case len(w.store.records) > 0:
		t.Errorf("len(w.store.records) is %v, want at most %v", len(w.store.records), 0)
	case len(w.workflow.starts) > 0:
		t.Errorf("len(w.flow.starts) is %v, want at most %v", len(w.workflow.starts), 0)
	case w.store.reads > 0:
		t.Errorf("w.store.reads is %v, want at most %v", w.store.reads, 0)
	case jsontree.StringMember(res.Run.Resolved, "taskDefinition") != "arn:job:1":
		t.Error("jsontree.StringMember(res.Run.Resolved, \"taskDefinition\") is not \"arn:job:1\"")
	}
	q.Body = []byte(`{"bad":true}`)
	if _, err := w.submitter().Submit(context.Background(), q); CodeOf(err) != CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestSubmitThatCannotStart(t *testing.T) {
	w := newFixture(t)
	w.workflow.fails = []error{errors.New("away")}
	res := w.submit(ask("k", goodBody))
	switch {
	case res.Replayed:
		t.Error("recorded is accepted: res.Replayed is true, want false")
	case len(w.store.records) != 1:
		t.Errorf("recorded is accepted: len(w.store.records) is %v, want 1", len(w.store.records))
	}
	w.clock.advance(sweepGrace)
	if report := w.sweep(); report.Started != 1 {
		t.Errorf("report.Started is %v, want 1", report.Started)
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
		if CodeOf(err) != c.want || len(w.workflow.starts) > 0 || strings.Contains(MessageOf(err), "fire") {
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
	switch {
	case second.Replayed:
		t.Error("second.Replayed is true, want false")
	case second.Run.ID != first.ID:
		t.Errorf("second.Run.ID is %v, want %v", second.Run.ID, first.ID)
	case second.Run.Incarnation == first.Incarnation:
		t.Errorf("second.Run.Incarnation is %v", second.Run.Incarnation)
	case second.Run.token(1, 1) == first.token(1, 1):
		t.Error("second.Run.token(1, 1) is first.token(1, 1)")
	case second.Run.execution().Name() == first.execution().Name():
		t.Error("second.Run.execution().Name() is first.execution().Name()")
	}
	switch out, err := w.launcher().Step(context.Background(), in); {
	case err != nil:
		t.Errorf("the old execution does nothing: error %v", err)
	case out.Next != StepDone:
		t.Errorf("the old execution does nothing: out.Next is %v, want %v", out.Next, StepDone)
	case len(w.ecs.inputs) > 0:
		t.Errorf("the old execution does nothing: len(w.ecs.inputs) is %v, want at most %v", len(w.ecs.inputs), 0)
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
	switch v := ViolationsOf(err); {
	case CodeOf(err) != CodeTooLarge:
		t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeTooLarge)
	case len(v) != 1:
		t.Errorf("len(v) is %v, want 1", len(v))
	case v[0].Rule != RuleTooLarge:
		t.Errorf("v[0].Rule is %v, want %v", v[0].Rule, RuleTooLarge)
	case len(w.store.records) > 0:
		t.Errorf("len(w.store.records) is %v, want at most %v", len(w.store.records), 0)
	}
	w.submit(ask("k", `{"taskDefinition":"job","x":"`+strings.Repeat("a", 200_000)+`"}`)) // it packs well
}
