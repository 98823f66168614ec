package run

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"davit/internal/jsontree"
)

// rerun asks for testID's run again as its owner, with a body.
func (w *fixture) rerun(body string, changes ...func(*RerunRequest)) (SubmitResult, error) {
	q := RerunRequest{Caller: "someone", RunID: testID, Body: []byte(body)}
	for _, change := range changes {
		change(&q)
	}
	return w.submitter().Rerun(context.Background(), q)
}

func (w *fixture) mustRerun(body string, changes ...func(*RerunRequest)) *Run {
	w.t.Helper()
	res, err := w.rerun(body, changes...)
	if err != nil {
		w.t.Fatalf("Rerun(%s): %v", body, err)
	}
	return res.Run
}

func as(caller string) func(*RerunRequest) { return func(q *RerunRequest) { q.Caller = caller } }

func of(id string) func(*RerunRequest) { return func(q *RerunRequest) { q.RunID = id } }

func under(key string) func(*RerunRequest) {
	return func(q *RerunRequest) { q.Key, q.HasKey = key, true }
}

func requesting(body string) func(*Run) {
	return func(r *Run) { r.Request = json.RawMessage(body) }
}

// withEnv has two containers with values, of which TOKEN and KEY are secret.
const withEnv = `{"taskDefinition":"job","overrides":{"containerOverrides":[` +
	`{"name":"app","command":["go"],"environment":[{"name":"TOKEN","value":"s1"},{"name":"MODE","value":"fast"}]},` +
	`{"name":"side","environment":[{"name":"KEY","value":"s2"}]}]}}`

func TestRerun_EmptyBody_IsTheSameRequestAsANewRun(t *testing.T) {
	policy := DefaultPolicy()
	policy.TimeoutSeconds, policy.Overlap = 60, &Overlap{Key: "nightly", Mode: OverlapQueue, Limit: 2, MaxQueued: 7}
	request := `{"count":3,"taskDefinition":"job","group":"g","startedBy":"cron","clientToken":"first"}`
	w := ready(t, 3, requesting(request), func(r *Run) { r.Policy = policy })
	for _, body := range []string{"", "{}", `{"patch":null,"failedOnly":null,"revision":null}`, `{"patch":{}}`} {
		r := w.mustRerun(body)
		if r.ID == testID || r.RerunOf != testID {
			t.Errorf("%s: got run %s, rerun of %q, want another, rerun of %s", body, r.ID, r.RerunOf, testID)
		}
		if r.Owner != "someone" || r.Key != "" || r.ValuesOf != "" {
			t.Errorf("%s: got owner %q, key %q, values of %q", body, r.Owner, r.Key, r.ValuesOf)
		}
		if !reflect.DeepEqual(r.Policy, policy) {
			t.Errorf("%s: got policy %s, want %s", body, raw(r.Policy), raw(policy))
		}
		if r.Count != 3 || r.Group != "g" || r.StartedBy != "cron" {
			t.Errorf("%s: got count %d, group %q, startedBy %q", body, r.Count, r.Group, r.StartedBy)
		}
		if strings.Contains(string(r.Request), "clientToken") {
			t.Errorf("%s: the request keeps the first run's clientToken: %s", body, r.Request)
		}
	}
	if len(w.workflow.starts) != 4 {
		t.Errorf("got %d executions, want 4", len(w.workflow.starts))
	}
}

func TestRerun_Patch_KeepsOrderAndNumbers(t *testing.T) {
	w := ready(t, 1, requesting(`{"count":1,"taskDefinition":"job","ratio":1.50e+0,"group":"g"}`))
	r := w.mustRerun(`{"patch":{"group":null,"count":2,"other":2.0,"enableECSManagedTags":true,"policy":{"timeoutSeconds":90,"retry":{"maxAttempts":null,"on":[]}}}}`)
	want := `{"count":2,"taskDefinition":"job","ratio":1.50e+0,`
	if !strings.HasPrefix(string(r.Request), want) || !strings.Contains(string(r.Request), `"other":2.0,"enableECSManagedTags":true`) {
		t.Errorf("got %s, want it to begin %s", r.Request, want)
	}
	if r.Count != 2 || r.Group != "" || r.Policy.TimeoutSeconds != 90 || r.Policy.Retry.MaxAttempts != 3 || len(r.Policy.Retry.On) != 0 {
		t.Errorf("got count %d, group %q, policy %s", r.Count, r.Group, raw(r.Policy))
	}
}

