package awsecs_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/awsecs"
	"davit/internal/run"
)

// dial makes the connection that a real http.Transport works on.
type dial func(ctx context.Context) (net.Conn, error)

// refuse is a dial that fails as the operating system reports it.
func refuse(cause error) dial {
	return func(context.Context) (net.Conn, error) { return nil, &net.OpError{Op: "dial", Net: "tcp", Err: cause} }
}

// serve is a dial to a server that reads one request and then does as told.
func serve(then func(net.Conn)) dial {
	return func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer func() { _ = there.Close() }()
			r, err := http.ReadRequest(bufio.NewReader(there))
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, r.Body); err == nil {
				then(there)
			}
		}()
		return here, nil
	}
}

func write(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

// The real transport, on connections that fail in every way, in virtual time.
func TestLostOrNeverSent(t *testing.T) {
	hang := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	tests := []struct {
		name     string
		dial     dial
		endpoint string
		unclear  bool
	}{
		{"Refused", refuse(syscall.ECONNREFUSED), "http://ecs.test", false},
		{"Unreachable", refuse(syscall.EHOSTUNREACH), "http://ecs.test", false},
		{"NoSuchName", refuse(&net.DNSError{Err: "no such host", Name: "ecs.test", IsNotFound: true}), "http://ecs.test", false},
		{"DialHangs", func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }, "http://ecs.test", false},
		{"NotTLS", serve(func(net.Conn) {}), "https://ecs.test", false},
		{"ClosedBeforeReply", serve(func(net.Conn) {}), "http://ecs.test", true},
		{"NotHTTP", serve(write("SSH-2.0-x\r\n\r\n")), "http://ecs.test", true},
		{"ClosedInHeaders", serve(write("HTTP/1.1 200 OK\r\nContent-Le")), "http://ecs.test", true},
		{"ClosedAfterHeaders", serve(write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n")), "http://ecs.test", true},
		{"ClosedInBody", serve(write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"tasks\":[{\"taskArn\":\"a\"}]")), "http://ecs.test", true},
		{"ClosedInErrorBody", serve(write("HTTP/1.1 400 Bad\r\nContent-Length: 90\r\n\r\n{\"__type\":\"ClientException\"")), "http://ecs.test", true},
		{"NoReplyInTime", serve(hang), "http://ecs.test", true},
		{"NoBodyInTime", serve(func(c net.Conn) {
			write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{")(c)
			hang(c)
		}), "http://ecs.test", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var dials atomic.Int32
				transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					dials.Add(1)
					return tt.dial(ctx)
				}}
				defer transport.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				engine := awsecs.New(client(transport, func(o *ecs.Options) { o.BaseEndpoint = aws.String(tt.endpoint) }))
				_, err := engine.Launch(ctx, run.RunTask, []byte(runInput))
				got := engineError(t, err)
				if got.Unclear != tt.unclear || got.Code != "" {
					t.Errorf("unclear %v, code %q, %v; want unclear %v and no code", got.Unclear, got.Code, got.Err, tt.unclear)
				}
				if n := dials.Load(); n != 1 {
					t.Errorf("%d connections, want 1", n)
				}
			})
		})
	}
}

// A caller that goes away while ECS works leaves an open question.
func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return serve(func(c net.Conn) {
				cancel()
				_, _ = io.Copy(io.Discard, c)
			})(ctx)
		}}
		defer transport.CloseIdleConnections()
		_, err := awsecs.New(client(transport)).Launch(ctx, run.RunTask, []byte(runInput))
		if got := engineError(t, err); !got.Unclear || !errors.Is(got, context.Canceled) {
			t.Errorf("unclear %v, %v; want unclear and context.Canceled", got.Unclear, got.Err)
		}
	})
}

// HTTP/2 reports its connections elsewhere in net/http, and differently for one that is used again.
func TestLostOverHTTP2(t *testing.T) {
	protocols := make(chan string, 10)
	var served atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocols <- r.Proto
		if served.Add(1) == 1 {
			_, _ = io.WriteString(w, `{"tasks":[{"taskArn":"a"}]}`)
			return
		}
		panic(http.ErrAbortHandler)
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	engine := awsecs.New(client(server.Client().Transport, func(o *ecs.Options) { o.BaseEndpoint = &server.URL }))
	if _, err := engine.Launch(t.Context(), run.RunTask, []byte(runInput)); err != nil {
		t.Fatal(err)
	}
	_, err := engine.Launch(t.Context(), run.RunTask, []byte(runInput))
	if got := engineError(t, err); !got.Unclear {
		t.Errorf("a stream that was reset is clear: %v", got)
	}
	if first, n := <-protocols, served.Load(); n != 2 || first != "HTTP/2.0" {
		t.Errorf("%d requests came, the first by %s; want two by HTTP/2.0", n, first)
	}
}

// A connection that died while idle is replaced before anything is sent; if that fails, nothing was.
func TestStaleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int32
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if dials.Add(1) > 1 {
				return refuse(syscall.ECONNREFUSED)(ctx)
			}
			return serve(write("HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"tasks\":[{\"taskArn\":\"a\"}]}"))(ctx)
		}}
		defer transport.CloseIdleConnections()
		engine := awsecs.New(client(transport))
		if _, err := engine.Launch(t.Context(), run.RunTask, []byte(runInput)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		_, err := engine.Launch(t.Context(), run.RunTask, []byte(runInput))
		if got := engineError(t, err); got.Unclear || dials.Load() != 2 {
			t.Errorf("unclear %v after %d connections, %v; want clear after 2", got.Unclear, dials.Load(), got.Err)
		}
	})
}
