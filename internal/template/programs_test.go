package template_test

import (
	"context"
	"debug/elf"
	"debug/macho"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// folder is the temporary folder of the functions' programs.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "davit-template"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// functionNames returns the folders of functions/ that hold a program.
func functionNames() ([]string, error) {
	mains, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	var names []string
	for _, path := range mains {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	return names, err
}

// build builds all programs for this machine, as for a deployment but with their symbols.
var build = sync.OnceValue(func() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-tags=lambda.norpc", "-trimpath", "-ldflags=-w", "-o", folder+"/", "./functions/...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./functions/...: %w\n%s", err, out)
	}
	return nil
})

func programs(t *testing.T) {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
}

func program(name string) string { return filepath.Join(folder, name) }

// symbols returns the names in a program's symbol table.
func symbols(path string) ([]string, error) {
	var names []string
	if file, err := elf.Open(path); err == nil {
		defer func() { _ = file.Close() }()
		list, err := file.Symbols()
		for _, s := range list {
			names = append(names, s.Name)
		}
		return names, err
	}
	file, err := macho.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if file.Symtab == nil {
		return nil, errors.New(path + " has no symbols")
	}
	for _, s := range file.Symtab.Syms {
		names = append(names, strings.TrimPrefix(s.Name, "_"))
	}
	return names, nil
}

// operationSymbol matches the symbol that the SDK links for each operation that a program can call, and for no other: the linker drops the methods of
// a client that nothing calls.
var operationSymbol = regexp.MustCompile(`/service/(\w+)\.\(\*Client\)\.addOperation(\w+)Middlewares$`)

// prefixes are the services that Davit calls, by the SDK's package, with IAM's name for them. The others that a program links belong to
// the SDK's search for credentials, which in Lambda ends at the environment.
var prefixes = map[string]string{"cloudwatchlogs": "logs", "dynamodb": "dynamodb", "ecs": "ecs", "eventbridge": "events", "sfn": "states"}

// uncalled are the operations that the SDK itself links.
var uncalled = []string{"dynamodb:DescribeEndpoints"} // endpoint discovery, which is off

var actionsOf = map[string][]string{}

// calledActions returns the IAM actions of the operations that a function's program can call, sorted.
func calledActions(function string) ([]string, error) {
	if known, ok := actionsOf[function]; ok {
		return known, nil
	}
	names, err := symbols(program(function))
	if err != nil {
		return nil, err
	}
	var actions []string
	for _, name := range names {
		if !strings.HasSuffix(name, "Middlewares") { // most of them, and cheaper than the pattern
			continue
		}
		m := operationSymbol.FindStringSubmatch(name)
		if m == nil || prefixes[m[1]] == "" {
			continue
		}
		if action := prefixes[m[1]] + ":" + m[2]; !slices.Contains(uncalled, action) {
			actions = append(actions, action)
		}
	}
	if len(actions) == 0 {
		return nil, fmt.Errorf("%s has no symbol of an AWS operation", function)
	}
	slices.Sort(actions)
	actionsOf[function] = slices.Compact(actions)
	return actionsOf[function], nil
}
