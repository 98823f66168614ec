package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Problem is an answer of the API that is no success (RFC 9457).
type Problem struct {
	// Type is the kind of problem, one of docs/api.yaml: invalid-request, not-found, key-reused, throttled, unavailable, not-recorded … It is http where a gateway or
	// proxy in between answered.
	Type      string      `json:"type"`
	Title     string      `json:"title"`
	Status    int         `json:"status"` // of HTTP
	Detail    string      `json:"detail"`
	RequestID string      `json:"requestId"`
	Errors    []Violation `json:"errors"`

	ahead time.Duration // this machine's clock, of the server's; 0 where the server sent no time
}

// Violation is one broken rule of a request.
type Violation struct {
	Field  string `json:"field"` // a JSON pointer into the body, or query:NAME, header:NAME
	Rule   string `json:"rule"`  // a row of docs/rules.md
	Detail string `json:"detail"`
}

// Error returns the status, the title and the detail on one line, and each broken rule on a line of its own.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", p.Status, p.Title)
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	for _, v := range p.Errors {
		fmt.Fprintf(&b, "\n  %s  %s  %s", v.Field, v.Rule, v.Detail)
	}
	return b.String()
}

// notRecorded is the type of a 503 that promises that nothing was recorded.
const notRecorded = "not-recorded"

// temporary reports whether the same request may succeed later.
func (p *Problem) temporary() bool {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	default:
		return p.Status >= http.StatusInternalServerError
	}
}

// mayBeCarriedOut reports whether the request that the problem answers may have been carried out all the same.
func (p *Problem) mayBeCarriedOut() bool {
	return p.Status == http.StatusRequestTimeout || p.Status >= http.StatusInternalServerError && p.Type != notRecorded
}

// inBetween is the type of answers of a gateway or proxy in between.
const inBetween = "http"

// problemOf reads the problem that an answer is.
func problemOf(resp *http.Response, body []byte) *Problem {
	p := &Problem{}
	if json.Unmarshal(body, p) != nil || p.Type == "" {
		p = &Problem{Type: inBetween, Title: http.StatusText(resp.StatusCode), Detail: messageOf(body)}
	}
	if to := resp.Header.Get("Location"); p.Detail == "" && to != "" {
		p.Detail = "it redirects to " + to
	}
	p.Status = resp.StatusCode
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		p.ahead = time.Since(at)
	}
	return p
}

// messageOf is the message of API Gateway's own answers.
func messageOf(body []byte) string {
	var gateway struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &gateway)
	return gateway.Message
}

// IsNotFound reports whether err is the API's answer that there is no such run or definition, or none that the caller may see.
func IsNotFound(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}

// UnknownError is returned where a request may have been carried out or not: every try got no answer, or one of a server that failed.
type UnknownError struct {
	// Key is the idempotency key of a submission: repeating it with the same body is safe, and answers what became of it.
	Key string
	// Err is the error of the last try.
	Err error
}

// Error names the key to repeat the request with.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("it is not known whether the run was recorded: %v; repeat it with the key %q, which is safe", e.Err, e.Key)
}

// Unwrap returns the error of the last try.
func (e *UnknownError) Unwrap() error { return e.Err }
