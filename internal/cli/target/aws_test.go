package target_test

import (
	"crypto/sha1" //nolint:gosec // the name of SSO's cache files
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"davit/internal/cli/target"
	"davit/internal/sigv4"
)

// isolate sets an AWS configuration of its own, without any credentials of this machine, and returns the home folder.
func isolate(t *testing.T, config string) string {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, "aws-config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			_ = os.Unsetenv(name) // t.Setenv puts it back
		}
	}
	for name, value := range map[string]string{
		"HOME": home, "USERPROFILE": home, "AWS_CONFIG_FILE": file, "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "none"),
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	return home
}

// serve runs a server and returns its address.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

// verified returns a handler that answers requests signed with the key AKID and the secret, and refuses others as an HTTP API does.
func verified(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if _, err := sigv4.Verify(r, body, func(key string) (string, bool) { return "secret", key == "AKID" }, time.Now()); err != nil {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, forbidden)
			return
		}
		_, _ = io.WriteString(w, answer)
	}
}

const run = `{"runId":"abc","status":"SUCCEEDED"}`

// signing is a target that signs for a server on loopback.
func signing(t *testing.T, url, profile string) *target.Target {
	t.Helper()
	x, err := target.Resolve(t.Context(), &target.Config{}, target.Options{URL: url, Region: "eu-west-1", Profile: profile, Env: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	x.Client.Patience = -1
	return x
}

const ssoProfile = "[profile sso]\nsso_start_url = https://start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = jobs\n"

// signIn writes a token of SSO that is valid until then.
func signIn(t *testing.T, home string, until time.Time) {
	t.Helper()
	sum := sha1.Sum([]byte("https://start")) //nolint:gosec // as above
	file := filepath.Join(home, ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"accessToken":"t","expiresAt":%q,"startUrl":"https://start","region":"eu-west-1"}`, until.UTC().Format(time.RFC3339))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCredentials_OfAnyKind_AreVerified(t *testing.T) {
	sso := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"roleCredentials":{"accessKeyId":"AKID","secretAccessKey":"secret","sessionToken":"t","expiration":%d}}`, time.Now().Add(time.Hour).UnixMilli())
	})
	container := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"AccessKeyId":"AKID","SecretAccessKey":"secret","Token":"t","Expiration":%q}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})
	for name, c := range map[string]struct {
		config, profile string
		env             map[string]string
	}{
		"variables":   {"", "", map[string]string{"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		"a profile":   {"[profile p]\naws_access_key_id = AKID\naws_secret_access_key = secret\n", "p", map[string]string{"AWS_ACCESS_KEY_ID": "OTHER", "AWS_SECRET_ACCESS_KEY": "x"}},
		"SSO":         {ssoProfile, "sso", map[string]string{"AWS_ENDPOINT_URL_SSO": sso}},
		"a container": {"", "", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": container}},
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t, c.config)
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			signIn(t, home, time.Now().Add(time.Hour))
			x := signing(t, serve(t, verified(run)), c.profile)
			if _, err := x.Client.Get(t.Context(), "abc"); err != nil {
				t.Errorf("error %v, want none", err)
			}
			who, err := x.Credentials(t.Context())
			if err != nil || who.Auth != target.SigV4 || who.Source == "" {
				t.Errorf("got %+v, error %v, want where they are from", who, err)
			}
		})
	}
}

func TestCredentials_Missing_IsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		config, profile string
		kind            target.Kind
		do              string
	}{
		"none":               {"", "", target.KindNoCredentials, "aws sso login"},
		"an unknown profile": {"[default]\nregion = eu-west-1\n", "work", target.KindProfile, "aws configure list-profiles"},
		"SSO, never signed":  {strings.Replace(ssoProfile, "https://start", "https://other", 1), "sso", target.KindExpired, "aws sso login --profile sso"},
		"SSO, over":          {ssoProfile, "sso", target.KindExpired, "aws sso login --profile sso"},
		"an SSO session, over": {
			"[profile sso]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = jobs\n[sso-session s]\nsso_start_url = https://start\nsso_region = eu-west-1\n",
			"sso", target.KindExpired, "aws sso login --profile sso",
		},
		"a process that fails": {"[profile p]\ncredential_process = davit-has-no-such-program\n", "p", target.KindNoCredentials, "aws sts get-caller-identity --profile p"},
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t, c.config)
			signIn(t, home, time.Now().Add(-time.Hour))
			sent := 0
			x := signing(t, serve(t, func(http.ResponseWriter, *http.Request) { sent++ }), c.profile)
			_, err := x.Client.Submit(t.Context(), []byte(`{}`), "key")
			if kindOf(err) != c.kind {
				t.Errorf("error %v, want the kind %q", err, c.kind)
			}
			if what, todo := target.Explain(err, x); what == "" || strings.Contains(what, "\n") || !strings.Contains(todo, c.do) {
				t.Errorf("explained as %q, %q, want one with %q", what, todo, c.do)
			}
			if sent != 0 {
				t.Errorf("%d requests were sent, want 0", sent)
			}
		})
	}
}

func TestCredentials_InstanceMetadataHangs_NoCredentialsSoon(t *testing.T) {
	isolate(t, "")
	done := make(chan struct{})
	hang := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-done })
	defer close(done)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", hang)
	x := signing(t, "http://127.0.0.1:1", "")
	begun := time.Now()
	_, err := x.Credentials(t.Context())
	if kindOf(err) != target.KindNoCredentials {
		t.Errorf("error %v, want that there are none", err)
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("it took %v, want at most some 2 s", took)
	}
}

func TestResolve_NoRegion_IsExplained(t *testing.T) {
	isolate(t, "")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	x, err := target.Resolve(t.Context(), &target.Config{}, target.Options{URL: "https://jobs.example.com", Env: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Client.Get(t.Context(), "abc"); kindOf(err) != target.KindRegion {
		t.Errorf("error %v, want that the Region is not known", err)
	}
}

func TestIdentity(t *testing.T) {
	isolate(t, "")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	const arn = "arn:aws:sts::123456789012:assumed-role/jobs/ann"
	t.Setenv("AWS_ENDPOINT_URL_STS", serve(t, verified("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>"+arn+"</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>")))
	if got, err := signing(t, "http://127.0.0.1:1", "").Identity(t.Context()); got != arn || err != nil {
		t.Errorf("got %q, error %v, want %q", got, err, arn)
	}
}
