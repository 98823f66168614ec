package run

import (
	"slices"
	"strings"
	"testing"
)

// containers is a patch of the container overrides.
func containers(list string) string {
	return `{"patch":{"overrides":{"containerOverrides":` + list + `}}}`
}

const (
	appMasked  = `{"name":"app","command":["go"],"environment":[{"name":"TOKEN","value":"***"},{"name":"MODE","value":"***"}]}`
	sideMasked = `{"name":"side","environment":[{"name":"KEY","value":"***"}]}`

	tokenField = "/overrides/containerOverrides/0/environment/0/value DV-29"
	modeField  = "/overrides/containerOverrides/0/environment/1/value DV-29"
	keyField   = "/overrides/containerOverrides/1/environment/0/value DV-29"
)

func TestRerun_Values_OwnerKeepsThem(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"untouched", `{"patch":{"overrides":{"cpu":"512"},"taskDefinition":"other"}}`,
			`[{"name":"app","command":["go"],"environment":[{"name":"TOKEN","value":"s1"},{"name":"MODE","value":"fast"}]},{"name":"side","environment":[{"name":"KEY","value":"s2"}]}]`},
		{"masks in another order, one left out", containers(`[` + sideMasked + `,{"name":"app","command":["show"],"environment":[{"value":"***","name":"TOKEN"}]}]`),
			`[{"name":"side","environment":[{"name":"KEY","value":"s2"}]},{"name":"app","command":["show"],"environment":[{"value":"s1","name":"TOKEN"}]}]`},
		{"one given anew", containers(`[{"name":"app","environment":[{"name":"TOKEN","value":"new"},{"name":"MODE","value":"***"}]}]`),
			`[{"name":"app","environment":[{"name":"TOKEN","value":"new"},{"name":"MODE","value":"fast"}]}]`},
		{"all removed", containers(`[]`), `[]`},
	} {
		r := ready(t, 1, requesting(withEnv)).mustRerun(c.body)
		overrides, _ := nodeOf(r.Request).Get("overrides")
		got, _ := overrides.Get("containerOverrides")
		if string(got.Encode()) != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got.Encode(), c.want)
		}
		if r.ValuesOf != "" {
			t.Errorf("%s: got values of %q, want the owner's own", c.name, r.ValuesOf)
		}
	}
}

func TestRerun_Values_VariableTwice_EachKeepsItsOwn(t *testing.T) {
	request := `{"taskDefinition":"job","overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}]}}`
	r := ready(t, 1, requesting(request)).mustRerun(`{}`)
	if !strings.Contains(string(r.Request), `[{"name":"A","value":"1"},{"name":"A","value":"2"}]`) {
		t.Errorf("got %s", r.Request)
	}
}