func TestRerun_BadBody_NamesEachFault(t *testing.T) {
	for body, want := range map[string][]string{
		`{`:       {" DV-01"},
		`[]`:      {" DV-02"},
		`"x"`:     {" DV-02"},
		`{}{}`:    {" DV-01"},
		"\xff":    {" DV-01"},
		`{"a":1}`: {"/a DV-28"},
		`{"patch":[],"failedOnly":"yes","revision":"first"}`:                            {"/patch DV-28", "/failedOnly DV-28", "/revision DV-28"},
		`{"patch":{"count":1,"count":2}}`:                                               {"/patch/count DV-03"},
		`{"revision":1}`:                                                                {"/revision DV-28"},
		`{"revision":"same","patch":{"taskDefinition":"job"}}`:                          {"/revision DV-28"},
		`{"failedOnly":true,"patch":{"count":1}}`:                                       {"/failedOnly DV-28"},
		`{"failedOnly":true,"patch":{"containerInstances":null}}`:                       {"/failedOnly DV-28"},
		`{"patch":{"bad":true,"policy":{"timeoutSeconds":0}}}`:                          {"/bad DV-04", "/policy/timeoutSeconds DV-14"},
		`{"patch":{"taskDefinition":null}}`:                                             {"/taskDefinition RT-01"},
		`{"patch":{"policy":{"verdict":{"container":"nobody"}}}}`:                       {"/policy/verdict/container DV-14"},
		`{"patch":` + strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70) + `}`: {" DV-01"},
	} {
		w := ready(t, 1)
		_, err := w.rerun(body)
		if got := faults(ViolationsOf(err)); CodeOf(err) != CodeInvalid || !slices.Equal(got, want) {
			t.Errorf("%s: got %v %v, want %v", body, CodeOf(err), got, want)
		}
		if len(w.store.records) != 1 {
			t.Errorf("%s: got %d records, want 1", body, len(w.store.records))
		}
	}
}

func TestRerun_PatchedBodyTooLarge_IsRefused(t *testing.T) {
	w := ready(t, 1, requesting(`{"taskDefinition":"job","a":"`+strings.Repeat("x", 200<<10)+`"}`))
	_, err := w.rerun(`{"patch":{"b":"` + strings.Repeat("y", 100<<10) + `"}}`)
	if got := faults(ViolationsOf(err)); CodeOf(err) != CodeTooLarge || !slices.Equal(got, []string{"/patch DV-09"}) {
		t.Errorf("got %v %v, want too large", err, got)
	}
}

func TestRerun_OfARunThatIsNotShown_IsNotFound(t *testing.T) {
	w := ready(t, 1)
	s := w.submitter()
	s.Stack.OwnerOnly = true
	for _, c := range []struct {
		id, caller string
		want       Code
	}{
		{testID, "someone", ""}, {testID, "another", CodeNotFound}, {"x", "someone", CodeNotFound}, {strings.Repeat("a", 26), "someone", CodeNotFound},
	} {
		if _, err := s.Rerun(context.Background(), RerunRequest{Caller: c.caller, RunID: c.id}); CodeOf(err) != c.want {
			t.Errorf("%s as %s: got %v, want %q", c.id, c.caller, err, c.want)
		}
	}
}

func TestRerun_DryRun_RecordsNothing(t *testing.T) {
	w := ready(t, 1)
	r := w.mustRerun(`{"patch":{"count":4}}`, func(q *RerunRequest) { q.DryRun = true; q.Key, q.HasKey = "k", true })
	if r.Count != 4 || len(w.store.records) != 1 || len(w.workflow.starts) != 0 {
		t.Errorf("got count %d, %d records, %d starts, want 4, 1, 0", r.Count, len(w.store.records), len(w.workflow.starts))
	}
}

func TestRerun_SameKey_ReturnsTheSameRun(t *testing.T) {
	w := ready(t, 1)
	body := `{"patch":{"count":2,"group":null},"failedOnly":false}`
	first := w.mustRerun(body, under("k"))
	if first.ID != keyID("someone", "k") || first.Key != "k" {
		t.Errorf("got run %s, key %q", first.ID, first.Key)
	}
	w.catalog.definErr = &EngineError{Unknown: true}
	for name, repeat := range map[string]func() (SubmitResult, error){
		"the same": func() (SubmitResult, error) { return w.rerun(body, under("k")) },
		"in another order": func() (SubmitResult, error) {
			return w.rerun(`{"failedOnly":false,"patch":{"group":null,"count":2.0}}`, under("k"))
		},
		"the key in the patch": func() (SubmitResult, error) {
			return w.rerun(`{"failedOnly":false,"patch":{"group":null,"count":2,"clientToken":"k"}}`)
		},
	} {
		if res, err := repeat(); err != nil || !res.Replayed || res.Run.ID != first.ID {
			t.Errorf("%s: got %+v, %v, want run %s again", name, res, err, first.ID)
		}
	}
	for name, other := range map[string]func() error{
		"without the null": func() error { _, err := w.rerun(`{"patch":{"count":2},"failedOnly":false}`, under("k")); return err },
		"another run":      func() error { _, err := w.rerun(body, under("k"), of(first.ID)); return err },
		"a submission":     func() error { return w.submitAs("someone", "k", `{"taskDefinition":"job"}`) },
	} {
		if err := other(); CodeOf(err) != CodeKeyReused {
			t.Errorf("%s: got %v, want %s", name, err, CodeKeyReused)
		}
	}
	delete(w.store.records, testID)
	if res, err := w.rerun(body, under("k")); err != nil || !res.Replayed {
		t.Errorf("the first run is gone: got %+v, %v, want the run again", res, err)
	}
	if _, err := w.rerun(body, under("k"), as("another")); CodeOf(err) != CodeNotFound {
		t.Errorf("another caller's key: got %v, want %s", err, CodeNotFound)
	}
	if _, err := w.rerun(body, under("")); CodeOf(err) != CodeNotFound {
		t.Errorf("an empty key, the run gone: got %v", err)
	}
}

