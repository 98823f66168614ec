package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// badRuns are bodies of POST /runs, each with every "field rule" of its answer.
var badRuns = map[string]struct {
	body   string
	errors []string
}{
	"cut off":          {`{"taskDefinition": "shell"`, []string{" DV-01"}},
	"two values":       {`{"taskDefinition": "shell"} {}`, []string{" DV-01"}},
	"not UTF-8":        {"{\"taskDefinition\": \"\xff\"}", []string{" DV-01"}},
	"blank":            {" \n", []string{" DV-01"}},
	"an array":         {`[{"taskDefinition": "shell"}]`, []string{" DV-02"}},
	"null":             {`null`, []string{" DV-02"}},
	"deep":             {strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), []string{" DV-01"}},
	"a number":         {`{"taskDefinition": 5}`, []string{"/taskDefinition DV-05"}},
	"a fraction":       {`{"taskDefinition": "shell", "count": 1.5}`, []string{"/count DV-05"}},
	"a huge number":    {`{"taskDefinition": "shell", "count": 1e400}`, []string{"/count DV-05"}},
	"a type inside":    {`{"taskDefinition": "shell", "overrides": {"containerOverrides": [{"name": "app", "command": "exit 0"}]}}`, []string{"/overrides/containerOverrides/0/command DV-05"}},
	"unknown":          {`{"taskDefinition": "shell", "nope": 1}`, []string{"/nope DV-04"}},
	"wrong case":       {`{"TaskDefinition": "shell"}`, []string{"/TaskDefinition DV-04", "/taskDefinition RT-01"}},
	"unknown inside":   {`{"taskDefinition": "shell", "overrides": {"containerOverrides": [{"name": "app", "cmd": []}]}}`, []string{"/overrides/containerOverrides/0/cmd DV-04"}},
	"doubled":          {`{"taskDefinition": "shell", "count": 1, "count": 1}`, []string{"/count DV-03"}},
	"no definition":    {`{"count": 1}`, []string{"/taskDefinition RT-01"}},
	"other definition": {`{"taskDefinition": "unheard-of"}`, []string{"/taskDefinition DV-16"}},
	"other revision":   {`{"taskDefinition": "shell:77"}`, []string{"/taskDefinition DV-16"}},
	"other cluster":    {`{"taskDefinition": "shell", "cluster": "elsewhere"}`, []string{"/cluster DV-17"}},
	"count 0":          {`{"taskDefinition": "shell", "count": 0}`, []string{"/count RT-03"}},
	"count 11":         {`{"taskDefinition": "shell", "count": 11}`, []string{"/count RT-03"}},
	"9 KB override":    {script(strings.Repeat("x", 9<<10)), []string{"/overrides RT-17"}},
	"referenceId":      {`{"taskDefinition": "shell", "referenceId": "x"}`, []string{"/referenceId RT-33"}},
	"policy":           {`{"taskDefinition": "shell", "policy": {"retry": {"maxAttempts": 21}, "nope": 1, "timeoutSeconds": 0}}`, []string{"/policy/nope DV-13", "/policy/retry/maxAttempts DV-14", "/policy/timeoutSeconds DV-14"}},
	"other container":  {`{"taskDefinition": "shell", "policy": {"verdict": {"container": "web"}}}`, []string{"/policy/verdict/container DV-14"}},
	"all at once": {
		`{"taskDefinition": "unheard-of", "cluster": "elsewhere", "count": 11, "group": 5, "nope": {}, "tags": [{"key": "a"}, {"key": "b", "Value": "c"}], "policy": {"retry": 3}}`,
		[]string{"/taskDefinition DV-16", "/cluster DV-17", "/count RT-03", "/group DV-05", "/nope DV-04", "/tags/1/Value DV-04", "/policy/retry DV-14"},
	},
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	l := serveLocal(t, t.TempDir())
	l.register(shell)
	for name, bad := range badRuns {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, call(t, "POST", "http://"+l.api+"/runs", bad.body), http.StatusBadRequest, bad.errors...)
		})
	}
	t.Run("other requests", func(t *testing.T) { testBadRequests(t, l.forTest(t)) })
	if n := len(l.list()); n != 0 {
		t.Errorf("%d runs are recorded, want none", n)
	}
	run := l.end(l.submit(script("exit 3")).RunID)
	run.wantEnd(t, "FAILED", "EXIT:3")
	wantExitCode(t, run.ExitCode, 3)
	if output := l.output(); strings.Contains(output, "panic") || strings.Contains(output, "level=ERROR") {
		t.Errorf("davit printed %s, want neither a panic nor an error", output)
	}
}

func testBadRequests(t *testing.T, l *served) {
	good := script("exit 0")
	unknown := "/runs/" + strings.Repeat("a", 26)
	for _, bad := range []struct {
		method, path, body string
		headers            []string
		status             int
		errors             []string
	}{
		{"POST", "/runs", "", nil, 400, []string{" DV-01"}},
		{"POST", "/runs", good + strings.Repeat(" ", 256<<10), nil, 413, []string{" DV-09"}},
		{"POST", "/runs", good, []string{"Content-Type: text/plain"}, 415, []string{"header:Content-Type DV-10"}},
		{"POST", "/runs", good, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, []string{"header:Content-Type DV-10"}},
		{"POST", "/runs", good, []string{"Content-Type: "}, 415, []string{"header:Content-Type DV-10"}},
		{"POST", "/runs", good, []string{"Idempotency-Key: " + strings.Repeat("k", 256)}, 400, []string{"header:Idempotency-Key DV-07"}},
		{"POST", "/runs", script("exit 0", `, "clientToken": "one"`), []string{"Idempotency-Key: two"}, 400, []string{"/clientToken DV-08"}},
		{"POST", "/runs?dryRun=maybe", good, nil, 400, []string{"query:dryRun DV-12"}},
		{"POST", "/runs?dryrun=true", good, nil, 400, []string{"query:dryrun DV-12"}},
		{"GET", "/runs?cursor=bogus", "", nil, 400, []string{"query:cursor DV-11"}},
		{"GET", "/runs?cursor=" + strings.Repeat("A", 5000), "", nil, 400, []string{"query:cursor DV-11"}},
		{"GET", "/runs?limit=101&status=DONE&nope=1", "", nil, 400, []string{"query:limit DV-12", "query:status DV-12", "query:nope DV-12"}},
		{"GET", "/runs?family=a&group=b", "", nil, 400, nil},
		{"GET", unknown, "", nil, 404, nil},
		{"GET", "/runs/../../etc/passwd", "", nil, 404, nil},
		{"GET", "/nowhere", "", nil, 404, nil},
		{"DELETE", "/runs", "", nil, 405, nil},
		{"POST", unknown + "/stop", `{"reason": "x"}`, nil, 404, nil},
		{"POST", unknown + "/stop", `{"reason": 5, "why": 1}`, nil, 400, []string{"/reason DV-19", "/why DV-19"}},
		{"POST", "/task-definitions", `{"family": "x y", "containerDefinitions": [{"name": 5}]}`, nil, 400, nil},
		{"POST", "/task-definitions", `{"family": "x"`, nil, 400, []string{" DV-01"}},
	} {
		t.Run(fmt.Sprintf("%s %.40s %.40s", bad.method, bad.path, strings.Join(bad.headers, " ")), func(t *testing.T) {
			wantProblem(t, call(t, bad.method, "http://"+l.api+bad.path, bad.body, bad.headers...), bad.status, bad.errors...)
		})
	}
}