func TestRerun_Values_AnotherCaller(t *testing.T) {
	all := []string{tokenField, modeField, keyField}
	with := func(patch string) string { return `{"patch":` + patch + `}` }
	for _, c := range []struct {
		name, body string
		want       []string // fields to give anew; nil: accepted
	}{
		{"unchanged", `{}`, nil},
		{"count", with(`{"count":3}`), nil},
		{"policy", with(`{"policy":{"timeoutSeconds":5,"verdict":{"container":"side"}}}`), nil},
		{"cpu and memory", with(`{"overrides":{"cpu":"512","memory":"2048"}}`), nil},
		{"placement", with(`{"placementConstraints":[{"type":"distinctInstance"}],"placementStrategy":[{"type":"random"}]}`), nil},
		{"capacity", with(`{"launchType":"FARGATE","platformVersion":"1.4.0","capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT"}]}`), nil},
		{"the same revision by name", with(`{"taskDefinition":"job:1"}`), nil},
		{"masks with cpu", containers(`[{"name":"app","cpu":10,"memoryReservation":5,"command":["go"],"environment":[{"name":"TOKEN","value":"***"},{"name":"MODE","value":"***"}]},` + sideMasked + `,{"name":"third","memory":9}]`), nil},
		{"null members", with(`{"group":null,"overrides":{"taskRoleArn":null}}`), nil},
		{"values given anew, with another command", containers(`[{"name":"app","command":["env"],"environment":[{"name":"TOKEN","value":"mine"}]}]`), nil},
		{"none left, another definition", with(`{"taskDefinition":"other","overrides":null}`), nil},

		{"another cluster", with(`{"cluster":"mine"}`), all},
		{"exec", with(`{"enableExecuteCommand":false}`), all},
		{"network", with(`{"networkConfiguration":{}}`), all},
		{"a role", with(`{"overrides":{"taskRoleArn":"r"}}`), all},
		{"storage", with(`{"overrides":{"ephemeralStorage":{"sizeInGiB":30}}}`), all},
		{"tags", with(`{"tags":[]}`), all},
		{"group", with(`{"group":"x"}`), all},
		{"container instances", with(`{"containerInstances":["i-mine"]}`), all},
		{"another command", containers(`[{"name":"app","command":["env"],"environment":[{"name":"TOKEN","value":"***"},{"name":"MODE","value":"***"}]}]`), []string{tokenField, modeField}},
		{"a container more", containers(`[` + appMasked + `,` + sideMasked + `,{"name":"third","command":["env"]}]`), all},
		{"a variable less", containers(`[{"name":"app","command":["go"],"environment":[{"name":"TOKEN","value":"***"}]},` + sideMasked + `]`),
			[]string{tokenField, keyField}},
		{"a variable moved", containers(`[` + sideMasked + `,` + appMasked + `]`), []string{
			"/overrides/containerOverrides/0/environment/0/value DV-29", "/overrides/containerOverrides/1/environment/0/value DV-29", "/overrides/containerOverrides/1/environment/1/value DV-29"}},
		{"a value that is right by guess", containers(`[{"name":"app","command":["go"],"environment":[{"name":"TOKEN","value":"s1"},{"name":"MODE","value":"***"}]},` + sideMasked + `]`),
			[]string{modeField, keyField}},
		{"a value that is wrong", containers(`[{"name":"app","command":["go"],"environment":[{"name":"TOKEN","value":"s9"},{"name":"MODE","value":"***"}]},` + sideMasked + `]`),
			[]string{modeField, keyField}},
	} {
		w := ready(t, 1, requesting(withEnv))
		res, err := w.rerun(c.body, as("another"))
		got := faults(ViolationsOf(err))
		switch {
		case c.want == nil && err != nil:
			t.Errorf("%s: got %v %v, want it accepted", c.name, err, got)
		case c.want != nil && (CodeOf(err) != CodeValuesNeeded || !slices.Equal(got, c.want)):
			t.Errorf("%s: got %v %v, want %v", c.name, err, got, c.want)
		case err != nil && len(w.store.records) != 1:
			t.Errorf("%s: something was recorded", c.name)
		case err == nil && (res.Run.ValuesOf == "someone") != strings.Contains(string(res.Run.Request), "s1"):
			t.Errorf("%s: got values of %q in %s", c.name, res.Run.ValuesOf, res.Run.Request)
		}
	}
}

func TestRerun_Values_ViolationsNameContainerAndVariable(t *testing.T) {
	_, err := ready(t, 1, requesting(withEnv)).rerun(`{"patch":{"cluster":"mine"}}`, as("another"))
	found := ViolationsOf(err)
	if len(found) != 3 || !strings.HasPrefix(found[2].Detail, "container side, variable KEY:") {
		t.Errorf("got %v", found)
	}
	if text := string(raw(found)) + MessageOf(err); strings.Contains(text, "s1") || strings.Contains(text, "fast") {
		t.Errorf("a value is shown: %s", text)
	}
}

