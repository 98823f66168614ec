package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLocal(t *testing.T) {
	t.Parallel()
	l := serveLocal(t, t.TempDir())
	l.register(shell)
	for name, test := range map[string]func(*testing.T, *served){
		"submit": testSubmit, "dry run": testDryRun, "pages": testPages,
		"stop": testStop, "stop what ignores SIGTERM": testStopStubborn, "foreign callers": testForeign,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, l.forTest(t))
		})
	}
}

// forTest is the same davit, with failures for another test.
func (l *served) forTest(t *testing.T) *served {
	p := *l.program
	p.t = t
	return &served{&p, l.api, l.ecs}
}

// TestGreeting does what davit says when it starts on a folder that is new.
func TestGreeting(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	l := serveLocal(t, filepath.Join(t.TempDir(), "new", "folder"))
	l.register(`{"family": "settlement", "cpu": "256", "memory": "128", "containerDefinitions": [
		{"name": "app", "image": "busybox", "command": ["sleep", "600"]}]}`) // a stop finds it running, however slow the machine
	id := ""
	lines := 0
	for line := range strings.Lines(l.said()) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "curl") {
			continue
		}
		lines++
		line = strings.ReplaceAll(line, "RUN_ID", id) + " --fail-with-body"
		out, err := exec.Command("sh", "-c", line).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		if run := decode[runDoc](t, string(out)); run.RunID != "" {
			id = run.RunID
		}
	}
	if lines != 5 || id == "" {
		t.Errorf("%d curl lines, run %q", lines, id)
	}
	l.until(id, "STOPPED")
}

func testSubmit(t *testing.T, l *served) {
	const key = "Idempotency-Key: settlement of May"
	body := script("exit 0", `, "group": "submit"`)
	first := l.call("POST", "/runs", body, key)
	run := decode[runDoc](t, first.body)
	if first.status != http.StatusAccepted || first.header.Get("Location") != "/runs/"+run.RunID || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("first: %d %v %s", first.status, first.header, first.body)
	}
	again := func(when string) {
		t.Helper()
		r := l.call("POST", "/runs", strings.Replace(body, "{", "\n{ ", 1), key)
		if r.status != http.StatusAccepted || r.header.Get("Idempotent-Replayed") != "true" || decode[runDoc](t, r.body).RunID != run.RunID {
			t.Errorf("the same key %s: %d %v %s", when, r.status, r.header, r.body)
		}
	}
	again("at once")
	other := l.call("POST", "/runs", script("exit 1", `, "group": "submit"`), key)
	wantProblem(t, other, http.StatusUnprocessableEntity, "header:Idempotency-Key DV-20")
	if end := l.end(run.RunID); end.Status != "SUCCEEDED" || end.ExitCode == nil || *end.ExitCode != 0 {
		t.Errorf("the run ended %+v", end)
	}
	again("after the end")
	if list := decode[struct{ Runs []runDoc }](t, l.call("GET", "/runs?group=submit", "").body); len(list.Runs) != 1 {
		t.Errorf("%d runs are recorded, want 1", len(list.Runs))
	}
}

func testDryRun(t *testing.T, l *served) {
	r := l.call("POST", "/runs?dryRun=true", script("exit 0", `, "group": "dry"`), "Idempotency-Key: dry")
	run := decode[runDoc](t, r.body)
	if r.status != http.StatusOK || run.RunID != "" || len(run.Request) == 0 || !strings.Contains(string(run.Resolved), "task-definition/shell:1") {
		t.Errorf("dry run: %d %s", r.status, r.body)
	}
	if list := l.call("GET", "/runs?group=dry", ""); strings.TrimSpace(list.body) != `{"runs":[]}` {
		t.Errorf("after a dry run: %s", list.body)
	}
}

