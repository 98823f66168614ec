package httpapi_test

import (
	"net/http"
	"testing"

	"davit/internal/httpapi"
)

func TestGuard(t *testing.T) {
	type header = map[string][]string
	tests := []struct {
		name, host string
		header     header
		refused    bool
	}{
		{name: "loopback", host: "127.0.0.1:3000"},
		{name: "another loopback address and port", host: "127.9.9.9:1"},
		{name: "without port", host: "localhost"},
		{name: "upper case", host: "LOCALHOST:3000"},
		{name: "IPv6", host: "[::1]:3000"},
		{name: "IPv6 without port", host: "[::1]"},
		{name: "mapped", host: "[::ffff:127.0.0.1]:3000"},
		{name: "configured", host: "davit.internal:3000"},
		{name: "own page", host: "localhost:3000", header: header{"Origin": {"http://localhost:3000"}, "Sec-Fetch-Site": {"same-origin"}}},
		{name: "own page, default port", host: "localhost", header: header{"Origin": {"http://LOCALHOST:80"}}},
		{name: "typed by hand", host: "localhost:3000", header: header{"Sec-Fetch-Site": {"none"}}},

		{name: "no host", host: "", refused: true},
		{name: "rebound name", host: "evil.example:3000", refused: true},
		{name: "looks like localhost", host: "localhost.evil.example", refused: true},
		{name: "looks like loopback", host: "127.0.0.1.evil.example:3000", refused: true},
		{name: "other network", host: "192.168.1.4:3000", refused: true},
		{name: "unspecified", host: "0.0.0.0:3000", refused: true},
		{name: "userinfo", host: "localhost@evil.example", refused: true},
		{name: "foreign page", host: "localhost:3000", header: header{"Origin": {"http://evil.example"}}, refused: true},
		{name: "other port", host: "localhost:3000", header: header{"Origin": {"http://localhost:8080"}}, refused: true},
		{name: "other name of this machine", host: "localhost:3000", header: header{"Origin": {"http://127.0.0.1:3000"}}, refused: true},
		{name: "other scheme", host: "localhost:3000", header: header{"Origin": {"https://localhost:3000"}}, refused: true},
		{name: "sandboxed page", host: "localhost:3000", header: header{"Origin": {"null"}}, refused: true},
		{name: "empty origin", host: "localhost:3000", header: header{"Origin": {""}}, refused: true},
		{name: "two origins", host: "localhost:3000", header: header{"Origin": {"http://localhost:3000", "http://evil.example"}}, refused: true},
		{name: "malformed origin", host: "localhost:3000", header: header{"Origin": {"http://[::1"}}, refused: true},
		{name: "link from elsewhere", host: "localhost:3000", header: header{"Sec-Fetch-Site": {"cross-site"}}, refused: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var who string
			next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				who = httpapi.CallerOf(r.Context()) + " " + httpapi.RequestIDOf(r.Context())
			})
			q := call{method: "GET", target: "/runs", header: test.header}.request()
			q.Host = test.host
			w := record(httpapi.Guard("davit.internal:3000", httpapi.Options{}, next), q)
			if test.refused {
				if p := wantProblem(t, w, http.StatusForbidden, "forbidden"); p.Detail == "" {
					t.Error("the problem has no detail")
				}
				if who != "" {
					t.Errorf("next was called by %q, want no call", who)
				}
				return
			}
			wantStatus(t, w, http.StatusOK)
			wantRequest(t, "local request-1", who)
		})
	}
}
