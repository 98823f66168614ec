package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// stopGracePeriod is the time between SIGTERM and SIGKILL of a process.
const stopGracePeriod = 2 * time.Second

// Options configures Start. Bootstrap is required.
type Options struct {
	// Bootstrap is the path of the function's executable.
	Bootstrap string
	// Env holds name=value variables of the process. They take precedence over those that Lambda sets.
	Env []string
	// Output gets what the process writes to standard output and standard error, its log; nil discards it.
	Output io.Writer
}

// Function is a running bootstrap.
type Function struct {
	api    *API
	cmd    *exec.Cmd
	server *http.Server
	exited chan struct{}
	status error // of the process, once exited is closed
}

// Start starts a function's process and serves its Runtime API on a loopback port. The caller must call Close.
func Start(ctx context.Context, o Options) (*Function, error) {
	path, err := filepath.Abs(o.Bootstrap)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtimeapi: %w", err)
	}
	f := &Function{api: New(), exited: make(chan struct{})}
	f.cmd = exec.CommandContext(context.WithoutCancel(ctx), path) // Close ends it, with SIGTERM first
	f.cmd.Dir, f.cmd.Stdout, f.cmd.Stderr = filepath.Dir(path), o.Output, o.Output
	f.cmd.Env = environment(o.Env, filepath.Dir(path), listener.Addr().String())
	if err := f.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("runtimeapi: %w", err), listener.Close())
	}
	f.server = &http.Server{Handler: f.api, ReadHeaderTimeout: time.Minute}
	go func() { _ = f.server.Serve(listener) }() // until Close
	go func() {
		f.status = f.cmd.Wait()
		close(f.exited)
	}()
	return f, nil
}

// Invoke calls API.Invoke. It also returns an error when the process exits without having reported one.
func (f *Function) Invoke(ctx context.Context, payload []byte) (Outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-f.exited:
			cancel(errExited)
		case <-ctx.Done():
		}
	}()
	o, err := f.api.Invoke(ctx, payload)
	if err != nil && errors.Is(context.Cause(ctx), errExited) {
		if reported := f.api.initFailure(); reported != nil {
			return Outcome{Failure: reported}, nil
		}
		return o, fmt.Errorf("runtimeapi: the process ended before it answered: %s", f.cmd.ProcessState)
	}
	return o, err
}

var errExited = errors.New("the process has ended")

// initFailure returns the failure that the function reported at its start, or nil.
func (a *API) initFailure() *Failure {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.initErr
}

// Close ends the process, with SIGTERM first, and its Runtime API.
func (f *Function) Close() error {
	if err := f.cmd.Process.Signal(syscall.SIGTERM); err == nil {
		select {
		case <-f.exited:
		case <-time.After(stopGracePeriod):
			_ = f.cmd.Process.Kill() // fails only if the process has ended
		}
	}
	<-f.exited
	return f.server.Close()
}

// environment returns given, the address of the Runtime API, and those variables of Lambda that given does not set. root is LAMBDA_TASK_ROOT.
func environment(given []string, root, api string) []string {
	env := slices.DeleteFunc(slices.Clone(given), func(v string) bool { return strings.HasPrefix(v, "AWS_LAMBDA_RUNTIME_API=") })
	env = append(env, "AWS_LAMBDA_RUNTIME_API="+api)
	for _, v := range []string{
		"_HANDLER=bootstrap", "LAMBDA_TASK_ROOT=" + root, "PATH=" + os.Getenv("PATH"), "TZ=:UTC",
		"AWS_LAMBDA_FUNCTION_NAME=local", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_LAMBDA_LOG_LEVEL=INFO",
		"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_EC2_METADATA_DISABLED=true",
	} {
		name, _, _ := strings.Cut(v, "=")
		if !slices.ContainsFunc(given, func(g string) bool { return strings.HasPrefix(g, name+"=") }) {
			env = append(env, v)
		}
	}
	return env
}