func TestRerun_Values_AnotherRevision_AreNotKept(t *testing.T) {
	for name, body := range map[string]string{"latest": `{"revision":"latest"}`, "named": `{"patch":{"taskDefinition":"job"}}`} {
		w := ready(t, 1, requesting(withEnv))
		w.catalog.definition.ARN, w.catalog.definition.Revision = "arn:job:2", 2
		if _, err := w.rerun(body, as("another")); CodeOf(err) != CodeValuesNeeded {
			t.Errorf("%s: got %v, want %s", name, err, CodeValuesNeeded)
		}
		w.catalog.definErr = throttled()
		if _, err := w.rerun(body, as("another")); CodeOf(err) != CodeValuesNeeded {
			t.Errorf("%s, ECS does not answer: got %v, want %s", name, err, CodeValuesNeeded)
		}
	}
	w := ready(t, 1, requesting(withEnv))
	w.catalog.definErr = throttled()
	w.mustRerun(`{}`, as("another")) // pinned to the revision that ran
	w = ready(t, 1, requesting(withEnv), func(r *Run) { r.Definition = nil })
	if _, err := w.rerun(`{}`, as("another")); CodeOf(err) != CodeValuesNeeded {
		t.Errorf("no revision is known: got %v, want %s", err, CodeValuesNeeded)
	}
}

// Whoever reran a run owns the new one, but not the values that it kept.
func TestRerun_Values_OfARerun_StayTheFirstOwners(t *testing.T) {
	w := ready(t, 1, requesting(withEnv))
	second := w.mustRerun(`{}`, as("another"))
	if second.Owner != "another" || second.ValuesOf != "someone" {
		t.Fatalf("got owner %q, values of %q", second.Owner, second.ValuesOf)
	}
	steal := `{"patch":{"taskDefinition":"printer"}}`
	w.catalog.definition.ARN = "arn:printer:1"
	for _, caller := range []string{"another", "third"} {
		if _, err := w.rerun(steal, as(caller), of(second.ID)); CodeOf(err) != CodeValuesNeeded {
			t.Errorf("as %s: got %v, want %s", caller, err, CodeValuesNeeded)
		}
	}
	if r := w.mustRerun(steal, of(second.ID)); r.ValuesOf != "" {
		t.Errorf("their owner: got values of %q", r.ValuesOf)
	}
	w.catalog.definition.ARN = "arn:job:1"
	third := w.mustRerun(`{}`, as("another"), of(second.ID))
	if third.ValuesOf != "someone" {
		t.Errorf("rerun again: got values of %q, want someone", third.ValuesOf)
	}
	own := w.mustRerun(containers(`[{"name":"app","environment":[{"name":"TOKEN","value":"mine"}]}]`), as("another"), of(third.ID))
	if own.ValuesOf != "" {
		t.Errorf("with values of its own: got values of %q", own.ValuesOf)
	}
}

func TestRerun_Values_ScheduledRun_AreNobodys(t *testing.T) {
	w := ready(t, 1, requesting(withEnv), func(r *Run) { r.Owner = ownedBySchedule + "nightly" })
	w.mustRerun(`{}`)
	if _, err := w.rerun(`{"patch":{"cluster":"mine"}}`); CodeOf(err) != CodeValuesNeeded {
		t.Errorf("got %v, want %s", err, CodeValuesNeeded)
	}
}

func TestRerun_Values_StartTask_OnlyOnItsInstances(t *testing.T) {
	request := strings.Replace(withEnv, `{`, `{"containerInstances":["i1","i2"],`, 1)
	for patch, want := range map[string]Code{
		`{}`: "", `{"patch":{"containerInstances":["i2"]}}`: "", `{"patch":{"containerInstances":["i3"]}}`: CodeValuesNeeded, `{"patch":{"containerInstances":null}}`: CodeValuesNeeded,
	} {
		w := ready(t, 2, onInstances("i1", "i2"), requesting(request))
		if _, err := w.rerun(patch, as("another")); CodeOf(err) != want {
			t.Errorf("%s: got %v, want %q", patch, err, want)
		}
	}
}
