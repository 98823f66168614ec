package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The transcripts of the command line, on a pseudo-terminal and in pipes: go test ./cmd/davit -run TestCLI_Transcripts -update writes them.
func TestCLI_Transcripts(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	l.register(`{"family": "nightly-report", "containerDefinitions": [{"name": "worker", "image": "busybox", "memory": 512, "command": ["sh", "-c", "exit 1"]}]}`)
	report := []string{"run", "nightly-report", "--key", "night", "--", "sh", "-c", "sleep 1; echo fetching $DAY; echo 84,112 rows; sleep 1; echo report.pdf written"}
	var b strings.Builder
	show := func(prompt string, r ran) {
		b.WriteString("$ " + prompt + "\n" + onlyLast(r.out))
		for line := range strings.Lines(r.err) {
			b.WriteString("» " + line)
		}
		if r.status != 0 {
			b.WriteString("$ echo $?\n" + string('0'+rune(r.status/100%10)) + string('0'+rune(r.status/10%10)) + string('0'+rune(r.status%10)) + "\n")
		}
		b.WriteString("\n")
	}
	b.WriteString("# On a terminal\n\n")
	show("davit run nightly-report -- make report", l.terminal("", nil, report...))
	show("davit run nightly-report (failing)", l.terminal("", nil, "run", "nightly-report", "--", "sh", "-c", "sleep 1; echo no such table; exit 3"))
	failed := strings.TrimSpace(l.davit("ps", "--status", "FAILED", "-o", "id").out)
	show("davit ps", l.terminal("", nil, "ps"))
	show("davit show", l.terminal("", nil, "show", failed[:8]))
	show("davit logs", l.terminal("", nil, "logs", failed[:4]))
	show("davit run nightly-report --count 11", l.terminal("", nil, "run", "nightly-report", "--count", "11"))
	again := l.terminal("", nil, "rerun", failed[:8], "--memory", "1024", "-d")
	show("davit rerun --memory 1024 -d", again)
	l.davit("wait", anyID.FindString(again.out)).wantStatus(t, 3)
	b.WriteString("# In pipes\n\n")
	show("davit run nightly-report -- make report", l.davit(append([]string{"run", "nightly-report", "--key", "noon"}, report[4:]...)...))
	show("davit show", l.davit("show", failed))
	show("davit ps --status FAILED", l.davit("ps", "--status", "FAILED"))
	text := b.String()
	for id := range strings.FieldsSeq(l.davit("ps", "-a", "-o", "id").out) {
		text = strings.NewReplacer(id, "RUN", id[:8], "RUN").Replace(text)
	}
	wantGolden(t, "transcripts.txt", normal(text))
}

var (
	colours   = regexp.MustCompile("\x1b\\[[0-9;]*m")
	rewritten = regexp.MustCompile("[^\n]*(?:\r|\x1b\\[2?K)")
)

// onlyLast returns what a terminal shows in the end: without colours and without what was written over.
func onlyLast(text string) string {
	return rewritten.ReplaceAllString(colours.ReplaceAllString(text, ""), "")
}

