package functions_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	// The imports of the functions. The tests build them with go build, and go test repeats cached tests only when an import changes.
	_ "davit/functions/internal/wiring/cloudwatchlogs"
	_ "davit/functions/internal/wiring/dynamodb"
	_ "davit/functions/internal/wiring/ecs"
	_ "davit/functions/internal/wiring/events"
	_ "davit/functions/internal/wiring/runtime"
	_ "davit/functions/internal/wiring/sfn"
	_ "davit/functions/internal/wiring/web"
	"davit/internal/runtimeapi"
	"davit/internal/runtimeapi/fakeaws"
)

// names returns the functions: the folders beside this file.
func names(t testing.TB) []string {
	t.Helper()
	mains, err := filepath.Glob("*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no functions: %v", err)
	}
	var all []string
	for _, m := range mains {
		all = append(all, filepath.Dir(m))
	}
	return all
}

// flags are the build flags of the Makefile.
var flags = []string{"-tags=lambda.norpc", "-trimpath", "-ldflags=-s -w"}

// build builds the functions' bootstraps, each under its name, and returns their folder.
func build(t testing.TB, env ...string) (folder string) {
	t.Helper()
	folder = t.TempDir() + string(filepath.Separator)
	args := append([]string{"build", "-o", folder}, flags...)
	for _, name := range names(t) {
		args = append(args, "./"+name)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), append(env, "CGO_ENABLED=0")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

// settings returns the stack's environment, as in events/env.json.
func settings() map[string]string {
	return map[string]string{
		"DAVIT_STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:davit-run",
		"DAVIT_PREFIX":            "davit", "DAVIT_TASK_EVENTS": "true", "DAVIT_RETENTION_DAYS": "90", "DAVIT_RUN_DEFAULTS": "", "DAVIT_ALLOWED_FAMILIES": "",
		"DAVIT_VISIBILITY": "stack", "DAVIT_OWNER_SCOPE": "role", "DAVIT_ALLOW_TASK_DEFINITION_WRITES": "true", "DAVIT_ALLOW_EXECUTE_COMMAND": "false",
		"DAVIT_AUTH": "IAM", "DAVIT_EVENT_BUS": "default", "DAVIT_STACK": "davit",
		"DAVIT_LOG_GROUPS": "/ecs/settlement",
	}
}

// fixture is a set of fakes of AWS and the folder of the bootstraps that call them.
type fixture struct {
	*fakeaws.Services
	folder string
	over   map[string]string // settings of this fixture
	log    lockedBuffer
}

func newFixture(t *testing.T, folder string, over map[string]string) *fixture {
	t.Helper()
	stands, err := fakeaws.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stands.Close(); err != nil {
			t.Error(err)
		}
	})
	return &fixture{Services: stands, folder: folder, over: over}
}

// start runs a function with no environment of this process.
func (fx *fixture) start(t *testing.T, function string) *runtimeapi.Function {
	t.Helper()
	all := settings()
	maps.Copy(all, fx.over)
	env := fx.Env()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	f, err := runtimeapi.Start(t.Context(), runtimeapi.Options{Bootstrap: filepath.Join(fx.folder, function), Env: env, Output: &fx.log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (fx *fixture) invoke(t *testing.T, function string, event []byte) runtimeapi.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	o, err := fx.start(t, function).Invoke(ctx, event)
	if err != nil {
		t.Fatalf("%v; log:\n%s", err, fx.log.String())
	}
	return o
}

// made returns the operations that Step Functions and EventBridge got.
func (fx *fixture) made() string {
	var all []string
	for _, c := range fx.Calls.Made() {
		all = append(all, c.Operation)
	}
	return strings.Join(all, " ")
}

// lockedBuffer is a bytes.Buffer for concurrent use.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns all that was written.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
