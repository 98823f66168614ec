package lambdaio

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"
)

// httpResponse is an answer in payload format 2.0.
type httpResponse struct {
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	Cookies         []string          `json:"cookies,omitempty"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

// encodeResponse writes <, > and & as they are: a body of them would else be six times as long, and Lambda takes 6 MB.
func encodeResponse(resp httpResponse) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(resp); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// recorder is the http.ResponseWriter of one event.
type recorder struct {
	header http.Header
	sent   http.Header // copy of header at the first WriteHeader
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

// WriteHeader sets the status; only the first call counts. It drops interim answers (1xx), which the gateway cannot send.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.sent == nil && w.header.Get("Content-Type") == "" {
		w.header.Set("Content-Type", http.DetectContentType(p))
	}
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// response returns the recorded answer to a request with that method.
func (w *recorder) response(method string) httpResponse {
	w.WriteHeader(http.StatusOK)
	resp := httpResponse{StatusCode: w.status, Headers: map[string]string{}, Cookies: w.sent["Set-Cookie"]}
	for name, values := range w.sent {
		if name != "Set-Cookie" && name != "Content-Length" { // the gateway sets the length
			resp.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	switch {
	case method == http.MethodHead || w.status == http.StatusNoContent || w.status == http.StatusNotModified:
	case utf8.Valid(w.body.Bytes()):
		resp.Body = w.body.String()
	default:
		resp.Body, resp.IsBase64Encoded = base64.StdEncoding.EncodeToString(w.body.Bytes()), true
	}
	return resp
}