// wantGolden compares with a file of testdata, which -update writes.
func wantGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(readFile(t, file), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestCLI_Colours_OnlyOnATerminal(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	l.davit("run", "job").wantStatus(t, 0)
	if r := l.terminal("", nil, "ps"); !strings.Contains(r.out, "\x1b[") {
		t.Errorf("on a terminal there is no colour: %q", r.out)
	}
	if r := l.terminal("", []string{"NO_COLOR=1"}, "ps"); colours.MatchString(r.out) {
		t.Errorf("NO_COLOR is not honoured: %q", r.out)
	}
	for _, args := range [][]string{{"ps"}, {"run", "job"}, {"ps", "-o", "json"}} {
		if r := l.davit(args...); strings.Contains(r.out+r.err, "\x1b") || strings.Contains(r.out+r.err, "\r") {
			t.Errorf("davit %v writes control characters into a pipe: %q", args, r.out+r.err)
		}
	}
}

func TestCLI_IDs(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	id := strings.TrimSpace(l.davit("run", "job", "-d").out)
	l.davit("wait", id).wantStatus(t, 0)
	for name, c := range map[string]struct {
		args   []string
		status int
		in     string
	}{
		"whole":            {[]string{"show", id, "-o", "id"}, 0, id},
		"four":             {[]string{"show", id[:4], "-o", "id"}, 0, id},
		"as tables show":   {[]string{"show", id[:4] + "…" + id[22:], "-o", "id"}, 0, id},
		"three":            {[]string{"show", id[:3]}, 2, "at least 4"},
		"no id":            {[]string{"show", "HELLO"}, 2, "no run's id"},
		"stop needs eight": {[]string{"stop", id[:7]}, 2, "at least 8"},
		"stop with eight":  {[]string{"stop", id[:8]}, 0, "had ended already"},
		"none begins so":   {[]string{"show", "2222222"}, 125, "none of the last"},
		"not there":        {[]string{"show", strings.Repeat("a", 26)}, 125, ""},
		"without one":      {[]string{"show"}, 2, "give a run's id"},
	} {
		r := l.davit(c.args...).wantStatus(t, c.status)
		if !strings.Contains(r.out+r.err, c.in) {
			t.Errorf("%s: it writes %q, want %q in it", name, r.out+r.err, c.in)
		}
	}
	r := l.terminal("1\n", nil, "show").wantStatus(t, 0)
	if !strings.Contains(r.out, "which one") || !strings.Contains(r.out, "succeeded") {
		t.Errorf("no run can be chosen: %q", r.out)
	}
}

func TestCLI_PS_Forms(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	good := strings.TrimSpace(l.davit("run", "job", "-d").out)
	bad := strings.TrimSpace(l.davit("run", "job", "-d", "--", "sh", "-c", "exit 9").out)
	open := strings.TrimSpace(l.davit("run", "job", "-d", "--", "sleep", "600").out)
	l.davit("wait", good, bad).wantStatus(t, 9)
	l.until(open, "RUNNING")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"open first":  {[]string{"ps", "-o", "id"}, open + "\n" + bad + "\n" + good + "\n"},
		"one status":  {[]string{"ps", "--status", "failed", "-o", "id"}, bad + "\n"},
		"statuses":    {[]string{"ps", "--status", "FAILED,SUCCEEDED", "-o", "id"}, bad + "\n" + good + "\n"},
		"class":       {[]string{"ps", "--class", "exit:9", "-o", "id"}, bad + "\n"},
		"family":      {[]string{"ps", "--family", "pair", "-o", "id"}, ""},
		"since":       {[]string{"ps", "--since", "1h", "-n", "1", "-a", "-o", "id"}, open + "\n"},
		"before that": {[]string{"ps", "--until", "1h", "-o", "id"}, ""},
	} {
		if r := l.davit(c.args...).wantStatus(t, 0); r.out != c.want {
			t.Errorf("%s: got %q, want %q (%s)", name, r.out, c.want, r.err)
		}
	}
	list := decode[struct{ Runs []runDoc }](t, l.davit("ps", "-o", "json").out)
	if len(list.Runs) != 3 {
		t.Errorf("-o json has %d runs, want 3", len(list.Runs))
	}
	if n := strings.Count(l.davit("ps", "-o", "jsonl").out, "\n{"); n != 2 {
		t.Errorf("-o jsonl has %d lines after the first, want 2", n)
	}
	l.davit("ps", "--status", "NOPE").wantStatus(t, 2)
	l.davit("stop", open).wantStatus(t, 0)
}

func TestCLI_Rerun(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	first := strings.TrimSpace(l.davit("run", "job", "-d", "-e", "TOKEN=sesame", "--", "sh", "-c", "echo token $TOKEN; exit $CODE").out)
	l.davit("wait", first)
	r := l.davit("rerun", first, "-e", "CODE=0").wantStatus(t, 0)
	if r.out != "token sesame\n" {
		t.Errorf("the rerun writes %q, want the value that answers hide: token sesame", r.out)
	}
	if !strings.Contains(r.err, "rerun of "+first) || strings.Contains(r.err, "sesame") {
		t.Errorf("stderr is %q, want whose rerun it is, and no value", r.err)
	}
	again := runJSON(t, l.davit("rerun", first, "-d", "-o", "json", "--", "sh", "-c", "exit 6").out)
	if again.RerunOf != first {
		t.Errorf("rerunOf is %q, want %q", again.RerunOf, first)
	}
	l.davit("wait", again.RunID).wantStatus(t, 6)
	editor := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\nsed -i.old 's/exit 6/exit 7/' \"$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.davitWith([]string{"EDITOR=" + editor}, "rerun", again.RunID, "--edit").wantStatus(t, 7)
	l.davitWith([]string{"EDITOR=false"}, "rerun", again.RunID, "--edit").wantStatus(t, 2)
	l.davit("rerun", first, "--count", "11", "-d").wantStatus(t, 2)
}

func TestCLI_Completion_OffersRunsAndFamilies(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	id := strings.TrimSpace(l.davit("run", "job", "-d").out)
	l.davit("wait", id).wantStatus(t, 0)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"__complete", "show", ""}, id + "\tSUCCEEDED job\n"},
		{[]string{"__complete", "stop", id[:3]}, id + "\t"},
		{[]string{"__complete", "run", "pa"}, "pair\n"},
		{[]string{"__complete", "ps", "--status", "LO"}, "LOST\n"},
		{[]string{"__complete", "config", "use", ""}, "local\n"},
	} {
		if r := l.davit(c.args...).wantStatus(t, 0); !strings.Contains(r.out, c.want) {
			t.Errorf("davit %s: got %q, want %q in it", strings.Join(c.args, " "), r.out, c.want)
		}
	}
	nobody := &served{program: &program{t: t}, api: "127.0.0.1:1"}
	if r := nobody.davit("__complete", "show", "").wantStatus(t, 0); !strings.HasPrefix(r.out, ":") {
		t.Errorf("without a server it offers %q, want nothing", r.out)
	}
}
