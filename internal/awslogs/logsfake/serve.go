package logsfake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
)

// ServeHTTP serves GetLogEvents in the protocol awsJson1.1, and refuses any other operation.
func (l *Logs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	var c Call
	if r.Header.Get("X-Amz-Target") != "Logs_20140328.GetLogEvents" || json.Unmarshal(body, &c) != nil {
		refuse(w, &Refusal{http.StatusBadRequest, "UnknownOperationException", ""})
		return
	}
	answer, refusal := l.get(c)
	if refusal != nil {
		refuse(w, refusal)
		return
	}
	_ = json.NewEncoder(w).Encode(answer) // nothing is left to do for a caller that is gone
}

func refuse(w http.ResponseWriter, r *Refusal) {
	w.WriteHeader(r.Status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": r.Code, "message": r.Message}) // as above
}

// RoundTrip serves a request without a socket, so that a client reaches the fake under virtual time.
func (l *Logs) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}
