package runtimeapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// maxPayload is the limit of the Runtime API for an answer, in bytes: Lambda's 6 MB, and 100 KB for its envelope.
const maxPayload = 6<<20 + 100<<10

// ServeHTTP serves the four calls of version 2018-06-01.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ours := strings.CutPrefix(r.URL.Path, "/2018-06-01/runtime/")
	id, verb, _ := strings.Cut(strings.TrimPrefix(path, "invocation/"), "/")
	switch {
	case ours && r.Method == http.MethodGet && path == "invocation/next":
		a.next(w, r)
	case ours && r.Method == http.MethodPost && path == "init/error":
		a.initError(w, r)
	case ours && r.Method == http.MethodPost && (verb == "response" || verb == "error"):
		a.finish(w, r, id, verb == "error")
	default:
		refuse(w, http.StatusNotFound, "NotFound", r.Method+" "+r.URL.Path)
	}
}

// next waits for an event until the function closes the connection.
func (a *API) next(w http.ResponseWriter, r *http.Request) {
	select {
	case i := <-a.events:
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:local:000000000000:function:local")
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
		_, _ = w.Write(i.payload) // if the function is gone, Invoke ends with its context
	case <-r.Context().Done():
	}
}

// finish ends the invocation id with an answer or, if failed, an error.
func (a *API) finish(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	o := Outcome{Answer: body}
	if failed {
		o = Outcome{Failure: failure(body)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil || a.current.id != id || len(a.current.outcome) > 0 {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "no invocation of that id is open")
		return
	}
	a.current.outcome <- o
	accept(w)
}

// initError records that the function cannot start.
func (a *API) initError(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.initErr != nil {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the start has failed before")
		return
	}
	a.initErr = failure(body)
	a.initErr.Init = true
	close(a.initFailed)
	accept(w)
}

// read returns the request's body. If it cannot, it writes the error and ok is false.
func read(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "exceeded maximum allowed payload size")
	case err != nil:
		refuse(w, http.StatusBadRequest, "InvalidRequest", "the body cannot be read")
	}
	return body, err == nil
}

// failure parses a function's error. A body that is not one becomes an Unhandled error with the body as its message.
func failure(body []byte) *Failure {
	var f Failure
	if err := json.Unmarshal(body, &f); err != nil || f.Type == "" {
		return &Failure{Type: "Unhandled", Message: string(body)}
	}
	return &f
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`) // the function may be gone
}

func refuse(w http.ResponseWriter, status int, name, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": name, "errorMessage": message}) // as above
}
