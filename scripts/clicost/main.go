// Command clicost measures what commands of davit cost before they do anything for a person: CPU of a start, with the answer of a davit local on this machine, and the
// size of the program.
//
//	clicost DAVIT
//
// It prints the median of 21 starts a command against its goal, and ends with 1 where one is missed.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The goals of the command line.
const (
	maxCPU  = 60 * time.Millisecond
	maxSize = 30 << 20 // bytes
	starts  = 21
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: clicost DAVIT")
		os.Exit(2)
	}
	met, err := measure(context.Background(), os.Args[1], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "clicost:", err)
		os.Exit(2)
	}
	if !met {
		os.Exit(1)
	}
}

func measure(ctx context.Context, davit string, out io.Writer) (met bool, err error) {
	info, err := os.Stat(davit)
	if err != nil {
		return false, err
	}
	met = line(out, "size", fmt.Sprintf("%.1f MB", float64(info.Size())/(1<<20)), "30 MB", info.Size() <= maxSize)
	dir, err := os.MkdirTemp("", "davit-cost-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder of our own
	local, url, err := serve(ctx, davit, dir)
	if err != nil {
		return false, err
	}
	defer func() {
		_ = local.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = local.Wait()                          // its status is of no interest
	}()
	id, err := firstRun(ctx, davit, url)
	if err != nil {
		return false, err
	}
	for _, args := range [][]string{{"version"}, {"show", id}, {"logs", id}, {"wait", id}, {"ps"}, {"run", "settlement", "--dry-run"}} {
		cost, err := median(ctx, davit, append(args, "--url", url))
		if err != nil {
			return false, err
		}
		good := line(out, strings.Join(args, " "), cost.Round(100*time.Microsecond).String()+" CPU", maxCPU.String(), cost <= maxCPU)
		met = met && good
	}
	return met, nil
}

func line(out io.Writer, what, figure, goal string, good bool) bool {
	word := "met"
	if !good {
		word = "missed"
	}
	_, _ = fmt.Fprintf(out, "%-40s %14s   goal %s: %s\n", what, figure, goal, word) // nowhere to report to
	return good
}

var address = regexp.MustCompile(`^Davit's API +(http://\S+)`)

// serve starts a davit local on free ports and returns the address of its API.
func serve(ctx context.Context, davit, dir string) (*exec.Cmd, string, error) {
	cmd := exec.CommandContext(ctx, davit, "local", "--addr", "127.0.0.1:0", "--ecs-addr", "127.0.0.1:0", "--data", dir, "--quiet")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return cmd, m[1], nil
		}
	}
	return nil, "", errors.Join(errors.New("davit local did not start"), cmd.Wait())
}

// firstRun makes a run with some output and returns its id.
func firstRun(ctx context.Context, davit, url string) (string, error) {
	out, err := exec.CommandContext(ctx, davit, "run", "settlement", "-d", "--url", url).Output()
	if err != nil {
		return "", err
	}
	id := string(bytes.TrimSpace(out))
	return id, exec.CommandContext(ctx, davit, "wait", id, "-q", "--url", url).Run()
}

// median returns the median of the CPU, user and system, of a command.
func median(ctx context.Context, davit string, args []string) (time.Duration, error) {
	var all []time.Duration
	for range starts {
		cmd := exec.CommandContext(ctx, davit, args...)
		if text, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("davit %v: %w\n%s", args, err, text)
		}
		all = append(all, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}
