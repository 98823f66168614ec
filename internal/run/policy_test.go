package run

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"davit/internal/jsontree"
)

// faults lists "pointer rule" of each violation.
func faults(found []Violation) []string {
	var out []string
	for _, v := range found {
		out = append(out, v.Field+" "+v.Rule)
	}
	return out
}

func TestPolicyDefaults(t *testing.T) {
	want := Policy{
		Retry:               Retry{MaxAttempts: 3, On: []string{"NEVER_STARTED"}, IntervalSeconds: 10, BackoffRate: 2, MaxIntervalSeconds: 300},
		StartTimeoutSeconds: 900, LaunchTimeoutSeconds: 3600, Placement: "FILL", Verdict: Verdict{SuccessExitCodes: []int{0}},
	}
	for _, text := range []string{
		"", "null", "{}", `{"retry":null,"overlap":null,"verdict":null,"placement":null,"timeoutSeconds":null}`, `{"retry":{},"verdict":{}}`,
		`{"startTimeoutSeconds":900,"launchTimeoutSeconds":3600,"placement":"FILL","overlap":{"mode":"ALLOW"}}`,
		`{"overlap":{"key":"nightly","limit":3,"maxQueued":5000,"queueTimeoutSeconds":60}}`, " \n{} ",
		`{"retry":{"on":null,"maxAttempts":null},"verdict":{"container":null,"successExitCodes":null}}`,
	} {
		got, found := DecodePolicy(nodeOf(text))
		switch {
		case len(found) > 0:
			t.Errorf("%s: len(found) is %v, want at most %v", text, len(found), 0)
		case !reflect.DeepEqual(got, want):
			t.Errorf("%s: got is %v, want %v", text, got, want)
		}
	}
	switch got, found := DecodePolicy(jsontree.Node{}); {
	case len(found) > 0:
		t.Errorf("nil: len(found) is %v, want at most %v", len(found), 0)
	case !reflect.DeepEqual(got, want):
		t.Errorf("nil: got is %v, want %v", got, want)
	}
}

func TestPolicyHonoured(t *testing.T) {
	got, found := DecodePolicy(nodeOf(`{
		"retry":{"maxAttempts":20,"on":["INTERRUPTED","OUT_OF_MEMORY","TIMED_OUT","NEVER_STARTED","EXIT:0","EXIT:137","EXIT:255","EXIT:*"],"intervalSeconds":86400,"backoffRate":1.5,"maxIntervalSeconds":1},
		"timeoutSeconds":60,"startTimeoutSeconds":120,"launchTimeoutSeconds":300,"deadlineSeconds":31536000,"placement":"ALL_OR_NOTHING",
		"verdict":{"container":"app","successExitCodes":[0,3,255]}}`))
	want := DefaultPolicy()
	want.TimeoutSeconds, want.StartTimeoutSeconds, want.LaunchTimeoutSeconds, want.DeadlineSeconds, want.Placement = 60, 120, 300, 31_536_000, AllOrNone
	want.Retry = Retry{20, []string{"INTERRUPTED", "OUT_OF_MEMORY", "TIMED_OUT", "NEVER_STARTED", "EXIT:0", "EXIT:137", "EXIT:255", "EXIT:*"}, 86400, 1.5, 1}
	want.Verdict = Verdict{"app", []int{0, 3, 255}}
	switch {
	case len(found) > 0:
		t.Errorf("len(found) is %v, want at most %v", len(found), 0)
	case !reflect.DeepEqual(got, want):
		t.Errorf("got is %v, want %v", got, want)
	}
	switch got, found := DecodePolicy(nodeOf(`{"retry":{"on":[]}}`)); {
	case len(found) > 0:
		t.Errorf("an empty list is no retries: len(found) is %v, want at most %v", len(found), 0)
	case got.Retry.On == nil:
		t.Error("an empty list is no retries: got.Retry.On is nil")
	case len(got.Retry.On) > 0:
		t.Errorf("an empty list is no retries: len(got.Retry.On) is %v, want at most %v", len(got.Retry.On), 0)
	}
}

