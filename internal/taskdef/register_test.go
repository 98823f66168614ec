package taskdef

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"davit/internal/run"
)

type fakeDefinitions struct {
	latest    json.RawMessage
	tags      []Tag
	latestErr error
	err       error
	sent      []json.RawMessage
}

func (d *fakeDefinitions) Describe(context.Context, string) (Definition, error) {
	return Definition{Definition: d.latest, Tags: d.tags}, d.latestErr
}

func (d *fakeDefinitions) Register(_ context.Context, input json.RawMessage) (Definition, error) {
	d.sent = append(d.sent, input)
	return Definition{Definition: input}, d.err
}

func (d *fakeDefinitions) List(context.Context, Query) (Page, error) {
	return Page{}, d.err
}

func (d *fakeDefinitions) Deregister(context.Context, string) (Definition, error) {
	return Definition{}, d.err
}

func (fakeSpec) ParseTaskDefinition(body []byte) (json.RawMessage, []run.Violation) {
	if !json.Valid(body) {
		return nil, []run.Violation{{Rule: run.RuleMalformed, Detail: "not JSON"}}
	}
	return body, nil
}

func TestRegister(t *testing.T) {
	body := []byte(`{"family":"job","cpu":"256","tags":[{"key":"a","value":"b"}]}`)
	none := &run.EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
	d := &fakeDefinitions{latestErr: none}
	registrar := &Registrar{Writes: true, Spec: fakeSpec{}, Definitions: d}
	res, err := registrar.Register(context.Background(), body)
	switch {
	case err != nil:
		t.Fatalf("error %v", err)
	case !res.Created:
		t.Fatal("res.Created is false, want true")
	case len(d.sent) != 1:
		t.Fatalf("len(d.sent) is %v, want 1", len(d.sent))
	}
	var sent struct{ Tags []struct{ Key, Value string } }
	if err := json.Unmarshal(d.sent[0], &sent); err != nil || len(sent.Tags) != 2 || sent.Tags[1].Key != ContentTag {
		t.Fatalf("%s %v", d.sent[0], err)
	}
	latest := `{"revision":1,"status":"ACTIVE"}`
	d.latest, d.latestErr, d.tags = json.RawMessage(latest), nil, []Tag{{ContentTag, sent.Tags[1].Value}}
	for _, same := range []string{string(body), `{"tags":[{"value":"b","key":"a"}], "cpu":"256", "family":"job"}`} {
		switch res, err := registrar.Register(context.Background(), []byte(same)); {
		case err != nil:
			t.Errorf("%s: error %v", same, err)
		case res.Created:
			t.Errorf("%s: res.Created is true, want false", same)
		case len(d.sent) != 1:
			t.Errorf("%s: len(d.sent) is %v, want 1", same, len(d.sent))
		case string(res.Definition) != latest:
			t.Errorf("%s: string(res.Definition) is %v, want %v", same, string(res.Definition), latest)
		}
	}
	switch res, err := registrar.Register(context.Background(), []byte(`{"family":"job","cpu":"512"}`)); {
	case err != nil:
		t.Errorf("error %v", err)
	case !res.Created:
		t.Error("res.Created is false, want true")
	case len(d.sent) != 2:
		t.Errorf("len(d.sent) is %v, want 2", len(d.sent))
	}
	d.tags = nil
	switch res, err := registrar.Register(context.Background(), body); {
	case err != nil:
		t.Errorf("a revision that somebody else registered: error %v", err)
	case !res.Created:
		t.Error("a revision that somebody else registered: res.Created is false, want true")
	}
}

func TestRegisterWhatTheStackDoesNotAllow(t *testing.T) {
	d := &fakeDefinitions{}
	for _, c := range []struct {
		registrar *Registrar
		want      run.Code
	}{
		{&Registrar{Spec: fakeSpec{}, Definitions: d}, run.CodeForbidden},
		{&Registrar{Writes: true, Stack: run.Stack{Families: []string{"other-*"}}, Spec: fakeSpec{}, Definitions: d}, run.CodeNotFound},
	} {
		if _, err := c.registrar.Register(context.Background(), []byte(`{"family":"job"}`)); run.CodeOf(err) != c.want || len(d.sent) > 0 {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestRegisterErrors(t *testing.T) {
	none := &run.EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
	for _, c := range []struct {
		name           string
		body           string
		latest, answer error
		want           run.Code
		rules          []string
		sent           int
	}{
		{"no JSON", `{`, none, nil, run.CodeInvalid, []string{" DV-01"}, 0},
		{"the look is throttled", `{}`, throttled(), nil, run.CodeThrottled, nil, 0},
		{"the look is not answered", `{}`, lostReply(), nil, run.CodeUnavailable, nil, 0},
		{"throttled", `{}`, none, throttled(), run.CodeThrottled, nil, 1},
		{"not answered", `{}`, none, serverFault(), run.CodeUnavailable, nil, 1},
		{"refused", `{}`, none, refusal("ClientException", "no such role"), run.CodeInvalid, []string{" ClientException"}, 1},
		{"denied", `{}`, none, refusal("AccessDeniedException", "no"), run.CodeForbidden, nil, 1},
		{"the look is denied", `{}`, refusal("AccessDeniedException", "no"), nil, run.CodeForbidden, nil, 0},
	} {
		d := &fakeDefinitions{latestErr: c.latest, err: c.answer}
		_, err := (&Registrar{Writes: true, Spec: fakeSpec{}, Definitions: d}).Register(context.Background(), []byte(c.body))
		if run.CodeOf(err) != c.want || !slices.Equal(faults(run.ViolationsOf(err)), c.rules) || len(d.sent) != c.sent {
			t.Errorf("%s: %v, %d sent", c.name, err, len(d.sent))
		}
	}
}
