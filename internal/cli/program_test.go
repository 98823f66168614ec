package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// Wrong arguments end with 2 and the right usage, and nothing is sent.
func TestExecute_WrongArguments_SendNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }))
	defer server.Close()
	t.Setenv("DAVIT_URL", server.URL)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, c := range []struct{ args, want string }{
		{"run job --nope", "davit run FAMILY"},
		{"run job --overlap k=SOMETIMES", "QUEUE"},
		{"run job --overlap QUEUE", "KEY=MODE"},
		{"run job pair", "one argument too many"},
		{"run", "FAMILY"},
		{"run job --", "no command after --"},
		{"run job --count 0", "at least 1"},
		{"run job --count x", "invalid argument"},
		{"run job --timeout 1500ms", "whole seconds"},
		{"run job -f /does/not/exist", "-f:"},
		{"run job --env-file /does/not/exist", "--env-file"},
		{"run job -o yaml", "table, json, jsonl or id"},
		{"fly", "unknown command"},
		{"show a b", "accepts at most 1"},
		{"show HELLO", "no run's id"},
		{"logs abcd2345 -n 0", "1 to 10000"},
		{"logs abcd2345 --since yesterday", "10m"},
		{"ps --status NOPE", "SUCCEEDED"},
		{"ps --since later", "12h"},
		{"ps extra", "unknown command"},
		{"stop abc", "at least 8"},
		{"rerun abcdefgh --revision old", "latest or same"},
		{"def show", "accepts 1"},
		{"def register /does/not/exist", "no such file"},
		{"config add", "accepts 1"},
		{"config add x", "--stack"},
		{"wait abc", "at least 4"},
	} {
		var out, errOut bytes.Buffer
		root := New(Streams{In: strings.NewReader(""), Out: &out, Err: &errOut}, "test")
		if status := Execute(t.Context(), root, strings.Fields(c.args)); status != exitUsage {
			t.Errorf("davit %s: exit status %d, want %d", c.args, status, exitUsage)
		}
		if text := errOut.String(); !strings.Contains(text, c.want) || out.Len() > 0 {
			t.Errorf("davit %s: stderr is %q, want %q in it and nothing on stdout (%q)", c.args, text, c.want, out.String())
		}
	}
}

func TestStyle_DevNull_IsNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	if (&program{}).style(null).Terminal {
		t.Error("/dev/null is taken for a terminal")
	}
}
