package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type handlerFunc func(ctx context.Context) error

func (f handlerFunc) Invoke(ctx context.Context, _ []byte) ([]byte, error) {
	return []byte("answer"), f(ctx)
}

// A call that hangs ends before Lambda's deadline, with time to report it.
func TestInvocationsEndBeforeLambdaEndsThem(t *testing.T) {
	for _, test := range []struct{ has, left time.Duration }{
		{30 * time.Second, 29*time.Second + 500*time.Millisecond},
		{1001 * time.Millisecond, 501 * time.Millisecond},
		{time.Second, time.Second}, // too little to keep some of it back
		{0, 0},                     // no deadline
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if test.has > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.has)
				defer cancel()
			}
			began := time.Now()
			answer, err := deadlineMargin{handlerFunc(func(ctx context.Context) error {
				if test.has == 0 {
					return ctx.Err()
				}
				<-ctx.Done()
				return ctx.Err()
			})}.Invoke(ctx, nil)
			if took := time.Since(began); took != test.left || string(answer) != "answer" || errors.Is(err, context.DeadlineExceeded) != (test.has > 0) {
				t.Errorf("of %v: %q after %v with the error %v, want the end after %v", test.has, answer, took, err, test.left)
			}
		})
	}
}

func TestWhyAFunctionDoesNotStartIsReported(t *testing.T) {
	cause := errors.New("DAVIT_TABLE is not set; allowed: \"a name\"\nDAVIT_PREFIX is not set")
	var path, name string
	var body struct{ ErrorType, ErrorMessage string }
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, name = r.Method+" "+r.URL.Path, r.Header.Get("Lambda-Runtime-Function-Error-Type")
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	address := strings.TrimPrefix(api.URL, "http://")
	if err := postInitError(address, cause); err != nil {
		t.Fatal(err)
	}
	api.Close()
	if want := "POST /2018-06-01/runtime/init/error"; path != want {
		t.Errorf("the report is %s, want %s", path, want)
	}
	if name != NameBadConfiguration {
		t.Errorf("the header's error type is %s, want %s", name, NameBadConfiguration)
	}
	if body.ErrorType != name {
		t.Errorf("the body's error type is %s, want the header's, %s", body.ErrorType, name)
	}
	if body.ErrorMessage != cause.Error() {
		t.Errorf("the message is %q, want %q", body.ErrorMessage, cause)
	}
	if err := postInitError(address, cause); err == nil {
		t.Error("a report to a closed server returns no error, want one")
	}
	if err := postInitError("", cause); err != nil {
		t.Errorf("outside Lambda: error %v, want none", err)
	}
}
