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

// serve answers invocations until ctx ends, by handle, which says the verb and the body.
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
			if o, err := api.Invoke(t.Context(), []byte("one")); err != nil || string(o.Answer) != "answer to one" || o.Failure != nil {
				t.Errorf("%+v, %v", o, err)
			}
			if o, err := api.Invoke(t.Context(), []byte("fail")); err != nil || o.Failure == nil || o.Failure.Error() != "Davit.Conflict: others were faster" || o.Failure.Init {
				t.Errorf("%+v, %v", o, err)
			}
		}
	})
}

func TestWhatAFunctionIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		go func() { _, _ = api.Invoke(ctx, []byte(`{"a":1}`)) }() // its outcome is not this test's
		next := ask(t.Context(), api, "GET", "invocation/next", "")
		h := next.Header()
		if next.Body.String() != `{"a":1}` || h.Get("Lambda-Runtime-Deadline-Ms") != "946684803000" || h.Get("Lambda-Runtime-Invoked-Function-Arn") == "" {
			t.Errorf("%s %v", next.Body, h)
		}
	})
}

func TestAFunctionThatDoesNotAnswer(t *testing.T) {
	for name, asks := range map[string]bool{"asks for an event": true, "does not ask": false} {
		synctest.Test(t, func(t *testing.T) {
			api := runtimeapi.New()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if asks {
				go ask(t.Context(), api, "GET", "invocation/next", "")
			}
			if o, err := api.Invoke(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %+v, %v", name, o, err)
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
			t.Errorf("%v", err)
		}
		cancel()
		synctest.Wait()
		go serve(t.Context(), api, func(string) (string, string) { return "response", "x" })
		if o, err := api.Invoke(t.Context(), nil); err != nil || string(o.Answer) != "x" {
			t.Errorf("%+v, %v", o, err)
		}
	})
}

func TestAFunctionThatCannotStart(t *testing.T) {
	const report = `{"errorType":"Davit.BadConfiguration","errorMessage":"DAVIT_TABLE is not set"}`
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		go func() {
			time.Sleep(time.Second)
			if w := ask(t.Context(), api, "POST", "init/error", report); w.Code != http.StatusAccepted {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}()
		for range 2 {
			o, err := api.Invoke(t.Context(), nil)
			if err != nil || o.Failure == nil || !o.Failure.Init || o.Failure.Error() != "Davit.BadConfiguration: DAVIT_TABLE is not set" {
				t.Errorf("%+v, %v", o, err)
			}
		}
		if w := ask(t.Context(), api, "POST", "init/error", report); w.Code != http.StatusForbidden {
			t.Errorf("a second report: %d", w.Code)
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
		if w.Code != test.status || !strings.Contains(w.Body.String(), "errorType") {
			t.Errorf("%s %s: %d %s", test.method, test.path, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/elsewhere", http.NoBody))
	if w.Code != 404 {
		t.Errorf("another path: %d", w.Code)
	}
}

func TestAnErrorThatIsNoJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := runtimeapi.New()
		go serve(t.Context(), api, func(string) (string, string) { return "error", "oh no" })
		if o, err := api.Invoke(t.Context(), nil); err != nil || o.Failure == nil || o.Failure.Error() != "Unhandled: oh no" {
			t.Errorf("%+v, %v", o, err)
		}
	})
}

func TestABootstrapThatIsNotThere(t *testing.T) {
	if f, err := runtimeapi.Start(t.Context(), runtimeapi.Options{Bootstrap: t.TempDir() + "/bootstrap", Output: io.Discard}); err == nil {
		t.Errorf("it runs; closing: %v", f.Close())
	}
}
