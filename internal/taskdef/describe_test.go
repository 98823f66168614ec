package taskdef

import (
	"context"
	"slices"
	"strings"
	"testing"

	"davit/internal/jsontree"
	"davit/internal/run"
)

func registrarOf(d Definitions, families ...string) *Registrar {
	return &Registrar{Stack: run.Stack{Families: families}, Writes: true, Spec: fakeSpec{}, Definitions: d}
}

func TestDescribe(t *testing.T) {
	d := &fakeTaskDefinitions{}
	d.put("job", "INACTIVE")
	d.put("job", "ACTIVE", Tag{"team", "red"})
	d.put("gone", "INACTIVE")
	d.put("secret", "ACTIVE")
	g := registrarOf(d, "job", "gone*")
	for name, want := range map[string]string{
		"job": "2 ACTIVE", "job:2": "2 ACTIVE", "job:1": "1 INACTIVE", arnPrefix + "job:1": "1 INACTIVE", arnPrefix + "job": "2 ACTIVE", "gone:1": "1 INACTIVE",
	} {
		got, err := g.Describe(context.Background(), name)
		if err != nil || !isRevision(got, want) {
			t.Errorf("%s: %s %v, want %s", name, got.Definition, err, want)
		}
		if strings.HasPrefix(want, "2") && got.tag("team") != "red" {
			t.Errorf("%s: tags %v", name, got.Tags)
		}
	}
	asked := len(d.calls)
	for _, name := range []string{"secret", "secret:1", arnPrefix + "secret:1", "", "jo b", "job:0", arnPrefix, "secret:1/job"} {
		if _, err := g.Describe(context.Background(), name); run.CodeOf(err) != run.CodeNotFound || run.MessageOf(err) != "no such task definition" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(d.calls) != asked {
		t.Errorf("ECS was asked %v", d.calls[asked:])
	}
	for _, name := range []string{"gone", "job:3", "gone2"} {
		if _, err := g.Describe(context.Background(), name); run.CodeOf(err) != run.CodeNotFound || run.MessageOf(err) != "no such task definition" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func isRevision(d Definition, want string) bool {
	revision, status, _ := strings.Cut(want, " ")
	return strings.Contains(string(d.Definition), `"revision":`+revision+",") && jsontree.StringMember(d.Definition, "status") == status
}

// Whatever ECS understands by a name, only allowed families are shown.
func TestDescribeShowsWhatIsAllowed(t *testing.T) {
	d := &fakeDefinitions{latest: []byte(`{"family":"secret","revision":1,"status":"ACTIVE"}`)}
	if _, err := registrarOf(d, "job").Describe(context.Background(), "job"); run.CodeOf(err) != run.CodeNotFound {
		t.Errorf("%v", err)
	}
}

func TestDeregister(t *testing.T) {
	d := &fakeTaskDefinitions{}
	d.put("job", "ACTIVE")
	d.put("job", "ACTIVE")
	d.put("secret", "ACTIVE")
	g := registrarOf(d, "job")
	for range 2 { // the second time it is INACTIVE already
		got, err := g.Deregister(context.Background(), "job:2")
		if err != nil || !isRevision(got, "2 INACTIVE") || got.Tags != nil {
			t.Errorf("%s %v", got.Definition, err)
		}
	}
	if got, err := g.Describe(context.Background(), "job"); err != nil || !isRevision(got, "1 ACTIVE") {
		t.Errorf("the latest is %s %v", got.Definition, err)
	}
	if got, err := g.Deregister(context.Background(), arnPrefix+"job:1"); err != nil || !isRevision(got, "1 INACTIVE") {
		t.Errorf("%s %v", got.Definition, err)
	}
	for name, want := range map[string]string{
		"job": "invalid DR-01", arnPrefix + "job": "invalid DR-01", "secret": "invalid DR-01", "none": "invalid DR-01",
		"secret:1": "not_found", "job:3": "not_found", "none:1": "not_found", "job:x": "not_found", "": "not_found",
	} {
		_, err := g.Deregister(context.Background(), name)
		got := string(run.CodeOf(err))
		for _, v := range run.ViolationsOf(err) {
			got += " " + v.Rule
			if v.Field != "path:definition" {
				t.Errorf("%s: the violation is of %s", name, v.Field)
			}
		}
		if got != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if d.find("secret:1").status != "ACTIVE" {
		t.Error("a family that is not allowed was deregistered")
	}
}

func TestDeregisterWithoutWrites(t *testing.T) {
	d := &fakeTaskDefinitions{}
	d.put("job", "ACTIVE")
	g := registrarOf(d)
	g.Writes = false
	for _, name := range []string{"job:1", "job", "none:1", ""} {
		if _, err := g.Deregister(context.Background(), name); run.CodeOf(err) != run.CodeForbidden || len(d.calls) > 0 {
			t.Errorf("%s: %v, ECS was asked %v", name, err, d.calls)
		}
	}
	if _, err := g.Describe(context.Background(), "job:1"); err != nil {
		t.Errorf("reading needs no writes: %v", err)
	}
}

// What ECS says no with, on every route that reads or deregisters.
func TestDefinitionFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		want  run.Code
		rules []string
	}{
		{"throttled", throttled(), run.CodeThrottled, nil},
		{"throttled inside", refusal("ClientException", "Rate exceeded"), run.CodeThrottled, nil},
		{"not answered", lostReply(), run.CodeUnavailable, nil},
		{"its own fault", serverFault(), run.CodeUnavailable, nil},
		{"denied", refusal("AccessDeniedException", "User: arn:aws:sts::1:assumed-role/x is not authorized"), run.CodeForbidden, nil},
		{"refused", refusal("ClientException", "is being deleted"), run.CodeInvalid, []string{"path:definition ClientException"}},
		{"refused as a parameter", refusal("InvalidParameterException", "too odd"), run.CodeInvalid, []string{"path:definition InvalidParameterException"}},
		{"refused by a rule", refusal("ClientException", "no network"), run.CodeInvalid, []string{"path:definition RT-13"}},
	} {
		g := registrarOf(&fakeTaskDefinitions{before: func(string) error { return c.err }})
		g.Rules = fakeRules{}
		_, described := g.Describe(context.Background(), "job:1")
		_, deregistered := g.Deregister(context.Background(), "job:1")
		for route, err := range map[string]error{"describe": described, "deregister": deregistered} {
			if run.CodeOf(err) != c.want || !slices.Equal(faults(run.ViolationsOf(err)), c.rules) || strings.Contains(run.MessageOf(err), "arn:") {
				t.Errorf("%s, %s: %v, want %s %v", c.name, route, err, c.want, c.rules)
			}
		}
		if _, err := g.ListDefinitions(context.Background(), ListRequest{}); run.CodeOf(err) != c.want {
			t.Errorf("%s, list: %v, want %s", c.name, err, c.want)
		}
	}
}
