// Command davit runs Davit on this machine: the handlers and the state machine of a deployment, with real processes as tasks.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"davit/internal/localecs/process"
)

const usage = `davit runs ECS tasks as real processes on this machine, launched and followed by the handlers and the
state machine that run in AWS.

  davit local [--addr 127.0.0.1:3000] [--ecs-addr 127.0.0.1:3001] [--data .davit] [--task-events=true]
              [--cpu 262144] [--memory 1048576] [--instances 1] [--placement-seed 0]
              [--s3-dir DIR] [--schedules FILE] [--notify-url URL] [--container-addr HOST:PORT] [--quiet]
      serves the API and an ECS endpoint until it is stopped; --help says more
  davit demo
      runs the sample job of events/ once and shows how it goes; exits 0 only if it SUCCEEDED
  davit version
      prints the version, the commit and the Go version of this program
`

func main() { os.Exit(command(os.Args[1:])) }

// command runs the subcommand that args name and returns the exit status.
func command(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	switch name {
	case superviseCommand:
		return process.Main(os.Stdin, os.Stdout)
	case "local":
		return report(runLocal(ctx, args[1:], os.Stdout, os.Stderr))
	case "demo":
		return report(runDemo(ctx, args[1:], os.Stdout, os.Stderr))
	case "version":
		return report(runVersion(args[1:], os.Stdout, os.Stderr))
	case "help", "-h", "-help", "--help":
		fmt.Print(usage)
		return 0
	default:
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
}
