package render_test

import (
	"strings"
	"testing"

	"davit/client"
	"davit/internal/cli/render"
)

func TestProblem(t *testing.T) {
	for name, c := range map[string]struct {
		problem client.Problem
		want    string
	}{
		"one rule": {client.Problem{Type: "invalid-request", Status: 400, Errors: []client.Violation{{Field: "/count", Rule: "RT-03", Detail: "11 given; allowed: 1 to 10"}}},
			"refused, nothing was recorded\n  /count  RT-03  11 given; allowed: 1 to 10\n"},
		"several": {client.Problem{Type: "invalid-request", Status: 400, Errors: []client.Violation{
			{Field: "/policy/retry/on/2", Rule: "DV-14", Detail: "EXIT:x\x1b[1m is none"}, {Field: "/count", Rule: "RT-3", Detail: ""}}},
			"refused, nothing was recorded\n  /policy/retry/on/2  DV-14  EXIT:x\\x1b[1m is none\n  /count              RT-3\n"},
		"not found": {client.Problem{Type: "not-found", Title: "Not found", Status: 404, Detail: "there is no run h5wp"}, "there is no run h5wp (404 not-found)\n"},
		"server":    {client.Problem{Type: "internal", Title: "Davit failed", Status: 500, RequestID: "JKJ="}, "Davit failed (500 internal, request JKJ=)\n"},
	} {
		var b strings.Builder
		if err := pipe.Problem(&b, &c.problem); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestDefinitions_Golden(t *testing.T) {
	list := []client.DefinitionSummary{
		{ARN: "arn:aws:ecs:eu-west-1:123456789012:task-definition/import:31", Family: "import", Revision: 31, Status: "ACTIVE"},
		{ARN: "arn:aws:ecs:eu-west-1:123456789012:task-definition/nightly-report:14", Family: "nightly-report", Revision: 14, Status: "INACTIVE"},
	}
	for name, c := range map[string]struct {
		style render.Style
		wide  bool
	}{"terminal": {terminal, false}, "pipe-wide": {pipe, true}} {
		var b strings.Builder
		if err := c.style.Definitions(&b, list, c.wide); err != nil {
			t.Fatal(err)
		}
		golden(t, "definitions-"+name, b.String())
	}
}

func TestLogLine(t *testing.T) {
	colored := terminal
	colored.Color = true
	e := client.LogEvent{At: at("02:14:44"), Task: "arn:aws:ecs:eu-west-1:1:task/jobs/cb9de042f94d0a4345d4c18d110d541b", Container: "worker"}
	for name, c := range map[string]struct {
		style   render.Style
		options render.LogOptions
		text    string
		want    string
	}{
		"plain":                      {terminal, render.LogOptions{}, "loading batch 118 of 240", "loading batch 118 of 240"},
		"with its time":              {terminal, render.LogOptions{Times: true}, "loading", "02:14:44 loading"},
		"in a pipe":                  {pipe, render.LogOptions{Times: true}, "a\x1b[31mb\x1b[0m\a", "2026-11-28T02:14:44Z a\x1b[31mb\x1b[0m\a"},
		"of several streams":         {terminal, render.LogOptions{Streams: true}, "loading", "cb9de042/worker | loading"},
		"several lines in one event": {terminal, render.LogOptions{Streams: true}, "a\n  b\n", "cb9de042/worker | a\ncb9de042/worker |   b"},
		"colours kept":               {colored, render.LogOptions{}, "a\x1b[1;31mb\x1b]0;title\x07\x1b[2Jc", "a\x1b[1;31mbc\x1b[0m"},
		"colours not wanted":         {terminal, render.LogOptions{}, "a\x1b[1;31mb\x1b[0m", "ab"},
		"a sequence that is cut":     {colored, render.LogOptions{}, "a\x1b[", "a"},
		"a progress bar":             {terminal, render.LogOptions{}, "10 %\r20 %\r30 %\r", "30 %"},
		"control and direction":      {terminal, render.LogOptions{}, "a\b\x00\u009b\u202eb\tc", "ab\tc"},
		"empty":                      {terminal, render.LogOptions{}, "", ""},
	} {
		e.Text = c.text
		if got := c.style.LogLine(e, c.options); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestLines_OfCommands(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{terminal.Rerun("zys7yrbem6qfdqyj7zzzzmnzom", "m4tqy2kd7pf3wlx5c6zbva2r2e", "memory 512 → 1024"), "rerun of zys7…nzom as m4tq…2r2e (memory 512 → 1024)"},
		{pipe.Rerun("zys7yrbem6qfdqyj7zzzzmnzom", "m4tqy2kd7pf3wlx5c6zbva2r2e"), "rerun of zys7yrbem6qfdqyj7zzzzmnzom as m4tqy2kd7pf3wlx5c6zbva2r2e"},
		{terminal.Unavailable(client.Unavailable{Attempt: 1, Task: "cb9de042f94d0a4345d4c18d110d541b", Container: "worker", Driver: "splunk", Reason: "the driver keeps it elsewhere"}),
			"no output of try 1, task cb9de042, container worker (splunk): the driver keeps it elsewhere"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
