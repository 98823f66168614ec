package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// eventReceiver records the events that davit posts. It refuses the first request.
type eventReceiver struct {
	mu    sync.Mutex
	tries int
	to    []string
}

func (p *eventReceiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var e struct {
		DetailType string `json:"detail-type"`
		Detail     struct{ To, Reason string }
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	p.tries++
	if p.tries == 1 || err != nil || r.Header.Get("Content-Type") != "application/json" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	p.to = append(p.to, e.DetailType+" "+e.Detail.To)
}

func (p *eventReceiver) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.to)
}

// A schedule of the file starts a run. Its events and metrics are printed, and its events are posted.
func TestScheduleAndNotifications(t *testing.T) {
	t.Parallel()
	var p eventReceiver
	server := httptest.NewServer(&p)
	defer server.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "schedules.json")
	soon := time.Now().Add(6 * time.Second).UTC().Format("2006-01-02T15:04:05")
	list := fmt.Sprintf(`{"schedules": [
		{"name": "once", "scheduleExpression": "at(%[1]s)", "run": {"taskDefinition": "settlement"}},
		{"name": "wrong", "scheduleExpression": "at(%[1]s)", "run": {"taskDefinition": "nowhere"}}]}`, soon)
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	l := serveLocal(t, filepath.Join(dir, "data"), "--schedules", file, "--notify-url", server.URL)
	within(t, patience, "the events of the schedules are posted", func() bool {
		got := p.received()
		return slices.Contains(got, "Davit Schedule Did Not Run ") && slices.Contains(got, "Davit Run Status Change SUCCEEDED")
	})
	for _, part := range []string{`"detail-type":"Davit Run Status Change"`, `"RunsAccepted":1`, `"Namespace":"Davit"`, `"DidNotRun":1`} {
		within(t, patience, "davit prints "+part, func() bool { return strings.Contains(l.output(), part) })
	}
	page := decode[struct {
		Runs []struct{ Owner, IdempotencyKey string }
	}](t, l.call("GET", "/runs", "").body)
	if len(page.Runs) != 1 {
		t.Fatalf("%d runs, want 1", len(page.Runs))
	}
	if owner := page.Runs[0].Owner; !strings.HasSuffix(owner, "schedule/default/once") {
		t.Errorf("the owner is %s, want the schedule once", owner)
	}
	if key := page.Runs[0].IdempotencyKey; !strings.HasSuffix(key, soon+"Z") {
		t.Errorf("the idempotency key is %s, want the time %sZ at its end", key, soon)
	}
}
