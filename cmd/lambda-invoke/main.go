// Command lambda-invoke runs a function's bootstrap on this machine, sends it one event, and prints its answer.
//
//	lambda-invoke [-env FILE] [-stand-ins] [-timeout 30s] BOOTSTRAP EVENT
//
// EVENT is a file, or - for standard input. The function's log is written to standard error. The exit code is 0 after an answer, 1 after an
// error of the function, whose name and message are printed, and 2 when the function could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// The exit codes.
const (
	exitAnswered = iota
	exitFailed
	exitNotRun
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := invoke(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is the parsed command line.
type command struct {
	bootstrap, event string
	env              string
	standIns         bool
	timeout          time.Duration
}

func invoke(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitAnswered
	}
	if err == nil {
		var code int
		if code, err = c.run(ctx, stdin, stdout, stderr); err == nil {
			return code
		}
	}
	_, _ = fmt.Fprintln(stderr, "lambda-invoke:", err)
	return exitNotRun
}

func parse(args []string, stderr io.Writer) (command, error) {
	var c command
	flags := flag.NewFlagSet("lambda-invoke", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, "usage: lambda-invoke [flags] BOOTSTRAP EVENT   (EVENT: a file, or - for standard input)")
		flags.PrintDefaults()
	}
	flags.StringVar(&c.env, "env", "", "`file` of variables as sam local invoke --env-vars takes it; this process's own environment comes first")
	flags.BoolVar(&c.standIns, "stand-ins", false, "start stand-ins for DynamoDB, ECS, Step Functions and EventBridge, and use no other endpoint")
	flags.DurationVar(&c.timeout, "timeout", 30*time.Second, "of the invocation, start included")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() != 2 || c.timeout <= 0 {
		flags.Usage()
		return c, errors.New("a bootstrap and an event are needed, and a timeout above 0")
	}
	c.bootstrap, c.event = flags.Arg(0), flags.Arg(1)
	return c, nil
}
