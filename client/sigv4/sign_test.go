package sigv4_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"davit/client"
	"davit/client/sigv4"
	verifier "davit/internal/sigv4"
)

// gateway verifies signatures as API Gateway does, and answers a run.
func gateway(t *testing.T, verified func(error)) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, err := verifier.Verify(r, body, func(key string) (string, bool) { return "secret", key == "AKID" }, time.Now())
		verified(err)
		_, _ = io.WriteString(w, `{"runId":"abc","status":"SUCCEEDED"}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestSign_RequestsOfTheClient_AreVerified(t *testing.T) {
	var seen []error
	s := gateway(t, func(err error) { seen = append(seen, err) })
	c := &client.Client{URL: s.URL, Sign: sigv4.Sign(credentials.NewStaticCredentialsProvider("AKID", "secret", "token"), "eu-west-1")}
	if _, err := c.Submit(t.Context(), []byte(`{"taskDefinition":"a b/ü"}`), "key with spaces"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), "a b"); err != nil {
		t.Fatal(err)
	}
	for _, err := range c.Runs(t.Context(), client.Filter{Status: client.Failed, Group: "a/b =&"}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, err := range seen {
		if err != nil {
			t.Errorf("request %d: %v", i+1, err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d requests, want 3", len(seen))
	}
}

func TestSign_NoCredentials_NothingIsSent(t *testing.T) {
	sent := 0
	s := gateway(t, func(error) { sent++ })
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("the SSO session has expired")
	})
	c := &client.Client{URL: s.URL, Sign: sigv4.Sign(none, "eu-west-1")}
	_, err := c.Get(t.Context(), "abc")
	if err == nil || !strings.Contains(err.Error(), "the SSO session has expired") {
		t.Errorf("error %v, want the cause in it", err)
	}
	if sent != 0 {
		t.Errorf("%d requests were sent, want 0", sent)
	}
}
