package run

import (
	"context"
	"slices"
	"testing"
)

// fakeRules know one refusal and one failure.
type fakeRules struct{}

func (fakeRules) Refused(e *EngineError) (Violation, bool) {
	return Violation{"/here", "RT-13", "needed: a network"}, e.Message == "no network"
}

func (fakeRules) Failed(_ Operation, f Failure) (Violation, bool) {
	if f.Reason != "LOCATION" {
		return Violation{}, false
	}
	return Violation{"/there", "RT-14", "needed: other subnets"}, true
}

func (w *fixture) ruledLaunch() {
	w.t.Helper()
	l := w.launcher()
	l.Rules = fakeRules{}
	if _, err := l.Step(context.Background(), w.input()); err != nil {
		w.t.Fatal(err)
	}
}

func TestARefusedRunNamesTheRule(t *testing.T) {
	for _, c := range []struct {
		name         string
		launch       launchFault
		rule, reason string
	}{
		{"exception", launchFault{err: refusal("InvalidParameterException", "no network")}, "RT-13", "InvalidParameterException: no network (rule RT-13)"},
		{"failure", launchFault{failures: []Failure{{Reason: "LOCATION", Detail: "eu-west-1c"}}}, "RT-14", "LOCATION: eu-west-1c (rule RT-14)"},
		{"failure of no rule", launchFault{failures: []Failure{{Reason: "ATTRIBUTE"}}}, "", "ATTRIBUTE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ready(t, 1)
			w.ecs.launches = []launchFault{c.launch}
			w.ruledLaunch()
			r := w.run()
			a := r.attempt()
			switch {
			case r.Status != Failed:
				t.Errorf("r.Status is %v, want %v", r.Status, Failed)
			case r.Class != Invalid:
				t.Errorf("r.Class is %v, want %v", r.Class, Invalid)
			case r.StatusReason != c.reason:
				t.Errorf("r.StatusReason is %v, want %v", r.StatusReason, c.reason)
			case a.Outcome == nil:
				t.Error("a.Outcome is nil")
			case a.Outcome.Detail != c.reason:
				t.Errorf("a.Outcome.Detail is %v, want %v", a.Outcome.Detail, c.reason)
			}
			switch {
			case len(a.Refusals) != 1:
				t.Errorf("len(a.Refusals) is %v, want 1", len(a.Refusals))
			case a.Refusals[0].Rule != c.rule:
				t.Errorf("a.Refusals[0].Rule is %v, want %v", a.Refusals[0].Rule, c.rule)
			case a.Refusals[0].Class != Invalid:
				t.Errorf("a.Refusals[0].Class is %v, want %v", a.Refusals[0].Class, Invalid)
			case a.Refusals[0].Count != 1:
				t.Errorf("a.Refusals[0].Count is %v, want 1", a.Refusals[0].Count)
			}
		})
	}
}

func TestSubmitHoldsTheRequestAgainstItsDefinition(t *testing.T) {
	w := newFixture(t)
	q := ask("", `{"taskDefinition":"job","misfit":"x","bad":true}`)
	_, err := w.submitter().Submit(context.Background(), q)
	if got := faults(ViolationsOf(err)); !slices.Equal(got, []string{"/bad DV-04", "/misfit RT-18"}) {
		t.Errorf("%v", got)
	}
	w.catalog.definErr = throttled()
	if res, err := w.submitter().Submit(context.Background(), ask("", `{"taskDefinition":"job","misfit":"x"}`)); err != nil || res.Run == nil {
		t.Errorf("without the definition it is left to the launch: %v", err)
	}
}

func TestRefusedCall(t *testing.T) {
	denied := &EngineError{Code: "AccessDeniedException", Message: "User: secret is not authorized"}
	for _, c := range []struct {
		name   string
		err    error
		rules  RefusalRules
		want   Code
		faults []string
	}{
		{"of a rule", refusal("ClientException", "no network"), fakeRules{}, CodeInvalid, []string{"/here RT-13"}},
		{"of no rule", refusal("ClientException", "no"), fakeRules{}, CodeInvalid, []string{" ClientException"}},
		{"without rules", refusal("ClientException", "no network"), nil, CodeInvalid, []string{" ClientException"}},
		{"denied", denied, fakeRules{}, CodeForbidden, nil},
		{"credentials of nobody", refusal("UnrecognizedClientException", "The security token included in the request is invalid."), fakeRules{}, CodeForbidden, nil},
		{"denied by a rule", &EngineError{Code: "AccessDeniedException", Message: "no network"}, fakeRules{}, CodeForbidden, []string{"/here RT-13"}},
		{"unknown", &EngineError{Code: "ClientException", Message: "no network", Unknown: true}, fakeRules{}, CodeNotFound, []string{"/here RT-13"}},
		{"throttled", throttled(), fakeRules{}, CodeThrottled, nil},
		{"not answered", lostReply(), fakeRules{}, CodeUnavailable, nil},
	} {
		err := RefusedCall(c.rules, c.err)
		if CodeOf(err) != c.want || !slices.Equal(faults(ViolationsOf(err)), c.faults) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if v := ViolationsOf(RefusedCall(fakeRules{}, refusal("ClientException", "no network"))); v[0].Detail != "ECS refused it: no network; needed: a network" {
		t.Errorf("%q", v[0].Detail)
	}
}
