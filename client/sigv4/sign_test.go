package sigv4_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
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

// gateway verifies signatures as API Gateway does, and answers something that every call of the client takes.
func gateway(t *testing.T, verified func(r *http.Request, err error)) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, err := verifier.Verify(r, body, func(key string) (string, bool) { return "secret", key == "AKID" }, time.Now())
		verified(r, err)
		_, _ = io.WriteString(w, `{"runId":"abc","status":"SUCCEEDED","runs":[],"taskDefinitions":[],"events":[],"complete":true}`)
	}))
	t.Cleanup(s.Close)
	return s
}

// odd are texts that encoders differ about.
var odd = []string{
	"plain", "a b", "a+b", "a/b", "a%2Fb", "100%", "ü €", "a=b&c=d", "*~-_.!'()", "a;b,c:d@e", `"<>\^{}|`, "?#[]", "...", "a//b",
	"arn:aws:ecs:eu-west-1:123456789012:task-definition/a:1",
}

// calls are all of the client, with a text in each place that takes one.
func calls(ctx context.Context, c *client.Client, text string) map[string]func() error {
	body, _ := json.Marshal(map[string]string{"taskDefinition": text})
	at := time.Date(2026, 11, 29, 12, 0, 0, 1000, time.FixedZone("", 3600))
	return map[string]func() error{
		"Submit":      func() error { _, err := c.Submit(ctx, body, "key"); return err },
		"DryRun":      func() error { _, err := c.DryRun(ctx, body); return err },
		"Rerun":       func() error { _, err := c.Rerun(ctx, text, client.Rerun{Patch: body}, "key"); return err },
		"DryRerun":    func() error { _, err := c.DryRerun(ctx, text, client.Rerun{FailedOnly: true}); return err },
		"Get":         func() error { _, err := c.Get(ctx, text); return err },
		"Wait":        func() error { _, err := c.Wait(ctx, text, nil); return err },
		"Stop":        func() error { _, err := c.Stop(ctx, text, text, text); return err },
		"ByKey":       func() error { _, err := c.ByKey(ctx, text); return err },
		"Meta":        func() error { _, err := c.Meta(ctx); return err },
		"Register":    func() error { _, err := c.Register(ctx, body); return err },
		"Definition":  func() error { _, err := c.Definition(ctx, text); return err },
		"Deregister":  func() error { _, err := c.Deregister(ctx, text); return err },
		"Definitions": func() error { return errorOf(c.Definitions(ctx, client.DefinitionFilter{FamilyPrefix: text})) },
		"Runs": func() error {
			statuses := []client.Status{client.Failed, client.Lost}
			return errorOf(c.Runs(ctx, client.Filter{Statuses: statuses, Class: text, Open: true, CreatedAfter: at, CreatedBefore: at, Group: text}))
		},
		"LogPage": func() error {
			_, err := c.LogPage(ctx, text, client.LogQuery{Task: text, Tail: 9}, text)
			return err
		},
		"Logs":   func() error { return errorOf(c.Logs(ctx, text, client.LogQuery{Container: text})) },
		"Follow": func() error { return errorOf(c.Follow(ctx, text, client.LogQuery{Since: text})) },
	}
}

func errorOf[T any](all iter.Seq2[T, error]) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestSign_EveryRequestOfTheClient_IsVerified(t *testing.T) {
	var refused error
	var sent int
	s := gateway(t, func(_ *http.Request, err error) { sent++; refused = err })
	static := credentials.NewStaticCredentialsProvider("AKID", "secret", "a session/token+with=signs")
	c := &client.Client{URL: s.URL, Sign: sigv4.Sign(static, "eu-west-1"), UserAgent: "davit/1  (two  spaces)"}
	for _, text := range odd {
		for name, call := range calls(t.Context(), c, text) {
			sent, refused = 0, nil
			if err := call(); err != nil {
				t.Errorf("%s with %q: got %v, want no error", name, text, err)
			}
			if refused != nil {
				t.Errorf("%s with %q: got %v, want that it is verified", name, text, refused)
			}
			if sent != 1 {
				t.Errorf("%s with %q: got %d requests, want 1", name, text, sent)
			}
		}
	}
}

func TestSign_KeysWithSpaces_AreVerified(t *testing.T) {
	s := gateway(t, func(_ *http.Request, err error) {
		if err != nil {
			t.Errorf("got %v, want that it is verified", err)
		}
	})
	c := &client.Client{URL: s.URL, Sign: sigv4.Sign(credentials.NewStaticCredentialsProvider("AKID", "secret", ""), "eu-west-1")}
	if _, err := c.Submit(t.Context(), []byte(`{}`), "key  with   spaces"); err != nil {
		t.Fatal(err)
	}
}

func TestSign_AWrongClock_IsRefused(t *testing.T) {
	var refused error
	s := gateway(t, func(_ *http.Request, err error) { refused = err })
	late := func() time.Time { return time.Now().Add(-6 * time.Minute) }
	c := &client.Client{URL: s.URL, Sign: sigv4.SignAt(credentials.NewStaticCredentialsProvider("AKID", "secret", ""), "eu-west-1", late)}
	if _, err := c.Get(t.Context(), "abc"); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(refused, verifier.ErrSkewed) {
		t.Errorf("got %v, want %v", refused, verifier.ErrSkewed)
	}
}

func TestSign_SessionToken_IsTheOneOfEachTry(t *testing.T) {
	var tokens []string
	s := gateway(t, func(r *http.Request, _ error) { tokens = append(tokens, r.Header.Get("X-Amz-Security-Token")) })
	n := 0
	renewed := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		n++
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: strings.Repeat("t", n)}, nil
	})
	c := &client.Client{URL: s.URL, Sign: sigv4.Sign(renewed, "eu-west-1")}
	for range 2 {
		if _, err := c.Get(t.Context(), "abc"); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(tokens, " "); got != "t tt" {
		t.Errorf("got the tokens %q, want t tt", got)
	}
}

func TestSign_NoCredentials_NothingIsSent(t *testing.T) {
	sent := 0
	s := gateway(t, func(*http.Request, error) { sent++ })
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
