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

// forTest returns the same davit with another test, which its failures are reported to.
func (l *served) forTest(t *testing.T) *served {
	p := *l.program
	p.t = t
	return &served{&p, l.api, l.ecs}
}

// The curl commands that davit prints when it starts on a new folder work.
func TestPrintedCommandsWork(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	l := serveLocal(t, filepath.Join(t.TempDir(), "new", "folder"))
	l.register(`{"family": "settlement", "cpu": "256", "memory": "128", "containerDefinitions": [
		{"name": "app", "image": "busybox", "command": ["sleep", "600"]}]}`) // a stop finds it running, however slow the machine
	id := ""
	lines := map[string]int{}
	for line := range strings.Lines(l.output()) {
		line = strings.TrimSpace(line)
		program, _, _ := strings.Cut(line, " ")
		switch {
		case program != "curl" && program != "davit" || strings.HasPrefix(line, "davit local"):
			continue
		case program == "curl":
			line += " --fail-with-body"
		case strings.HasPrefix(line, "davit run"):
			line += " -d"
		}
		lines[program]++
		cmd := exec.Command("sh", "-c", strings.NewReplacer("RUN_ID", id, " RUN ", " "+id+" ").Replace(line))
		cmd.Env = l.inCI(t)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		if strings.HasPrefix(line, "davit run") || strings.Contains(line, "Idempotency-Key") {
			id = anyID.FindString(string(out))
		}
	}
	if lines["curl"] != 6 || lines["davit"] != 5 {
		t.Errorf("%v commands, want 6 of curl and 5 of davit", lines)
	}
	if id == "" {
		t.Error("no command submitted a run")
	}
	l.until(id, "STOPPED")
}

func testSubmit(t *testing.T, l *served) {
	const key = "Idempotency-Key: settlement of May"
	body := script("exit 0", `, "group": "submit"`)
	first := l.call("POST", "/runs", body, key)
	run := decode[runDoc](t, first.body)
	if first.status != http.StatusAccepted {
		t.Fatalf("the first request: status %d, want 202: %s", first.status, first.body)
	}
	if location := first.header.Get("Location"); location != "/runs/"+run.RunID {
		t.Fatalf("the first request: Location %q, want /runs/%s", location, run.RunID)
	}
	if replayed := first.header.Get("Idempotent-Replayed"); replayed != "" {
		t.Fatalf("the first request: Idempotent-Replayed %q, want none", replayed)
	}
	again := func(when string) {
		t.Helper()
		r := l.call("POST", "/runs", strings.Replace(body, "{", "\n{ ", 1), key)
		if r.status != http.StatusAccepted {
			t.Errorf("the same key %s: status %d, want 202: %s", when, r.status, r.body)
		}
		if replayed := r.header.Get("Idempotent-Replayed"); replayed != "true" {
			t.Errorf("the same key %s: Idempotent-Replayed %q, want true", when, replayed)
		}
		if got := decode[runDoc](t, r.body).RunID; got != run.RunID {
			t.Errorf("the same key %s: run %s, want %s", when, got, run.RunID)
		}
	}
	again("at once")
	other := l.call("POST", "/runs", script("exit 1", `, "group": "submit"`), key)
	wantProblem(t, other, http.StatusUnprocessableEntity, "header:Idempotency-Key DV-20")
	end := l.end(run.RunID)
	end.wantEnd(t, "SUCCEEDED", "")
	wantExitCode(t, end.ExitCode, 0)
	again("after the end")
	if list := decode[struct{ Runs []runDoc }](t, l.call("GET", "/runs?group=submit", "").body); len(list.Runs) != 1 {
		t.Errorf("%d runs are recorded, want 1", len(list.Runs))
	}
}

func testDryRun(t *testing.T, l *served) {
	r := l.call("POST", "/runs?dryRun=true", script("exit 0", `, "group": "dry"`), "Idempotency-Key: dry")
	run := decode[runDoc](t, r.body)
	if r.status != http.StatusOK {
		t.Errorf("status %d, want 200: %s", r.status, r.body)
	}
	if run.RunID != "" {
		t.Errorf("runId %q, want none", run.RunID)
	}
	if len(run.Request) == 0 {
		t.Errorf("the answer has no request: %s", r.body)
	}
	if !strings.Contains(string(run.Resolved), "task-definition/shell:1") {
		t.Errorf("resolved is %s, want task-definition/shell:1 in it", run.Resolved)
	}
	if list := l.call("GET", "/runs?group=dry", ""); strings.TrimSpace(list.body) != `{"runs":[]}` {
		t.Errorf("the list after a dry run is %s, want no run", list.body)
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
		list := wantPage(t, page, r)
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
	if next != "" {
		t.Errorf("the last page has the cursor %q, want none", next)
	}
	if len(listed) != len(submitted) || !subset(listed, submitted) {
		t.Errorf("listed %v, want %v in any order", listed, submitted)
	}
	for _, id := range submitted {
		l.until(id, "SUCCEEDED")
	}
}

// runPage is a page of the list of runs.
type runPage struct {
	Runs       []runDoc
	NextCursor string
}

// wantPage checks a page of at most 2 runs and returns it.
func wantPage(t *testing.T, number int, r reply) runPage {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("page %d: status %d, want 200: %s", number, r.status, r.body)
	}
	page := decode[runPage](t, r.body)
	if len(page.Runs) > 2 {
		t.Fatalf("page %d has %d runs, want at most 2", number, len(page.Runs))
	}
	if strings.Contains(r.body, `"request"`) || strings.Contains(r.body, `"attempts"`) {
		t.Fatalf("page %d shows requests or attempts: %s", number, r.body)
	}
	return page
}