// TestPolicyLimits tries each number at and past its limits, and each with values of the wrong type.
func TestPolicyLimits(t *testing.T) {
	for _, c := range []struct {
		path        string
		least, most int
	}{
		{"/retry/maxAttempts", 1, 20}, {"/retry/intervalSeconds", 1, 86_400}, {"/retry/maxIntervalSeconds", 1, 86_400}, {"/retry/backoffRate", 1, 100},
		{"/timeoutSeconds", 1, maxSeconds}, {"/startTimeoutSeconds", 1, maxSeconds},
		{"/launchTimeoutSeconds", 1, maxSeconds}, {"/deadlineSeconds", 1, maxSeconds},
	} {
		for _, n := range []int{c.least, c.most} {
			_, found := DecodePolicy(nested(c.path, fmt.Sprint(n)))
			if len(found) > 0 {
				t.Errorf("%s %d: %v", c.path, n, faults(found))
			}
		}
		bad := []string{fmt.Sprint(c.least - 1), fmt.Sprint(c.most + 1), "-1", `"3"`, "true", "[]", "{}", "1e999", `""`}
		if c.path != "/retry/backoffRate" {
			bad = append(bad, "1.5", "0.999999999")
		}
		for _, v := range bad {
			p, found := DecodePolicy(nested(c.path, v))
			if got, want := faults(found), []string{"/policy" + c.path + " " + RulePolicyValue}; !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", c.path, v, got, want)
			}
			if !reflect.DeepEqual(p, DefaultPolicy()) {
				t.Errorf("%s %s: a refused value is kept", c.path, v)
			}
		}
	}
}

// nested makes {"a":{"b":v}} of /a/b.
func nested(path, v string) jsontree.Node {
	names := strings.Split(path[1:], "/")
	for i := len(names) - 1; i >= 0; i-- {
		v = fmt.Sprintf(`{%q:%s}`, names[i], v)
	}
	return nodeOf(v)
}

func TestPolicyFaults(t *testing.T) {
	long := strings.Repeat("é", 255)
	for _, c := range []struct {
		body string
		want []string
	}{
		{`[]`, []string{"/policy DV-14"}},
		{`"x"`, []string{"/policy DV-14"}},
		{`3`, []string{"/policy DV-14"}},
		{`{"Retry":{}}`, []string{"/policy/Retry DV-13"}},
		{`{"a/b~c":1}`, []string{"/policy/a~1b~0c DV-13"}},
		{`{"surprise":null}`, []string{"/policy/surprise DV-13"}},
		{`{"retry":[]}`, []string{"/policy/retry DV-14"}},
		{`{"retry":{"attempts":2}}`, []string{"/policy/retry/attempts DV-13"}},
		{`{"retry":{"on":"NEVER_STARTED"}}`, []string{"/policy/retry/on DV-14"}},
		{`{"retry":{"on":[1]}}`, []string{"/policy/retry/on DV-14"}},
		{`{"retry":{"on":["EXIT:"]}}`, []string{"/policy/retry/on/0 DV-14"}},
		{`{"retry":{"on":["EXIT:256","EXIT:-1","EXIT:01","EXIT:x","EXIT:+1","EXIT:**"]}}`, []string{
			"/policy/retry/on/0 DV-14", "/policy/retry/on/1 DV-14", "/policy/retry/on/2 DV-14", "/policy/retry/on/3 DV-14", "/policy/retry/on/4 DV-14", "/policy/retry/on/5 DV-14"}},
		{`{"retry":{"on":["never_started","CAPACITY","LOST","STOPPED",""]}}`, []string{
			"/policy/retry/on/0 DV-14", "/policy/retry/on/1 DV-14", "/policy/retry/on/2 DV-14", "/policy/retry/on/3 DV-14", "/policy/retry/on/4 DV-14"}},
		{`{"retry":{"on":["NEVER_STARTED",null]}}`, []string{"/policy/retry/on/1 DV-14"}},
		{`{"verdict":3}`, []string{"/policy/verdict DV-14"}},
		{`{"verdict":{"container":""}}`, []string{"/policy/verdict/container DV-14"}},
		{`{"verdict":{"container":["app"]}}`, []string{"/policy/verdict/container DV-14"}},
		{`{"verdict":{"successExitCodes":[]}}`, []string{"/policy/verdict/successExitCodes DV-14"}},
		{`{"verdict":{"successExitCodes":0}}`, []string{"/policy/verdict/successExitCodes DV-14"}},
		{`{"verdict":{"successExitCodes":["0"]}}`, []string{"/policy/verdict/successExitCodes DV-14"}},
		{`{"verdict":{"successExitCodes":[0,256,-1,1.5]}}`, []string{"/policy/verdict/successExitCodes/1 DV-14", "/policy/verdict/successExitCodes/2 DV-14", "/policy/verdict/successExitCodes/3 DV-14"}},
		{`{"verdict":{"successExitCodes":[3,null]}}`, []string{"/policy/verdict/successExitCodes/1 DV-14"}},
		{`{"verdict":{"Container":"app"}}`, []string{"/policy/verdict/Container DV-13"}},
		{`{"placement":"fill"}`, []string{"/policy/placement DV-14"}},
		{`{"placement":1}`, []string{"/policy/placement DV-14"}},
		{`{"overlap":7}`, []string{"/policy/overlap DV-14"}},
		{`{"overlap":{"mode":"FORBID","key":"k"}}`, nil},
		{`{"overlap":{"mode":"QUEUE"}}`, []string{"/policy/overlap/key DV-14"}},
		{`{"overlap":{"mode":"sometimes"}}`, []string{"/policy/overlap/mode DV-14"}},
		{`{"overlap":{"key":""}}`, []string{"/policy/overlap/key DV-06"}},
		{`{"overlap":{"key":"` + long + `"}}`, nil},
		{`{"overlap":{"key":"` + long + `x"}}`, []string{"/policy/overlap/key DV-06"}},
		{`{"overlap":{"limit":0,"maxQueued":5001,"queueTimeoutSeconds":0,"x":1}}`, []string{
			"/policy/overlap/limit DV-14", "/policy/overlap/maxQueued DV-14", "/policy/overlap/queueTimeoutSeconds DV-14", "/policy/overlap/x DV-13"}},
		{`{"retry":{"maxAttempts":0,"on":["X"]},"timeoutSeconds":5,"deadlineSeconds":-1,"verdict":{"successExitCodes":[999]},"nope":1,"placement":"BEST_EFFORT"}`, []string{
			"/policy/deadlineSeconds DV-14", "/policy/nope DV-13", "/policy/retry/maxAttempts DV-14", "/policy/retry/on/0 DV-14",
			"/policy/verdict/successExitCodes/0 DV-14"}},
	} {
		for range 5 { // maps are read in any order, the answer has one
			_, found := DecodePolicy(nodeOf(c.body))
			if got := faults(found); !slices.Equal(got, c.want) {
				t.Errorf("%s:\n got %v\nwant %v", c.body, got, c.want)
				break
			}
		}
	}
}

