package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"davit/internal/httpapi"
)

// Server is a System that is served on two loopback listeners.
type Server struct {
	*System
	// Addr and ECSAddr are the host:port of the API and of the ECS endpoint.
	Addr, ECSAddr string

	api, ecs   *http.Server
	containers *http.Server // nil without Options.Containers
	failed     chan error
}

// Serve opens a System and serves it on addr and ecsAddr, host:port each; port 0 takes a free one. It refuses addresses
// that are not loopback, because a task runs commands on this machine. Options.Containers is served besides.
func Serve(o Options, addr, ecsAddr string) (*Server, error) {
	s, err := serve(o, addr, ecsAddr)
	if err != nil || o.Containers == nil {
		return s, err
	}
	l, err := o.Containers.open()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.containers = newHTTPServer(o.Containers.guard(s.options.Clock, s.ECS))
	go func() { s.failed <- s.containers.Serve(l) }()
	return s, nil
}

func serve(o Options, addr, ecsAddr string) (*Server, error) {
	api, err := listen("--addr", addr)
	if err != nil {
		return nil, err
	}
	ecs, err := listen("--ecs-addr", ecsAddr)
	if err != nil {
		return nil, errors.Join(err, api.Close())
	}
	o.ECSAddr = ecs.Addr().String()
	system, err := Open(o)
	if err != nil {
		return nil, errors.Join(err, api.Close(), ecs.Close())
	}
	s := &Server{System: system, Addr: api.Addr().String(), ECSAddr: o.ECSAddr, failed: make(chan error, 3)}
	s.api = newHTTPServer(httpapi.Guard(s.Addr, httpapi.Options{Log: system.options.Log}, system.API))
	s.ecs = newHTTPServer(system.ECS)
	go func() { s.failed <- s.api.Serve(api) }()
	go func() { s.failed <- s.ecs.Serve(ecs) }()
	if err := system.Start(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newHTTPServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
}

// listen listens on a loopback address. Its errors name the flag that the address comes from.
func listen(flag, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%s %q: give host:port, for example 127.0.0.1:3000", flag, addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s %q: only loopback addresses are served, because a task runs commands on this machine; give 127.0.0.1, [::1] or localhost", flag, addr)
	}
	return listenOn(flag, addr)
}

func listenOn(flag, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s %s cannot be listened on; is it in use? %w", flag, addr, err)
	}
	return l, nil
}

// Failed returns the channel that receives an error when a listener stops by itself.
func (s *Server) Failed() <-chan error { return s.failed }

// Shutdown stops serving requests, stops every task and closes the System, at most a second after ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	_ = s.api.Close() // cuts requests off, as a lost connection does
	err := s.ECS.Shutdown(ctx)
	return errors.Join(err, s.Close())
}

// Close closes the listeners and the System.
func (s *Server) Close() error {
	err := errors.Join(s.api.Close(), s.System.Close(), s.ecs.Close())
	if s.containers != nil {
		err = errors.Join(err, s.containers.Close())
	}
	return err
}
