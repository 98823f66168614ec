package local

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"davit/internal/clock"
	"davit/internal/sigv4"
)

// ContainerListener is a second address of the ECS endpoint, for containers of this machine, which do not reach loopback on Linux. A task runs commands on this
// machine, so a request there is served only if it is signed with the key.
type ContainerListener struct {
	// Addr is the host:port to listen on, an address of this machine: that of the containers' bridge. Port 0 takes a free one, which Serve writes here.
	Addr string
	// AccessKey and Secret sign the requests. Empty ones are drawn by Serve.
	AccessKey, Secret string
}

// maxSigned is the most bytes of a body whose signature is verified. The endpoint itself takes 1 MiB.
const maxSigned = 1<<20 + 1

// open listens. It refuses an address of all interfaces, since those lead to other machines.
func (d *ContainerListener) open() (net.Listener, error) {
	host, _, err := net.SplitHostPort(d.Addr)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || ip.IsUnspecified() || !ip.IsPrivate() && !ip.IsLoopback() {
		return nil, fmt.Errorf("--container-addr %q: give the address of the containers' bridge and a port, for example 172.17.0.1:3001; all interfaces, and public addresses, are not served", d.Addr)
	}
	l, err := listenOn("--container-addr", d.Addr)
	if err != nil {
		return nil, err
	}
	d.Addr = l.Addr().String()
	if d.AccessKey == "" {
		d.AccessKey, d.Secret = "DAVIT"+rand.Text()[:15], rand.Text()+rand.Text()
	}
	return l, nil
}

func (d *ContainerListener) secrets(accessKey string) (string, bool) {
	return d.Secret, accessKey == d.AccessKey
}

// guard serves signed requests by next, as if they came over loopback: the signature covers the Host.
func (d *ContainerListener) guard(c clock.Clock, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSigned))
		if err == nil {
			_, err = sigv4.Verify(r, body, d.secrets, c.Now())
		}
		if err != nil {
			refuseUnsigned(w, err)
			return
		}
		r.Body, r.Host = io.NopCloser(bytes.NewReader(body)), "localhost"
		next.ServeHTTP(w, r)
	})
}

// refuseUnsigned writes the refusal that AWS gives, in the protocol of ECS.
func refuseUnsigned(w http.ResponseWriter, err error) {
	code := "InvalidSignatureException"
	switch {
	case errors.Is(err, sigv4.ErrUnsigned):
		code = "MissingAuthenticationTokenException"
	case errors.Is(err, sigv4.ErrUnknown):
		code = "UnrecognizedClientException"
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusForbidden)
	_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"Requests at this address must be signed with the credentials that davit local prints."}`, code)
}
