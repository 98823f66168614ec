package render_test

import (
	"strings"
	"testing"
	"time"

	"davit/client"
	"davit/internal/cli/render"
)

func code(n int) *int { return &n }

// listed are the runs of the page's example, and those that lists must bear.
var listed = []client.Summary{
	{ID: "h5wpr6p3jvqyhhxsrhlsspvmso", Owner: "local", Status: client.Running, Family: "settlement", Count: 3, CreatedAt: at("05:13:05"), StartedAt: at("05:13:20"), Tries: 1, MaxTries: 3},
	{ID: "k2m9r6p3jvqyhhxsrhlssaq7aa", Owner: "local", Status: client.Queued, Family: "ledger", Count: 1, CreatedAt: at("05:11:00"), MaxTries: 3,
		StatusReason: "waits for its overlap key"},
	{ID: "e7b2r6p3jvqyhhxsrhlsspvsii", Owner: "local", Status: client.Succeeded, Family: "nightly-report", Count: 1, ExitCode: code(0), StatusReason: "the task succeeded",
		CreatedAt: at("03:00:00"), StartedAt: at("03:00:21"), StoppedAt: at("03:02:13"), Tries: 1, MaxTries: 3, Key: "month end", Group: "reports of the night"},
	{ID: "zys7yrbem6qfdqyj7zzzzmnzom", Owner: "schedule:nightly", Status: client.Failed, Class: "OUT_OF_MEMORY", Family: "import", Count: 1, ExitCode: code(137),
		StatusReason: "task cb9de042f94d0a4345d4c18d110d541b: container worker was killed for memory: OutOfMemoryError: Container killed due to memory usage",
		CreatedAt:    at("02:00:00"), StartedAt: at("02:00:25"), StoppedAt: at("02:14:28"), Tries: 2, MaxTries: 2},
	{ID: "9qplr6p3jvqyhhxsrhlssed3xk", Owner: "local", Status: client.Failed, Class: "NEVER_STARTED", Family: "thumbnails", Count: 1,
		StatusReason: "task cb9de042f94d0a4345d4c18d110d541b: the task stopped before it ran: CannotPullContainerError: docker.io/library/thumbnails:2.41.0: not found",
		CreatedAt:    at("02:10:00"), StoppedAt: at("02:11:20"), Tries: 3, MaxTries: 3},
	{ID: "h5wpr6p3jvqyhhxsrhlsspvmsq", Owner: "local", Status: client.Skipped, Family: "settlement", Count: 1, CreatedAt: at("01:14:00"), StoppedAt: at("01:14:00"),
		StatusReason: "run w3h5r6p3jvqyhhxsrhlsse2mrx holds the overlap key (FORBID)"},
	{ID: "t6brr6p3jvqyhhxsrhlssefycs", Owner: "local", Status: client.Lost, Class: "LOST", Family: "日本語の仕事", Count: 1, CreatedAt: at("02:31:00").AddDate(0, 0, -3),
		StoppedAt: at("03:01:00").AddDate(0, 0, -3), StatusReason: "launch call 1 had no clear answer for 30m0s, and ECS shows no task of it", Tries: 1, MaxTries: 3},
	{ID: "a2m5r6p3jvqyhhxsrhlssea6yz", Owner: "local", Status: client.Stopped, Class: "STOPPED", Family: "import", Count: 1, CreatedAt: at("04:00:00").AddDate(0, 0, -30),
		StartedAt: at("04:00:20").AddDate(0, 0, -30), StoppedAt: at("04:02:10").AddDate(0, 0, -30), ExitCode: code(143), Tries: 1, MaxTries: 1,
		StatusReason: "stopped by a caller: \x1b[31mred\u202e\n and a second line"},
	{ID: "short", Status: "FUTURE"},
}

func TestRuns_Golden(t *testing.T) {
	narrow := terminal
	narrow.Width = 72
	colored := terminal
	colored.Color = true
	for name, c := range map[string]struct {
		style render.Style
		wide  bool
	}{
		"terminal": {terminal, false}, "terminal-wide": {render.Style{Terminal: true, Now: now}, true}, "terminal-narrow": {narrow, false}, "terminal-color": {colored, false},
		"pipe": {pipe, false}, "pipe-wide": {pipe, true},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := c.style.Runs(&b, listed, c.wide); err != nil {
				t.Fatal(err)
			}
			golden(t, "runs-"+name, strings.ReplaceAll(b.String(), "\x1b", "␛"))
		})
	}
}

// In a pipe the columns before the last are one word each, so that awk finds them.
func TestRuns_Pipe_ColumnsAreWords(t *testing.T) {
	var b strings.Builder
	if err := pipe.Runs(&b, listed, true); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != len(listed)+1 {
		t.Fatalf("got %d lines, want %d", len(lines), len(listed)+1)
	}
	head := strings.Fields(lines[0])
	for i, l := range lines[1:] {
		fields := strings.Fields(l)
		if len(fields) < len(head)-1 {
			t.Errorf("%q has %d words, want %d", l, len(fields), len(head)-1)
			continue
		}
		if fields[0] != listed[i].ID || fields[1] != string(listed[i].Status) {
			t.Errorf("got %s %s, want %s %s", fields[0], fields[1], listed[i].ID, listed[i].Status)
		}
	}
}

func TestRuns_ClockAhead_NothingIsNegative(t *testing.T) {
	s := terminal
	s.Now = now.Add(-24 * time.Hour)
	var b strings.Builder
	if err := s.Runs(&b, listed[:2], false); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "-") {
		t.Errorf("got a negative time:\n%s", b.String())
	}
}
