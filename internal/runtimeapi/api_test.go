package runtimeapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/runtimeapi"
)

// ask makes one request as a function's runtime does.
func ask(ctx context.Context, api http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, "/2018-06-01/runtime/"+path, strings.NewReader(body)))
	return w
}

// serve serves invocations until ctx ends. handle returns the verb, response or error, and the body.
func serve(ctx context.Context, api http.Handler, handle func(event string) (verb, body string)) {
	for ctx.Err() == nil {
		next := ask(ctx, api, "GET", "invocation/next", "")
		id := next.Header().Get("Lambda-Runtime-Aws-Request-Id")
		if id == "" {
			return
		}
		verb, body := handle(next.Body.String())
		ask(ctx, api, "POST", "invocation/"+id+"/"+verb, body)
	}
}

// wantFailure checks that an invocation failed with that name and message.
func wantFailure(t *testing.T, o runtimeapi.Outcome, err error, want string, atStart bool) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	if o.Failure == nil {
		t.Errorf("the answer is %q, want the failure %q", o.Answer, want)
		return
	}
	if got := o.Failure.Error(); got != want {
		t.Errorf("the failure is %q, want %q", got, want)
	}
	if o.Failure.Init != atStart {
		t.Errorf("the failure's Init is %t, want %t", o.Failure.Init, atStart)
	}
}

func wantAnswer(t *testing.T, o runtimeapi.Outcome, err error, want string) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	if o.Failure != nil {
		t.Errorf("the failure is %v, want the answer %q", o.Failure, want)
	}
	if string(o.Answer) != want {
		t.Errorf("the answer is %q, want %q", o.Answer, want)
	}
}

func TestInvocations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		go serve(t.Context(), api, func(event string) (string, string) {
			if event == "fail" {
				return "error", `{"errorType":"Davit.Conflict","errorMessage":"others were faster","stackTrace":[]}`
			}
			return "response", "answer to " + event
		})
		for range 2 {
			o, err := api.Invoke(t.Context(), []byte("one"))
			wantAnswer(t, o, err, "answer to one")
			o, err = api.Invoke(t.Context(), []byte("fail"))
			wantFailure(t, o, err, "Davit.Conflict: others were faster", false)
		}
	})
}

func TestNext_HasTheEventItsDeadlineAndTheFunctionARN(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		go func() { _, _ = api.Invoke(ctx, []byte(`{"a":1}`)) }() // its outcome is not this test's
		next := ask(t.Context(), api, "GET", "invocation/next", "")
		h := next.Header()
		if got := next.Body.String(); got != `{"a":1}` {
			t.Errorf(`the event is %s, want {"a":1}`, got)
		}
		if got := h.Get("Lambda-Runtime-Deadline-Ms"); got != "946684803000" {
			t.Errorf("the deadline is %s, want 946684803000", got)
		}
		if h.Get("Lambda-Runtime-Invoked-Function-Arn") == "" {
			t.Error("there is no function ARN")
		}
	})
}

func TestAFunctionThatDoesNotAnswer(t *testing.T) {
	for name, requested := range map[string]bool{"asks for an event": true, "does not ask": false} {
		synctest.Test(t, func(t *testing.T) {
			api := runtimeapi.New()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if requested {
				go ask(t.Context(), api, "GET", "invocation/next", "")
			}
			if o, err := api.Invoke(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: answer %q, failure %v, error %v; want DeadlineExceeded", name, o.Answer, o.Failure, err)
			}
		})
	}
}

func TestOneInvocationAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = api.Invoke(ctx, nil) }() // it is cut off
		synctest.Wait()
		if _, err := api.Invoke(t.Context(), nil); !errors.Is(err, runtimeapi.ErrBusy) {
			t.Errorf("a second invocation returns the error %v, want ErrBusy", err)
		}
		cancel()
		synctest.Wait()
		go serve(t.Context(), api, func(string) (string, string) { return "response", "x" })
		o, err := api.Invoke(t.Context(), nil)
		wantAnswer(t, o, err, "x")
	})
}

func TestAFunctionThatCannotStart(t *testing.T) {
	const report = `{"errorType":"Davit.BadConfiguration","errorMessage":"DAVIT_TABLE is not set"}`
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		go func() {
			time.Sleep(time.Second)
			if w := ask(t.Context(), api, "POST", "init/error", report); w.Code != http.StatusAccepted {
				t.Errorf("the report gets status %d, want 202: %s", w.Code, w.Body)
			}
		}()
		for range 2 {
			o, err := api.Invoke(t.Context(), nil)
			wantFailure(t, o, err, "Davit.BadConfiguration: DAVIT_TABLE is not set", true)
		}
		if w := ask(t.Context(), api, "POST", "init/error", report); w.Code != http.StatusForbidden {
			t.Errorf("a second report gets status %d, want 403", w.Code)
		}
	})
}

func TestRefusals(t *testing.T) {
	api := runtimeapi.New()
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "invocation/unknown/response", "x", 400},
		{"POST", "invocation/unknown/error", "x", 400},
		{"POST", "invocation/unknown/response", strings.Repeat("x", 6<<20+100<<10+1), 413},
		{"POST", "invocation/next", "", 404},
		{"GET", "invocation/unknown/response", "", 404},
		{"GET", "", "", 404},
		{"GET", "init/error", "", 404},
	} {
		w := ask(t.Context(), api, test.method, test.path, test.body)
		if w.Code != test.status {
			t.Errorf("%s %s: status %d, want %d", test.method, test.path, w.Code, test.status)
		}
		if !strings.Contains(w.Body.String(), "errorType") {
			t.Errorf("%s %s: the body is %s, want an errorType", test.method, test.path, w.Body)
		}
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/elsewhere", http.NoBody))
	if w.Code != 404 {
		t.Errorf("another path gets status %d, want 404", w.Code)
	}
}

func TestAnErrorThatIsNoJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		go serve(t.Context(), api, func(string) (string, string) { return "error", "oh no" })
		o, err := api.Invoke(t.Context(), nil)
		wantFailure(t, o, err, "Unhandled: oh no", false)
	})
}

func TestABootstrapThatIsNotThere(t *testing.T) {
	if f, err := runtimeapi.Start(t.Context(), runtimeapi.Options{Bootstrap: t.TempDir() + "/bootstrap", Output: io.Discard}); err == nil {
		t.Errorf("Start returns no error, want one; closing: %v", f.Close())
	}
}
