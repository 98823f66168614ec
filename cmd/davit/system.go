//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"davit/internal/boltstore"
	"davit/internal/cli"
	"davit/internal/local"
	"davit/internal/localecs/process"
)

// shutdownTimeout is how long tasks may take to end after SIGTERM when davit itself ends.
const shutdownTimeout = 6 * time.Second

// reported writes the error of a command that runs Davit on this machine, and returns the error of exit status 1. Errors that were written already are returned as they are.
func reported(err error, errOut io.Writer) error {
	var status cli.ExitStatus
	if err == nil || errors.As(err, &status) {
		return err
	}
	_, _ = fmt.Fprintln(errOut, "davit:", err) // nowhere to report to
	return cli.ExitStatus(1)
}

// instance is a local.Server with the supervisor of its processes.
type instance struct {
	*local.Server
	supervisor *process.Supervisor
}

// serve starts the supervisor and serves a System that uses it.
func serve(o local.Options, addr, ecsAddr string, errOut io.Writer) (*instance, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot find this program's own file: %w", err)
	}
	o.Log = slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelWarn}))
	supervisor, err := process.Open([]string{self, superviseCommand}, o.Log)
	if err != nil {
		return nil, fmt.Errorf("the supervisor of the tasks' processes cannot be started: %w", err)
	}
	o.Runner = supervisor
	server, err := local.Serve(o, addr, ecsAddr)
	if errors.Is(err, boltstore.ErrInUse) {
		err = fmt.Errorf("another davit has the data folder %s; stop it, or choose another with --data", o.Dir)
	}
	if err != nil {
		return nil, errors.Join(err, supervisor.Close())
	}
	return &instance{server, supervisor}, nil
}

// shutdown stops every task, closes the server and ends every process.
func (inst *instance) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	return errors.Join(inst.Shutdown(ctx), inst.supervisor.Close())
}