func (w *fixture) submitAs(caller, key, body string) error {
	_, err := w.submitter().Submit(context.Background(), SubmitRequest{Caller: caller, Key: key, HasKey: true, Body: []byte(body)})
	return err
}

// Two calls at once with one key are one run.
func TestRerun_Races_OneRunIsMade(t *testing.T) {
	w := ready(t, 1)
	once := false
	w.store.fail = func(method string) error {
		if method == "Create" && !once {
			once = true
			w.store.mu.Unlock()
			defer w.store.mu.Lock()
			w.mustRerun(`{"patch":{"count":2}}`, under("k"))
		}
		return nil
	}
	if res, err := w.rerun(`{"patch":{"count":2}}`, under("k")); err != nil || !res.Replayed || len(w.store.records) != 2 {
		t.Errorf("got %+v, %v, %d records, want the other call's run", res, err, len(w.store.records))
	}
}

func TestRerun_KeyFaults_AreThoseOfSubmit(t *testing.T) {
	w := ready(t, 1)
	for name, c := range map[string]struct {
		body string
		key  func(*RerunRequest)
		want string
	}{
		"empty":   {`{}`, under(""), "header:Idempotency-Key DV-07"},
		"control": {`{}`, under("a\nb"), "header:Idempotency-Key DV-07"},
		"differ":  {`{"patch":{"clientToken":"x"}}`, under("y"), "/clientToken DV-08"},
	} {
		_, err := w.rerun(c.body, c.key)
		if got := faults(ViolationsOf(err)); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

func TestRerun_Revision(t *testing.T) {
	for _, c := range []struct {
		name, caller, body, want string
	}{
		{"owner", "someone", `{}`, "job"},
		{"owner, latest", "someone", `{"revision":"latest"}`, "job"},
		{"owner, same", "someone", `{"revision":"same"}`, "arn:job:1"},
		{"another", "another", `{}`, "arn:job:1"},
		{"another, latest", "another", `{"revision":"latest"}`, "job"},
		{"another, patched", "another", `{"patch":{"taskDefinition":"other:3"}}`, "other:3"},
		{"owner, patched", "someone", `{"patch":{"taskDefinition":"other:3"}}`, "other:3"},
		{"patched, latest", "someone", `{"revision":"latest","patch":{"taskDefinition":"other:3"}}`, "other:3"},
	} {
		w := ready(t, 1)
		r := w.mustRerun(c.body, as(c.caller))
		if got := jsontree.StringMember(r.Request, "taskDefinition"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRerun_DefinitionGone_IsAViolation(t *testing.T) {
	w := ready(t, 1)
	w.catalog.definErr = &EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
	_, err := w.rerun(`{"revision":"same"}`)
	if got := faults(ViolationsOf(err)); CodeOf(err) != CodeInvalid || !slices.Equal(got, []string{"/taskDefinition DV-16"}) {
		t.Errorf("got %v %v", err, got)
	}
}

func TestRerun_NoRevisionKnown(t *testing.T) {
	w := ready(t, 1, func(r *Run) { r.Definition = nil })
	if _, err := w.rerun(`{"revision":"same"}`); CodeOf(err) != CodeWrongState {
		t.Errorf("same: got %v, want %s", err, CodeWrongState)
	}
	if got := jsontree.StringMember(w.mustRerun(`{}`, as("another")).Request, "taskDefinition"); got != "job" {
		t.Errorf("another caller: got %s, want job", got)
	}
}

func TestRerun_StoreFails_IsReported(t *testing.T) {
	w := ready(t, 1)
	w.store.fail = func(method string) error {
		if method == "Get" {
			return errors.New("away")
		}
		return nil
	}
	if _, err := w.rerun(`{}`); err == nil || CodeOf(err) == CodeNotFound {
		t.Errorf("got %v, want the store's error", err)
	}
}
