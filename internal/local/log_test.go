package local

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// lockedText is a buffer that several goroutines write.
type lockedText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) count(of string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), of)
}

// Whatever repeats, retries and restarts a run goes through, each of its transitions is logged once.
func TestLog_WholeLife_OneLineATransition(t *testing.T) {
	pick := scripted.InTurn(scripted.Script{For: time.Hour}, scripted.Script{For: time.Hour}, scripted.Script{ExitCode: 1}, scripted.Script{}, scripted.Script{})
	withFixture(t, pick, nil, func(f *fixture) {
		log := &lockedText{}
		f.options.Log = slog.New(slog.NewTextHandler(log, nil))
		f.restart()
		first := f.submit(`{"taskDefinition":"job","clientToken":"k","policy":{"retry":{"on":["INTERRUPTED","EXIT:*"]}}}`)
		if again := f.submit(`{"taskDefinition":"job","clientToken":"k","policy":{"retry":{"on":["INTERRUPTED","EXIT:*"]}}}`); again != first {
			t.Fatalf("got run %s, want %s", again, first)
		}
		time.Sleep(time.Minute) // virtual
		f.restart()             // its tasks are gone
		if r := f.end(first); len(r.Attempts) < 2 {
			t.Errorf("got %d attempts (%s), want a retry", len(r.Attempts), r.StatusReason)
		}
		f.rerunAs("local", first, `{}`)
		for line, want := range map[string]int{"run accepted": 1, "run launched": 1, "run ended": 1} {
			if got := log.count(`msg="` + line + `" runId=` + first + " owner=local"); got != want {
				t.Errorf("%s: got %d lines, want %d:\n%s", line, got, want, &log.text)
			}
		}
	})
}

// In local mode a run shows what is known: the caller, the request and its address.
func TestSubmittedBy_Local(t *testing.T) {
	withFixture(t, nil, nil, func(f *fixture) {
		answer := f.callAs("local", "/runs", `{"taskDefinition":"job"}`, 202)
		got := f.get(answer["runId"].(string)).SubmittedBy
		if want := (run.SubmittedBy{Principal: "local", RequestID: got.RequestID, SourceIP: "192.0.2.1"}); got != want || got.RequestID == "" {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if answer["submittedBy"].(map[string]any)["requestId"] != got.RequestID {
			t.Errorf("got %v in the answer, want request %s", answer["submittedBy"], got.RequestID)
		}
	})
}
