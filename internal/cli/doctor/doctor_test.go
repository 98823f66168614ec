package doctor_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"davit/internal/cli/doctor"
	"davit/internal/cli/target"
	"davit/internal/sigv4"
)

// stack stands for a Davit behind an HTTP API.
type stack struct {
	denied    string        // the permissions that the caller has not, of read, run and admin
	signed    bool          // requests must be signed
	behind    time.Duration // its clock
	noMeta    bool
	meta      string           // GET /meta's answer; "" is one of few words
	intercept http.HandlerFunc // answers everything, if not nil

	mu      sync.Mutex
	changed []string // requests that could have changed something
}

func (s *stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.intercept != nil {
		s.intercept(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Date", time.Now().Add(-s.behind).UTC().Format(http.TimeFormat))
	_, err := sigv4.Verify(r, body, func(key string) (string, bool) { return "secret", key == "AKID" }, time.Now().Add(-s.behind))
	permission := permissionOf(r)
	switch {
	case s.signed && err != nil, strings.Contains(s.denied, permission):
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"message":"Forbidden"}`)
	case r.URL.Path == "/meta" && !s.noMeta:
		_, _ = io.WriteString(w, cmp.Or(s.meta, `{"version":"0.2.0"}`))
	case r.Method == http.MethodGet && r.URL.Path == "/runs":
		_, _ = io.WriteString(w, `{"runs":[]}`)
	case r.Method == http.MethodPost && string(body) == "[]":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"type":"invalid-request","title":"The request breaks one or more rules"}`)
	case r.Method == http.MethodGet:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"Not Found"}`)
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed = append(s.changed, r.Method+" "+r.URL.String())
	}
}

// permissionOf is what a route needs.
func permissionOf(r *http.Request) string {
	switch {
	case r.Method == http.MethodGet:
		return "read"
	case r.URL.Path == "/runs":
		return "run"
	default:
		return "admin"
	}
}

// setup runs s and returns a target for it.
func setup(t *testing.T, s *stack, o target.Options) *target.Target {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "AWS_CONFIG_FILE": filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "none"),
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL_STS": identity(t, http.StatusOK, "<R><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/jobs-runner/ann</Arn></GetCallerIdentityResult></R>"),
	} {
		t.Setenv(name, value)
	}
	o.URL, o.Env = server.URL, func(string) string { return "" }
	x, err := target.Resolve(t.Context(), &target.Config{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// identity stands for STS.
func identity(t *testing.T, status int, body string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// seconds is what of a difference of clocks depends on the moment: the header Date has whole seconds.
var seconds = regexp.MustCompile(`min \d+ s`)

// lines is the report, one line a check, without addresses and times.
func lines(checks []doctor.Check, url string) []string {
	var out []string
	for _, c := range checks {
		mark := "ok "
		if !c.OK {
			mark = "no "
		}
		text := seconds.ReplaceAllString(mark+strings.ReplaceAll(c.Text, url, "URL"), "min N s")
		if before, _, found := strings.Cut(text, "answers in "); found {
			text = before + "answers"
		}
		if c.Do != "" {
			text += " → " + c.Do
		}
		out = append(out, text)
	}
	return out
}

func TestRun(t *testing.T) {
	sign := target.Options{Region: "eu-west-1"}
	const signs = "ok context: eu-west-1, URL"
	const who = "ok credentials: assumed role jobs-runner, session ann, account 123456789012"
	for name, c := range map[string]struct {
		s    *stack
		o    target.Options
		want []string
	}{
		"all is well": {&stack{signed: true}, sign, []string{
			signs, who, "ok endpoint: answers", "ok clock: as the server's", "ok may: read yes · run yes · admin yes", "ok version: server 0.2.0, this program 0.3.0",
		}},
		"things switched off": {&stack{signed: true, meta: `{"version":"0.4.0","mode":"aws","features":{"logs":false,"definitionWrites":false}}`}, sign, []string{
			signs, who, "ok endpoint: answers", "ok clock: as the server's", "ok may: read yes · run yes · admin yes",
			"ok version: server 0.4.0, this program 0.3.0; switched off: logs (LogGroups), def register (AllowDefinitionWrites)",
		}},
		"local mode": {&stack{meta: `{"version":"0.2.0","mode":"local","features":{"logs":true}}`}, target.Options{}, []string{
			"ok context: URL", "ok credentials: none needed", "ok endpoint: answers", "ok clock: as the server's", "ok may: read yes · run yes · admin yes", "ok version: local mode 0.2.0, this program 0.3.0",
		}},
		"no admin": {&stack{signed: true, denied: "admin"}, sign, []string{
			signs, who, "ok endpoint: answers", "ok clock: as the server's", "ok may: read yes · run yes · admin no (def register, schedule put will be refused)", "ok version: server 0.2.0, this program 0.3.0",
		}},
		"nothing": {&stack{signed: true, denied: "read run admin"}, sign, []string{
			signs, who, "ok endpoint: answers", "ok clock: as the server's",
			"no may: read no · run no · admin no (ps, show, wait, logs, run, rerun, stop, def register, schedule put will be refused) → " +
				"have execute-api:Invoke allowed on the API's ARN, or use another --profile",
		}},
		"a clock": {&stack{signed: true, behind: 7*time.Minute + 20*time.Second}, sign, []string{
			signs, who, "ok endpoint: answers",
			"no clock: 7 min N s ahead of the server; requests are refused from 5 min on → set the clock (timedatectl set-ntp true)",
		}},
		"an older server": {&stack{signed: true, noMeta: true}, sign, []string{
			signs, who, "ok endpoint: answers", "ok clock: as the server's", "ok may: read yes · run yes · admin yes",
			"no version: the server is older than this program: it has no logs, rerun or meta → update it: the stack, or `davit local`",
		}},
		"another program": {&stack{intercept: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }}, target.Options{}, []string{
			"ok context: URL", "ok credentials: none needed", "ok endpoint: answers", "ok clock: as the server's",
			"no may read: not known: what answers there is not Davit → check the address",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			x := setup(t, c.s, c.o)
			got := lines(doctor.Run(t.Context(), x, "0.3.0"), x.Context.URL)
			if d := gocmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if len(c.s.changed) > 0 {
				t.Errorf("got requests %v, want none that could change something", c.s.changed)
			}
		})
	}
}

func TestRun_KeysThatAWSDoesNotTake(t *testing.T) {
	x := setup(t, &stack{signed: true}, target.Options{Region: "eu-west-1"})
	t.Setenv("AWS_ENDPOINT_URL_STS", identity(t, 403, "<E><Error><Code>InvalidClientTokenId</Code><Message>The token is invalid</Message></Error></E>"))
	got := lines(doctor.Run(t.Context(), x, ""), x.Context.URL)
	want := []string{
		"ok context: eu-west-1, URL",
		"no credentials: AWS does not take the credentials: The token is invalid → check the clock and the credentials: aws sts get-caller-identity",
		"ok endpoint: answers", "ok clock: as the server's",
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestRun_Token_TimeLeft(t *testing.T) {
	claims := fmt.Sprintf(`{"sub":"ci","exp":%d}`, time.Now().Add(52*time.Minute+30*time.Second).Unix())
	token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".x"
	x := setup(t, &stack{}, target.Options{Token: token})
	if got, want := doctor.Run(t.Context(), x, "")[1].Text, "credentials: token of ci, 52 min left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRun_ServerHangs_EndsWithItsTime(t *testing.T) {
	x := setup(t, &stack{intercept: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}, target.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	checks := doctor.Run(ctx, x, "")
	last := checks[len(checks)-1]
	if last.OK || !strings.Contains(last.Text, "did not answer in time") {
		t.Errorf("got %+v, want that it did not answer in time", last)
	}
}

func TestRun_NobodyListens(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	x, err := target.Resolve(t.Context(), &target.Config{}, target.Options{URL: server.URL, Env: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	checks := doctor.Run(t.Context(), x, "")
	last := checks[len(checks)-1]
	if want := "start it with `davit local`"; last.OK || !strings.Contains(last.Do, want) {
		t.Errorf("got %+v, want one to do %q", last, want)
	}
}

func TestRun_TokensThatOthersCanRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("contexts: [{name: a, url: https://a, token: abc}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := target.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&stack{})
	defer server.Close()
	x, err := target.Resolve(t.Context(), cfg, target.Options{URL: server.URL, Env: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	if c := doctor.Run(t.Context(), x, "")[0]; x.Exposed() != "" && (c.OK || c.Do != "chmod 600 "+file) {
		t.Errorf("got %+v, want chmod 600 %s", c, file)
	}
}