func TestPolicyDetailsSayWhatIsAllowed(t *testing.T) {
	_, found := DecodePolicy(nodeOf(`{"x":1,"retry":{"maxAttempts":99,"on":["?"],"backoffRate":0},"placement":"?","overlap":{"key":1,"mode":"?"},"verdict":{"container":1,"successExitCodes":[]},"timeoutSeconds":0}`))
	if len(found) != 10 {
		t.Fatalf("%d violations: %v", len(found), faults(found))
	}
	for _, v := range found {
		if !strings.Contains(v.Detail, "allowed: ") {
			t.Errorf("%s: %q does not say what is allowed", v.Field, v.Detail)
		}
	}
}

func TestRetriesAndSucceeds(t *testing.T) {
	r := Retry{On: []string{"INTERRUPTED", "EXIT:3"}}
	for class, want := range map[Class]bool{Interrupted: true, ExitClass(3): true, ExitClass(33): false, NeverStarted: false, ClassLost: false, "": false} {
		if r.retries(class) != want {
			t.Errorf("%s: %v", class, !want)
		}
	}
	any := Retry{On: []string{"EXIT:*"}}
	for class, want := range map[Class]bool{ExitClass(1): true, ExitClass(255): true, OutOfMemory: false, "EXIT:": false, ClassStopped: false} {
		if any.retries(class) != want {
			t.Errorf("EXIT:* %s: %v", class, !want)
		}
	}
	v := Verdict{SuccessExitCodes: []int{0, 3}}
	if !v.succeeds(3) || !v.succeeds(0) || v.succeeds(1) {
		t.Error("succeeds")
	}
}

// A body may hold tens of thousands of faults; an answer that named them all would not fit into what a Lambda may answer.
func TestPolicyViolationsAreBounded(t *testing.T) {
	many := func(item func(i int) string) string {
		var parts []string
		for i := range 3_000 {
			parts = append(parts, item(i))
		}
		return strings.Join(parts, ",")
	}
	for name, body := range map[string]string{
		"classes": `{"retry":{"on":[` + many(func(int) string { return `""` }) + `]}}`,
		"names":   `{` + many(func(i int) string { return fmt.Sprintf(`"n%05d":1`, i) }) + `}`,
		"deeper":  `{"verdict":{` + many(func(i int) string { return fmt.Sprintf(`"n%05d":1`, i) }) + `}}`,
	} {
		_, found := DecodePolicy(nodeOf(body))
		if len(found) != 1000 {
			t.Errorf("%s: %d violations", name, len(found))
		}
		if _, again := DecodePolicy(nodeOf(body)); !reflect.DeepEqual(again, found) {
			t.Errorf("%s: others the second time", name)
		}
	}
}
