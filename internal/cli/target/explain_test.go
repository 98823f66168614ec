package target_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"davit/client"
	"davit/internal/cli/target"
)

func resolve(t *testing.T, o target.Options) *target.Target {
	t.Helper()
	o.Env = func(string) string { return "" }
	x, err := target.Resolve(t.Context(), &target.Config{}, o)
	if err != nil {
		t.Fatal(err)
	}
	x.Client.Patience = -1
	return x
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const forbidden = `{"message":"Forbidden"}`

// closedPort is an address of loopback where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

func TestExplain_Answers(t *testing.T) {
	isolate(t, "")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	clock := func(ahead time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			answer(403, forbidden, "Date", time.Now().Add(-ahead).UTC().Format(http.TimeFormat))(w, r)
		}
	}
	sign, token := target.Options{Region: "eu-west-1"}, target.Options{Token: "e30.eyJzdWIiOiJjaSIsImV4cCI6MTAwMDAwMDAwMH0.x"}
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		o      target.Options
		want   string
	}{
		"not allowed":          {answer(403, forbidden), sign, "AWS does not allow the request; have execute-api:Invoke allowed on the API's ARN, or use another --profile"},
		"ahead":                {clock(7*time.Minute + 12*time.Second), sign, "clock is 7 min 1"},
		"behind":               {clock(-6 * time.Minute), sign, "behind the server; requests are refused from 5 min on; set the clock"},
		"a little ahead":       {clock(4 * time.Minute), sign, "AWS does not allow the request"},
		"the scope is missing": {answer(403, forbidden), target.Options{Token: "t"}, "davit/run"},
		"who asks":             {answer(403, forbidden), target.Options{}, "the server wants to know who asks"},
		"Davit refuses":        {answer(403, `{"type":"forbidden","title":"This is not allowed","detail":"ecs:RunTask"}`), sign, "ecs:RunTask"},
		"another token":        {answer(401, `{"message":"Unauthorized"}`), target.Options{Token: "t"}, "does not take the token"},
		"the token is over":    {answer(401, `{"message":"Unauthorized"}`), token, "the token expired at 2001-09-09T01:46:40Z"},
		"no token":             {answer(401, `{"message":"Unauthorized"}`), target.Options{}, "the server wants a token"},
		"no such route":        {answer(404, `{"message":"Not Found"}`), target.Options{}, "another version"},
		"another program":      {answer(200, "<html>"), target.Options{}, "is not Davit; check the address"},
		"another API":          {answer(200, `{"ok":true}`), target.Options{}, "is not Davit; check the address"},
		"a redirect":           {answer(302, "", "Location", "http://127.0.0.1:1/"), target.Options{}, "sends requests to another address"},
		"no such run":          {answer(404, `{"type":"not-found","title":"There is no such thing here","detail":"no such run"}`), target.Options{}, "no such run"},
		"too many":             {answer(429, `{"message":"Too Many Requests"}`), target.Options{}, "too many requests"},
		"a failure":            {answer(500, `{"type":"internal","title":"Davit failed","requestId":"r1"}`), target.Options{}, "Davit failed; try again; the server's log has the cause under request id r1"},
		"cut off":              {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, target.Options{}, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.URL = serve(t, c.handle)
			x := resolve(t, c.o)
			_, err := x.Client.Get(t.Context(), "abc")
			what, todo := target.Explain(err, x)
			if got := what + "; " + todo; !strings.Contains(got, c.want) {
				t.Errorf("got %q, want one with %q (error %v)", got, c.want, err)
			}
		})
	}
}

func TestExplain_Unreachable(t *testing.T) {
	local := closedPort(t)
	silent := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	plain := strings.Replace(serve(t, answer(200, "")), "http://", "https://", 1)
	for name, c := range map[string]struct {
		o    target.Options
		want string
	}{
		"local mode does not run": {target.Options{URL: local}, "nothing listens at " + strings.TrimPrefix(local, "http://") + "; start it with `davit local`"},
		"no answer":               {target.Options{URL: silent}, "did not answer in time"},
		"http for https":          {target.Options{URL: plain, Token: "t"}, "does not speak https"},
	} {
		t.Run(name, func(t *testing.T) {
			x := resolve(t, c.o)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			_, err := x.Client.Get(ctx, "abc")
			what, todo := target.Explain(err, x)
			if got := what + "; " + todo; !strings.Contains(got, c.want) {
				t.Errorf("got %q, want one with %q (error %v)", got, c.want, err)
			}
		})
	}
}

func TestExplain_WithoutATarget(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"none":          {nil, "; "},
		"no such host":  {&net.DNSError{Err: "no such host", Name: "a.example", IsNotFound: true}, "there is no host a.example; check the address; a stack that was removed has none any more"},
		"not known":     {&client.UnknownError{Key: "k", Err: &client.Problem{Type: "http", Status: 503, Title: "Service Unavailable"}}, "it is not known whether the run was recorded: the server failed: Service Unavailable; repeat the command with --key k, which is safe"},
		"interrupted":   {fmt.Errorf("get: %w", context.Canceled), "it was interrupted; "},
		"forbidden":     {&client.Problem{Type: "http", Status: 403, Title: "Forbidden"}, "Forbidden; "},
		"of another":    {&target.Error{Kind: target.KindURL, What: "a", Do: "b"}, "a; b"},
		"unknown":       {fmt.Errorf("a: %w", io.ErrUnexpectedEOF), "unexpected EOF; "},
		"a redirection": {&client.Problem{Type: "http", Status: 301}, "the server sends requests to another address, which Davit does not; check the address: --url"},
	} {
		t.Run(name, func(t *testing.T) {
			what, todo := target.Explain(c.err, nil)
			if got := what + "; " + todo; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestExplain_Forbidden_NamesTheResource(t *testing.T) {
	x := resolve(t, target.Options{URL: apiURL})
	_, todo := target.Explain(&client.Problem{Type: "http", Status: 403}, x)
	if want := "arn:aws:execute-api:eu-west-1:*:a1b2c3/*/*"; !strings.Contains(todo, want) {
		t.Errorf("got %q, want one with %q", todo, want)
	}
}