func testPages(t *testing.T, l *served) {
	var submitted []string
	for range 5 {
		submitted = append(submitted, l.submit(script("exit 0", `, "group": "pages"`)).RunID)
	}
	var listed []string
	newest := time.Now().Add(time.Hour)
	next, cursor := "", ""
	for page := range 4 {
		r := l.call("GET", "/runs?group=pages&limit=2"+cursor, "")
		list := decode[struct {
			Runs       []runDoc
			NextCursor string
		}](t, r.body)
		if r.status != http.StatusOK || len(list.Runs) > 2 || strings.Contains(r.body, `"request"`) || strings.Contains(r.body, `"attempts"`) {
			t.Fatalf("page %d: %d %s", page, r.status, r.body)
		}
		for _, run := range list.Runs {
			listed = append(listed, run.RunID)
			if run.CreatedAt.After(newest) {
				t.Errorf("a run of %v is listed after one of %v", run.CreatedAt, newest)
			}
			newest = run.CreatedAt
		}
		if page == 0 {
			wantProblem(t, l.call("GET", "/runs?limit=2&cursor="+list.NextCursor, ""), 400, "query:cursor DV-11")
			wantProblem(t, l.call("GET", "/runs?group=pages&cursor="+list.NextCursor+"x", ""), 400, "query:cursor DV-11")
		}
		if next = list.NextCursor; next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	if next != "" || len(listed) != len(submitted) || !subset(listed, submitted) {
		t.Errorf("listed %v, then cursor %q; want %v", listed, next, submitted)
	}
	for _, id := range submitted {
		l.until(id, "SUCCEEDED")
	}
}

func testStop(t *testing.T, l *served) {
	mark := marker()
	polite := l.submit(script("trap 'echo got SIGTERM; exit 0' TERM; echo ready; sleep " + mark + " & wait"))
	plain := l.submit(script("exec sleep 600", `, "group": "`+mark+`"`))
	l.says(polite.RunID, "ready")
	l.until(plain.RunID, "RUNNING")
	for _, id := range []string{polite.RunID, plain.RunID} {
		if r := l.stop(id); r.Status != "STOPPING" && r.Status != "STOPPED" {
			t.Errorf("stop answered %s", r.Status)
		}
	}
	run := l.until(polite.RunID, "STOPPED")
	if output := text(t, run.log()); output != "ready\ngot SIGTERM\n" {
		t.Errorf("output %q", output)
	}
	if left := marked(t, mark); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
	run = l.until(plain.RunID, "STOPPED")
	if code := run.Attempts[0].Tasks[0].Containers[0].ExitCode; code == nil || *code != 143 || run.Class != "STOPPED" || !strings.Contains(run.StatusReason, "not needed") {
		t.Errorf("exit code %v, class %s, reason %q", code, run.Class, run.StatusReason)
	}
	before := l.call("GET", "/runs/"+run.RunID, "")
	again := l.call("POST", "/runs/"+run.RunID+"/stop", `{"reason": "once more"}`)
	if after := l.call("GET", "/runs/"+run.RunID, ""); again.status != http.StatusAccepted || again.body != before.body || after.body != before.body {
		t.Errorf("stop of an ended run: %d %s, was %s", again.status, again.body, before.body)
	}
	wantProblem(t, l.call("POST", "/runs/"+strings.Repeat("a", 26)+"/stop", ""), 404)
}

func testStopStubborn(t *testing.T, l *served) {
	mark := marker()
	run := l.submit(script("trap '' TERM; echo ready; sleep " + mark + "; sleep " + mark))
	l.says(run.RunID, "ready")
	asked := time.Now()
	l.stop(run.RunID)
	run = l.until(run.RunID, "STOPPED")
	if took := run.StoppedAt.Sub(asked); took < 1900*time.Millisecond || took > 10*time.Second {
		t.Errorf("stopped after %v, want 2s: SIGKILL after stopTimeout", took)
	}
	if code := run.Attempts[0].Tasks[0].Containers[0].ExitCode; code == nil || *code != 137 {
		t.Errorf("exit code %v, want 137", code)
	}
	if left := marked(t, mark); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// testForeign sends what a web page of another site could make a browser send.
func testForeign(t *testing.T, l *served) {
	body := script("exit 0", `, "group": "foreign"`)
	for _, header := range []string{
		"Origin: http://example.com", "Origin: null", "Origin: https://" + l.api, "Host: example.com", "Host: example.com:3000",
		"Host: 127.0.0.1.example.com", "Sec-Fetch-Site: cross-site",
	} {
		wantProblem(t, l.call("POST", "/runs", body, header), http.StatusForbidden)
		wantProblem(t, l.call("GET", "/runs", "", header), http.StatusForbidden)
	}
	for _, header := range []string{"Origin: http://" + l.api, "Host: localhost:3000", "Host: [::1]"} {
		if r := l.call("GET", "/runs?group=foreign", "", header); r.status != http.StatusOK || strings.TrimSpace(r.body) != `{"runs":[]}` {
			t.Errorf("%s: %d %s", header, r.status, r.body)
		}
	}
	for header, want := range map[string]int{
		"": 200, "Host: localhost": 200, "Host: example.com": 403, "Origin: http://example.com": 403, "Origin: http://" + l.ecs: 403,
		"Content-Type: text/plain": 415, "Content-Type: application/json": 415,
	} {
		headers := []string{"Content-Type: application/x-amz-json-1.1", "X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListTasks"}
		if header != "" {
			headers = append(headers, header)
		}
		if r := call(t, "POST", "http://"+l.ecs, "{}", headers...); r.status != want {
			t.Errorf("ECS with %q: %d %s, want %d", header, r.status, r.body, want)
		}
	}
}

// leaks are words of Go's own error texts.
var leaks = []string{"json:", "unmarshal", "invalid character", "runtime error", "goroutine", ".go:", "EOF", "parsing"}

// wantProblem checks a refusal; errors, when given, are all of its "field rule", in any order.
func wantProblem(t *testing.T, r reply, status int, errors ...string) {
	t.Helper()
	if r.status != status || r.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d %s: %s; want problem %d", r.status, r.header.Get("Content-Type"), r.body, status)
		return
	}
	p := decode[problem](t, r.body)
	if p.Status != status || p.Type == "" || p.Title == "" || p.Detail == "" || p.RequestID == "" || p.RequestID != r.header.Get("X-Request-Id") {
		t.Errorf("an incomplete problem: %s", r.body)
	}
	var got []string
	for _, e := range p.Errors {
		got = append(got, fmt.Sprint(e.Field, " ", e.Rule))
		if e.Detail == "" {
			t.Errorf("%s %s has no detail", e.Field, e.Rule)
		}
	}
	slices.Sort(got)
	slices.Sort(errors)
	if len(errors) > 0 && !slices.Equal(got, errors) {
		t.Errorf("errors %q, want %q", got, errors)
	}
	for _, word := range leaks {
		if strings.Contains(r.body, word) {
			t.Errorf("%q is in %s", word, r.body)
		}
	}
}
