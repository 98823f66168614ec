package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"davit/internal/run"
)

// localCaller is the caller of all requests in local mode.
const localCaller = "local"

// Guard returns the handler of a listener on this machine, where a task runs commands on the host and a web page must not be able to
// start one. It writes 403 when the Host is neither a loopback address, localhost nor the host of addr (host:port, where the listener
// is), when there is an Origin other than that very host, and when a browser calls the request cross-site. It calls next for all others,
// with the caller "local", who may register task definitions.
func Guard(addr string, o Options, next http.Handler) http.Handler {
	own := hostOf(addr)
	return o.withRequestID(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if detail := foreignDetail(r, own); detail != "" {
			o.writeProblem(w, r, &fault{kind: kinds[run.CodeForbidden], detail: detail})
			return
		}
		next.ServeHTTP(w, r.WithContext(WithRegistrar(WithCaller(r.Context(), localCaller))))
	}))
}

// foreignDetail returns why a request is not from this machine, "" when it is.
func foreignDetail(r *http.Request, own string) string {
	switch host := hostOf(r.Host); {
	case host == "" || (host != own && !loopback(host)):
		return "the Host header must name a loopback address, localhost or the address that Davit listens on"
	case !sameOrigin(r):
		return "the Origin header names another host: web pages may not call a local Davit"
	case strings.EqualFold(r.Header.Get("Sec-Fetch-Site"), "cross-site"):
		return "a browser sent this for a page of another site: web pages may not call a local Davit"
	}
	return ""
}

// sameOrigin reports whether a request has no Origin, as those of command-line tools, or that of this very host and port.
func sameOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	u, err := url.Parse(origins[0])
	return len(origins) == 1 && err == nil && u.Scheme == "http" && withPort(u.Host) == withPort(r.Host)
}

// withPort returns a host in lower case with its port, 80 where none is given.
func withPort(hostport string) string {
	_, port, err := net.SplitHostPort(hostport)
	if err != nil || port == "" {
		port = "80"
	}
	return net.JoinHostPort(hostOf(hostport), port)
}

// hostOf returns the host of host:port or host, in lower case, without brackets.
func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
	}
	return strings.ToLower(host)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.Unmap().IsLoopback())
}
