package fakeaws

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Call is one request to a service.
type Call struct {
	Operation string
	Input     json.RawMessage
}

// Calls is a fake of Step Functions and EventBridge that accepts every request, does nothing, and records it. The zero Calls is ready to use.
type Calls struct {
	mu   sync.Mutex
	made []Call
}

// Made returns the requests so far, oldest first.
func (c *Calls) Made() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Call(nil), c.made...)
}

// ServeHTTP serves StartExecution, SendTaskSuccess and PutEvents, and refuses any other operation.
func (c *Calls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	input, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	c.mu.Lock()
	c.made = append(c.made, Call{operation, input})
	c.mu.Unlock()
	status, body := answer(operation, input)
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // as above
}

// answer returns the service's answer to an operation.
func answer(operation string, input []byte) (status int, body string) {
	switch operation {
	case "StartExecution":
		return http.StatusOK, fmt.Sprintf(`{"executionArn":"arn:aws:states:local:000000000000:execution:davit-run:local","startDate":%d}`, time.Now().Unix())
	case "SendTaskSuccess":
		return http.StatusOK, `{}`
	case "PutEvents":
		var in struct{ Entries []json.RawMessage }
		if err := json.Unmarshal(input, &in); err != nil {
			return http.StatusBadRequest, `{"__type":"ValidationException"}`
		}
		accepted := strings.Repeat(`{"EventId":"00000000-0000-4000-8000-000000000000"},`, len(in.Entries))
		return http.StatusOK, `{"FailedEntryCount":0,"Entries":[` + strings.TrimSuffix(accepted, ",") + `]}`
	default:
		return http.StatusBadRequest, `{"__type":"UnknownOperationException"}`
	}
}

// transportHandler is the http.Handler that forwards requests to a transport.
type transportHandler struct{ transport http.RoundTripper }

// ServeHTTP forwards the request. It drops the connection when the transport returns an error.
func (f transportHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := f.transport.RoundTrip(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
	_ = answer.Body.Close() // in memory
}
