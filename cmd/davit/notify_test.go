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

// posted keeps what davit posts. The first request is refused.
type posted struct {
	mu    sync.Mutex
	tries int
	to    []string
}

func (p *posted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var e struct {
		DetailType string `json:"detail-type"`
		Detail     struct{ To, Reason string }
	}
	body, err := io.ReadAll(r.Body)
	if p.tries++; p.tries == 1 || err != nil || json.Unmarshal(body, &e) != nil || r.Header.Get("Content-Type") != "application/json" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	p.to = append(p.to, e.DetailType+" "+e.Detail.To)
}

func (p *posted) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.to)
}

// TestScheduleAndNotifications: a schedule of a file starts a run, and all that davit tells of it is printed and posted.
func TestScheduleAndNotifications(t *testing.T) {
	t.Parallel()
	var p posted
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
	within(t, patience, "the scheduled run is told of", func() bool {
		got := p.got()
		return slices.Contains(got, "Davit Schedule Did Not Run ") && slices.Contains(got, "Davit Run Status Change SUCCEEDED")
	})
	for _, part := range []string{`"detail-type":"Davit Run Status Change"`, `"RunsAccepted":1`, `"Namespace":"Davit"`, `"DidNotRun":1`} {
		within(t, patience, "davit prints "+part, func() bool { return strings.Contains(l.said(), part) })
	}
	page := decode[struct {
		Runs []struct{ Owner, IdempotencyKey string }
	}](t, l.call("GET", "/runs", "").body)
	if len(page.Runs) != 1 || !strings.HasSuffix(page.Runs[0].Owner, "schedule/default/once") || !strings.HasSuffix(page.Runs[0].IdempotencyKey, soon+"Z") {
		t.Errorf("%+v", page)
	}
}