func testStop(t *testing.T, l *served) {
	mark := marker()
	polite := l.submit(script("trap 'echo got SIGTERM; exit 0' TERM; echo ready; sleep " + mark + " & wait"))
	plain := l.submit(script("exec sleep 600", `, "group": "`+mark+`"`))
	l.untilOutput(polite.RunID, "ready")
	l.until(plain.RunID, "RUNNING")
	for _, id := range []string{polite.RunID, plain.RunID} {
		if r := l.stop(id); r.Status != "STOPPING" && r.Status != "STOPPED" {
			t.Errorf("the stop is answered with a run that is %s, want STOPPING or STOPPED", r.Status)
		}
	}
	l.until(polite.RunID, "STOPPED").wantOutput(t, "ready\ngot SIGTERM\n")
	wantNoProcesses(t, processesWith(t, mark))
	run := l.until(plain.RunID, "STOPPED")
	run.wantEnd(t, "STOPPED", "STOPPED")
	wantExitCode(t, run.Attempts[0].Tasks[0].Containers[0].ExitCode, 143)
	if !strings.Contains(run.StatusReason, "not needed") {
		t.Errorf("statusReason is %q, want the caller's reason in it, not needed", run.StatusReason)
	}
	before := l.call("GET", "/runs/"+run.RunID, "")
	again := l.call("POST", "/runs/"+run.RunID+"/stop", `{"reason": "once more"}`)
	if again.status != http.StatusAccepted {
		t.Errorf("a stop of an ended run: status %d, want 202", again.status)
	}
	if again.body != before.body {
		t.Errorf("a stop of an ended run is answered with %s, want %s", again.body, before.body)
	}
	if after := l.call("GET", "/runs/"+run.RunID, ""); after.body != before.body {
		t.Errorf("after a stop of an ended run it is %s, want %s", after.body, before.body)
	}
	wantProblem(t, l.call("POST", "/runs/"+strings.Repeat("a", 26)+"/stop", ""), 404)
}

func testStopStubborn(t *testing.T, l *served) {
	mark := marker()
	run := l.submit(script("trap '' TERM; echo ready; sleep " + mark + "; sleep " + mark))
	l.untilOutput(run.RunID, "ready")
	asked := time.Now()
	l.stop(run.RunID)
	run = l.until(run.RunID, "STOPPED")
	if took := run.StoppedAt.Sub(asked); took < 1900*time.Millisecond || took > 10*time.Second {
		t.Errorf("stopped after %v, want 2s: SIGKILL after stopTimeout", took)
	}
	wantExitCode(t, run.Attempts[0].Tasks[0].Containers[0].ExitCode, 137)
	wantNoProcesses(t, processesWith(t, mark))
}

// testForeign makes requests that a web page of another site could make a browser send.
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
			t.Errorf("%s: status %d, %s; want 200 and no run", header, r.status, r.body)
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

// goErrorWords are words of Go's own error texts.
var goErrorWords = []string{"json:", "unmarshal", "invalid character", "runtime error", "goroutine", ".go:", "EOF", "parsing"}

// wantProblem checks an RFC 9457 problem; errors, when given, are all of its "field rule", in any order.
func wantProblem(t *testing.T, r reply, status int, errors ...string) {
	t.Helper()
	if r.status != status || r.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d %s: %s; want problem %d", r.status, r.header.Get("Content-Type"), r.body, status)
		return
	}
	p := decode[problem](t, r.body)
	if p.Status != status {
		t.Errorf("the problem's status is %d, want %d", p.Status, status)
	}
	for member, value := range map[string]string{"type": p.Type, "title": p.Title, "detail": p.Detail, "requestId": p.RequestID} {
		if value == "" {
			t.Errorf("the problem has no %s: %s", member, r.body)
		}
	}
	if id := r.header.Get("X-Request-Id"); p.RequestID != id {
		t.Errorf("the problem's requestId is %s, want %s as in X-Request-Id", p.RequestID, id)
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
	for _, word := range goErrorWords {
		if strings.Contains(r.body, word) {
			t.Errorf("%q is in %s", word, r.body)
		}
	}
}
