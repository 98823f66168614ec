package sigv4_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"davit/internal/sigv4"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func secrets(key string) (string, bool) { return "secret", key == "AKIDEXAMPLE" }

// signed is a request that AWS's SDK signed.
func signed(t *testing.T, method, url, body string, change func(*http.Request)) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, url, bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Target", "Service.Operation")
	sum := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, r, hex.EncodeToString(sum[:]), "ecs", "eu-west-1", noon); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	return r
}

func TestVerify_SignedByTheSDK(t *testing.T) {
	for name, c := range map[string]struct{ method, url, body string }{
		"POST to the root":       {"POST", "http://127.0.0.1:3001/", `{"cluster":"a"}`},
		"no body":                {"GET", "http://example.com/runs/abc", ""},
		"a query":                {"GET", "http://example.com/runs?limit=5&status=A%2CB&cursor=a%2Fb%3D%3D&empty=", ""},
		"characters in the path": {"GET", "http://example.com/task-definitions/arn%3Aaws%3Aecs/a%20b~c", ""},
		"a value given twice":    {"GET", "http://example.com/?b=2&a=1&b=1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := sigv4.Verify(signed(t, c.method, c.url, c.body, nil), []byte(c.body), secrets, noon.Add(time.Minute))
			if err != nil || key != "AKIDEXAMPLE" {
				t.Errorf("key %q, error %v, want AKIDEXAMPLE and none", key, err)
			}
		})
	}
}

func TestVerify_AnythingChanged_IsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*http.Request)
		body   string
		at     time.Time
		want   error
	}{
		"no signature":       {func(r *http.Request) { r.Header.Del("Authorization") }, "x", noon, sigv4.ErrUnsigned},
		"a bearer token":     {func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, "x", noon, sigv4.ErrUnsigned},
		"half a header":      {func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a") }, "x", noon, sigv4.ErrMalformed},
		"no date":            {func(r *http.Request) { r.Header.Del("X-Amz-Date") }, "x", noon, sigv4.ErrMalformed},
		"another body":       {nil, "y", noon, sigv4.ErrSignature},
		"an unsigned body":   {func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }, "x", noon, sigv4.ErrSignature},
		"a hash of another":  {func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "00") }, "x", noon, sigv4.ErrSignature},
		"another path":       {func(r *http.Request) { r.URL.Path = "/b" }, "x", noon, sigv4.ErrSignature},
		"another method":     {func(r *http.Request) { r.Method = "DELETE" }, "x", noon, sigv4.ErrSignature},
		"another host":       {func(r *http.Request) { r.Host = "example.org" }, "x", noon, sigv4.ErrSignature},
		"another query":      {func(r *http.Request) { r.URL.RawQuery = "a=2" }, "x", noon, sigv4.ErrSignature},
		"another operation":  {func(r *http.Request) { r.Header.Set("X-Amz-Target", "Other") }, "x", noon, sigv4.ErrSignature},
		"another token":      {func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "b") }, "x", noon, sigv4.ErrSignature},
		"six minutes late":   {nil, "x", noon.Add(6 * time.Minute), sigv4.ErrSkewed},
		"six minutes early":  {nil, "x", noon.Add(-6 * time.Minute), sigv4.ErrSkewed},
		"an unknown key":     {rename("AKIDEXAMPLE", "AKIDOTHER"), "x", noon, sigv4.ErrUnknown},
		"another region":     {rename("eu-west-1", "eu-west-2"), "x", noon, sigv4.ErrSignature},
		"host is not signed": {rename("host;", ""), "x", noon, sigv4.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			r := signed(t, "POST", "http://example.com/a?a=1", "x", c.change)
			if _, err := sigv4.Verify(r, []byte(c.body), secrets, c.at); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

// rename replaces a part of the Authorization header.
func rename(old, with string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", string(bytes.Replace([]byte(r.Header.Get("Authorization")), []byte(old), []byte(with), 1)))
	}
}
