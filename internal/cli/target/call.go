package target

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"davit/client"
)

// Answer is an answer of the server, whatever its status.
type Answer struct {
	Status int
	Body   []byte
}

// Call makes a request once. With signed it shows who asks, as the client's requests do; otherwise it does not.
func (t *Target) Call(ctx context.Context, method, path string, body []byte, signed bool) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, t.Context.URL+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Accept", "application/json")
	if t.Client.UserAgent != "" {
		r.Header.Set("User-Agent", t.Client.UserAgent)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if signed && t.Client.Sign != nil {
		if err := t.Client.Sign(ctx, r, body); err != nil {
			return Answer{}, err
		}
	}
	resp, err := t.http.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return Answer{Status: resp.StatusCode, Body: text}, err
}

// IsDavit reports whether an answer is Davit's own, and not that of a gateway or of another program.
func (a Answer) IsDavit() bool {
	var p client.Problem
	return json.Unmarshal(a.Body, &p) == nil && (a.Status < http.StatusMultipleChoices || p.Type != "")
}
