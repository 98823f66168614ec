package render

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"davit/client"
)

// FuzzRender shows whatever is written in a run's answer. No character that does not print gets through, and no line of a table is wider than the terminal.
func FuzzRender(f *testing.F) {
	files, err := filepath.Glob("testdata/run-*.json")
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range files {
		answer, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(answer, "a\x1b[31m\u202e\tb\r\n\u009b", 20*i, i%2 == 0, i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, answer []byte, text string, width int, terminal, color bool) {
		r := fuzzedRun(answer, text)
		s := Style{Terminal: terminal, Color: color, Width: width, Now: time.Date(2026, 11, 28, 5, 14, 0, 0, time.UTC)}
		printsOnly(t, "run", shown(s, func(b *strings.Builder) error { return s.Run(b, r) }), "\n")
		printsOnly(t, "sentence", Sentence(r), "")
		printsOnly(t, "ids", s.ID(r.ID)+s.Unavailable(client.Unavailable{Task: text, Container: text, Driver: text, Reason: text})+ShortID(r.ID), "")
		printsOnly(t, "problem", shown(s, func(b *strings.Builder) error { return s.Problem(b, fuzzedProblem(text)) }), "\n")
		fits(t, s, shown(s, func(b *strings.Builder) error { return s.Runs(b, []client.Summary{r.Summary, {}}, color) }))
		fits(t, s, shown(s, func(b *strings.Builder) error {
			return s.Definitions(b, []client.DefinitionSummary{{ARN: text, Family: text, Revision: width, Status: text}}, true)
		}))
		printsOnly(t, "progress", shown(s, func(b *strings.Builder) error { progressOf(b, s, r); return nil }), "\n\r")
		if terminal {
			e := client.LogEvent{Task: text, Container: text, Text: text}
			printsOnly(t, "output", painted.ReplaceAllString(s.LogLine(e, LogOptions{Times: true, Streams: true}), ""), "\n\t\u200d")
		}
	})
}

// fuzzedRun reads an answer, and puts text where it has none.
func fuzzedRun(answer []byte, text string) *client.Run {
	r := &client.Run{JSON: answer}
	_ = json.Unmarshal(answer, r) // what can be read of it
	for _, field := range []*string{&r.ID, &r.Owner, &r.StatusReason, &r.Class, &r.Key, &r.Family, &r.Group, &r.StartedBy} {
		if *field == "" {
			*field = text
		}
	}
	if len(r.Attempts) > 0 {
		a := &r.Attempts[0]
		a.Refusals = append(a.Refusals, client.Refusal{Class: text, Reason: text, Rule: text, Count: 2})
		a.Tasks = append(a.Tasks, client.Task{ARN: text, LastStatus: text, Containers: []client.Container{{Name: text, Reason: text, LastStatus: text}}})
	}
	return r
}

func fuzzedProblem(text string) *client.Problem {
	return &client.Problem{Type: text, Title: text, Detail: text, RequestID: text, Status: 500, Errors: []client.Violation{{Field: text, Rule: text, Detail: text}}}
}

func progressOf(b *strings.Builder, s Style, r *client.Run) {
	p := NewProgress(b, s, func() time.Time { return s.Now })
	p.Submitted(r, r.Key)
	p.Update(r)
	p.Pause()
	p.Tick()
	p.Resume()
	p.Ended(r)
}

var painted = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// shown returns what was written, without the style's own colours.
func shown(s Style, show func(b *strings.Builder) error) string {
	var b strings.Builder
	if err := show(&b); err != nil {
		return "\x00" + err.Error()
	}
	if !s.Color {
		return b.String()
	}
	return painted.ReplaceAllString(b.String(), "")
}

func printsOnly(t *testing.T, what, text, also string) {
	t.Helper()
	for _, r := range text {
		if !unicode.IsPrint(r) && !strings.ContainsRune(also, r) {
			t.Fatalf("%s has %U: %q", what, r, text)
		}
	}
}

// fits reports lines of a table that are wider than the terminal, or hold what does not print.
func fits(t *testing.T, s Style, text string) {
	t.Helper()
	printsOnly(t, "table", text, "\n")
	for l := range strings.Lines(text) {
		if n := columns(strings.TrimSuffix(l, "\n")); s.room() >= 0 && n > s.room() {
			t.Fatalf("a line has %d columns, want at most %d: %q", n, s.room(), l)
		}
	}
}
