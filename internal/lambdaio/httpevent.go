package lambdaio

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// HTTPEvent is the part that Davit reads of a payload 2.0 event.
type HTTPEvent struct {
	Version         string            `json:"version"`
	RawPath         string            `json:"rawPath"` // begins with the stage, unless that is $default
	RawQueryString  string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies"`
	Headers         map[string]string `json:"headers"` // names in lower case; repeated ones joined with commas
	RequestContext  HTTPContext       `json:"requestContext"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

// HTTPContext is the part that Davit reads of an event's requestContext.
type HTTPContext struct {
	Stage      string          `json:"stage"`
	RequestID  string          `json:"requestId"`
	Authorizer json.RawMessage `json:"authorizer"` // {iam}, {jwt} or {lambda}; absent on an open route
	HTTP       struct {
		Method   string `json:"method"`
		Protocol string `json:"protocol"`
		SourceIP string `json:"sourceIp"`
	} `json:"http"`
}

func parseHTTPEvent(payload []byte) (HTTPEvent, error) {
	var e HTTPEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return e, badEvent("the payload is not an HTTP API event", err)
	}
	switch {
	case e.Version != "2.0":
		return e, badEvent("the HTTP API event is not of payload format 2.0", nil)
	case !isMethod(e.RequestContext.HTTP.Method):
		return e, badEvent("the HTTP API event has no method", nil)
	case !strings.HasPrefix(e.RawPath, "/"):
		return e, badEvent("the HTTP API event has no path", nil)
	}
	return e, nil
}

func isMethod(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") == ""
}

// request returns the event as the request that net/http's server would pass to its handler.
func (e HTTPEvent) request(ctx context.Context) (*http.Request, error) {
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	h, host := e.header()
	u := e.url()
	r := &http.Request{
		Method: e.RequestContext.HTTP.Method, URL: u, RequestURI: u.RequestURI(), Header: h, Host: host,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		RemoteAddr: net.JoinHostPort(e.RequestContext.HTTP.SourceIP, "0"),
	}
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	if major, minor, ok := http.ParseHTTPVersion(e.RequestContext.HTTP.Protocol); ok {
		r.Proto, r.ProtoMajor, r.ProtoMinor = e.RequestContext.HTTP.Protocol, major, minor
	}
	return r.WithContext(ctx), nil
}

func (e HTTPEvent) body() ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, badEvent("the HTTP API event's body is not base64", err)
	}
	return body, nil
}

// header returns the event's headers, and the Host header separately, as net/http does.
func (e HTTPEvent) header() (h http.Header, host string) {
	h = http.Header{}
	names := make([]string, 0, len(e.Headers))
	for name := range e.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h.Add(name, e.Headers[name])
	}
	host = h.Get("Host")
	h.Del("Host")
	if len(e.Cookies) > 0 {
		h.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	return h, host
}

// url returns the event's URL without the stage. A path that is not valid percent-encoding is taken literally.
func (e HTTPEvent) url() *url.URL {
	raw := e.RawPath
	if stage := e.RequestContext.Stage; stage != "" && stage != "$default" {
		if rest, has := strings.CutPrefix(raw, "/"+stage); has && (rest == "" || rest[0] == '/') {
			raw = "/" + strings.TrimPrefix(rest, "/")
		}
	}
	u := &url.URL{Path: raw, RawQuery: e.RawQueryString}
	if path, err := url.PathUnescape(raw); err == nil {
		u.Path, u.RawPath = path, raw
	}
	return u
}
