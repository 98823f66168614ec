package render_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"davit/client"
	"davit/internal/cli/render"
)

// screen is what a terminal shows of what is written to it: a carriage return goes back, a line feed down.
type screen struct {
	lines [][]rune
	at    int
}

func (s *screen) Write(p []byte) (int, error) {
	if len(s.lines) == 0 {
		s.lines = [][]rune{nil}
	}
	for _, r := range string(p) {
		last := len(s.lines) - 1
		switch r {
		case '\r':
			s.at = 0
		case '\n':
			s.lines, s.at = append(s.lines, nil), 0
		default:
			for len(s.lines[last]) <= s.at {
				s.lines[last] = append(s.lines[last], ' ')
			}
			s.lines[last][s.at] = r
			s.at++
		}
	}
	return len(p), nil
}

func (s *screen) String() string {
	var b strings.Builder
	for _, l := range s.lines {
		b.WriteString(strings.TrimRight(string(l), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// story is a run as it is seen at moments, and when its output has lines.
type story struct {
	name  string
	steps []step
}

type step struct {
	at     string
	run    string // file of testdata
	edit   func(*client.Run)
	output string
}

// before returns an edit that makes of a run what it was at a moment: what came later is not there.
func before(clock string, status client.Status) func(*client.Run) {
	return func(r *client.Run) {
		r.Status, r.StatusReason, r.Class, r.ExitCode = status, "", "", nil
		until := at(clock)
		forget(&r.StartedAt, until)
		forget(&r.StoppedAt, until)
		var kept []client.Attempt
		for _, a := range r.Attempts {
			if forget(&a.LaunchedAt, until); a.LaunchedAt.IsZero() {
				a.Tasks, a.Outcome = nil, nil
			}
			for k := range a.Tasks {
				t := &a.Tasks[k]
				for _, x := range []*time.Time{&t.CreatedAt, &t.PullStartedAt, &t.PullStoppedAt, &t.StartedAt, &t.StoppingAt, &t.StoppedAt} {
					forget(x, until)
				}
				if t.StoppedAt.IsZero() {
					a.Outcome = nil
				}
			}
			kept = append(kept, a)
			if a.Outcome == nil {
				break
			}
		}
		r.Attempts = kept
	}
}

func forget(t *time.Time, until time.Time) {
	if t.After(until) {
		*t = time.Time{}
	}
}

func (s step) read(t *testing.T) *client.Run {
	t.Helper()
	answer, err := os.ReadFile("testdata/run-" + s.run + ".json")
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, string(answer))
	if s.edit != nil {
		s.edit(r)
	}
	return r
}

var stories = []story{
	{"succeeded", []step{
		{at: "05:10:00", run: "succeeded", edit: before("05:09:59", client.Submitted)},
		{at: "05:10:02", run: "succeeded", edit: before("05:10:02", client.Pending)},
		{at: "05:10:09", run: "succeeded", edit: before("05:10:09", client.Pending)},
		{at: "05:10:15", run: "succeeded", edit: before("05:10:15", client.Pending)},
		{at: "05:10:25", run: "succeeded", edit: before("05:10:25", client.Running)},
		{at: "05:10:30", output: "fetching 2026-11-27"},
		{at: "05:10:40", output: "84,112 rows"},
		{at: "05:11:53", run: "succeeded"},
	}},
	{"ended-unseen", []step{
		{at: "05:10:00", run: "succeeded", edit: before("05:09:59", client.Submitted)},
		{at: "05:12:53", run: "succeeded"},
	}},
	{"oom", []step{
		{at: "02:00:00", run: "oom", edit: before("01:59:59", client.Submitted)},
		{at: "02:00:30", run: "oom", edit: before("02:00:30", client.Running)},
		{at: "02:03:30", output: "loading batch 118 of 240"},
		{at: "02:07:06", run: "oom", edit: before("02:07:06", client.Launching)},
		{at: "02:07:45", run: "oom", edit: before("02:07:45", client.Launching)},
		{at: "02:08:05", run: "oom", edit: before("02:08:05", client.Pending)},
		{at: "02:08:06", output: "a late line"},
		{at: "02:08:20", run: "oom", edit: before("02:08:20", client.Running)},
		{at: "02:15:01", run: "oom"},
	}},
	{"queued", []step{
		{at: "05:11:00", run: "queued"},
		{at: "05:12:00", run: "queued"},
		{at: "05:12:10", run: "queued", edit: func(r *client.Run) { r.Status, r.StatusReason = client.Stopping, "stopped by a caller: enough" }},
		{at: "05:12:11", run: "queued", edit: func(r *client.Run) {
			r.Status, r.StatusReason, r.StoppedAt = client.Stopped, "stopped by a caller before it was launched: enough", at("05:12:11")
		}},
	}},
	{"skipped", []step{{at: "01:14:00", run: "skipped"}}},
	{"invalid", []step{
		{at: "02:10:00", run: "invalid", edit: before("02:09:00", client.Submitted)},
		{at: "02:10:02", run: "invalid"},
	}},
}

// play writes a story to a terminal or a pipe.
func (s story) play(t *testing.T, out fmt.Stringer, p *render.Progress, clock *time.Time, print func(string)) string {
	t.Helper()
	for i, x := range s.steps {
		*clock = at(x.at)
		if x.output != "" {
			p.Pause()
			print(x.output)
			p.Resume()
			continue
		}
		r := x.read(t)
		if i == 0 {
			p.Submitted(r, r.Key)
		}
		if r.Status.Final() {
			p.Ended(r)
			return out.String()
		}
		p.Update(r)
		p.Tick()
	}
	return out.String()
}

func TestProgress_Golden(t *testing.T) {
	for _, s := range stories {
		for kind, style := range map[string]render.Style{"terminal": terminal, "pipe": pipe} {
			t.Run(s.name+"/"+kind, func(t *testing.T) {
				clock, out := now, &screen{}
				p := render.NewProgress(out, style, func() time.Time { return clock })
				got := s.play(t, out, p, &clock, func(text string) { _, _ = fmt.Fprintln(out, text) })
				golden(t, "progress-"+s.name+"-"+kind, got)
			})
		}
	}
}

func TestProgress_LiveLine(t *testing.T) {
	clock, out := now, &strings.Builder{}
	narrow := terminal
	narrow.Width = 40
	p := render.NewProgress(out, narrow, func() time.Time { return clock })
	for _, x := range stories[0].steps[:5] {
		clock = at(x.at)
		p.Update(x.read(t))
	}
	want := "\rplacing" +
		"\rplacing … provisioning" +
		"\rplacing … provisioning 8 s" +
		"\rplacing … provisioning 11 s … pulling …" +
		"\r" + strings.Repeat(" ", 39) + "\rplacing … provisioning 11 s … pulling …\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProgress_Paused_WritesNoLiveLine(t *testing.T) {
	clock, out := at("05:10:00"), &strings.Builder{}
	p := render.NewProgress(out, terminal, func() time.Time { return clock })
	p.Pause()
	p.Update(stories[0].steps[0].read(t))
	p.Tick()
	if got := out.String(); got != "" {
		t.Errorf("got %q while it is paused, want nothing", got)
	}
	p.Resume()
	if got := out.String(); got != "\rplacing" {
		t.Errorf("got %q, want the live line", got)
	}
}

func TestSentence_RunWithoutAnAnswer(t *testing.T) {
	r := &client.Run{Summary: client.Summary{ID: "h5wpr6p3jvqyhhxsrhlsspvmso", Status: client.Failed, Family: "import"}, Policy: json.RawMessage(`{`), JSON: json.RawMessage(`[`)}
	if got, want := render.Sentence(r), "import failed: for no reason that is known."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProgress_Pipe_APhaseIsWrittenOnce(t *testing.T) {
	clock, out := at("05:10:00"), &strings.Builder{}
	p := render.NewProgress(out, pipe, func() time.Time { return clock })
	first := stories[0].steps[0].read(t)
	first.Attempts = nil
	p.Update(first)
	p.Update(stories[0].steps[0].read(t))
	if got, want := out.String(), "placing\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
