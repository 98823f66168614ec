package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"davit/internal/runtimeapi"
	"davit/internal/runtimeapi/fakeaws"
)

// run makes the invocation and prints its outcome. After an error there was no invocation.
func (c command) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) (code int, err error) {
	event, err := readEvent(c.event, stdin)
	if err != nil {
		return 0, err
	}
	env, err := readEnv(c.env, os.Environ())
	if err != nil {
		return 0, err
	}
	if c.standIns {
		services, failed := fakeaws.Start(ctx)
		if failed != nil {
			return 0, fmt.Errorf("the stand-ins did not start: %w", failed)
		}
		defer func() { err = errors.Join(err, services.Close()) }()
		env = withOverrides(env, services.Env()...)
	}
	outcome, err := c.invoke(ctx, env, event, stderr)
	if err != nil {
		return 0, err
	}
	if outcome.Failure != nil {
		_, err = fmt.Fprintln(stderr, outcome.Failure)
		return exitFailed, err
	}
	_, err = fmt.Fprintln(stdout, strings.TrimSpace(string(outcome.Answer)))
	return exitAnswered, err
}

// invoke runs the function's process for one event. When it returns, the process has ended and its log is complete.
func (c command) invoke(ctx context.Context, env []string, event []byte, log io.Writer) (o runtimeapi.Outcome, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	f, err := runtimeapi.Start(ctx, runtimeapi.Options{Bootstrap: c.bootstrap, Env: env, Output: log})
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Invoke(ctx, event)
}

func readEvent(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// readEnv returns own and those variables of a file that own does not set. Of the file it reads `Parameters`, the variables of all functions.
func readEnv(name string, own []string) ([]string, error) {
	if name == "" {
		return own, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var file struct{ Parameters map[string]string }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var env []string
	for variable, value := range file.Parameters {
		env = append(env, variable+"="+value)
	}
	return withOverrides(env, own...), nil
}

// withOverrides returns over and those variables of env that over does not set.
func withOverrides(env []string, over ...string) []string {
	set := map[string]bool{}
	for _, v := range over {
		name, _, _ := strings.Cut(v, "=")
		set[name] = true
	}
	merged := append([]string(nil), over...)
	for _, v := range env {
		if name, _, _ := strings.Cut(v, "="); !set[name] {
			merged = append(merged, v)
		}
	}
	return merged
}
