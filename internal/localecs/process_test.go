package localecs_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/clock"
	"davit/internal/localecs"
	"davit/internal/localecs/process"
	"davit/internal/localecs/task"
)

const roleSupervise = "supervise"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == roleSupervise {
		os.Exit(process.Main(os.Stdin, os.Stdout))
	}
	// A program with the race detector, as the supervisor is then, otherwise sleeps for a second before it exits.
	if err := os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// machine is a server with real processes behind a real loopback port.
type machine struct {
	*testing.T
	client  *ecs.Client
	dir     string
	changed chan struct{} // has something in it after a change of a task
}

func openReal(t *testing.T) *machine {
	t.Helper()
	return openRealAt(t, clock.System)
}

func openRealAt(t *testing.T, c clock.Clock) *machine {
	t.Helper()
	supervisor, err := process.Open([]string{os.Args[0], roleSupervise}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := &machine{T: t, dir: t.TempDir(), changed: make(chan struct{}, 1)}
	server, err := localecs.Open(localecs.Options{
		Dir: r.dir, Runner: supervisor, NoSync: true, Logger: slog.New(slog.DiscardHandler), Events: r.note, Clock: c,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(func() {
		listener.Close()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := supervisor.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	r.client = newClient(listener.Client().Transport, listener.URL)
	return r
}

func (r *machine) note(context.Context, []byte) {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// run runs one task of a shell script and returns its ARN.
func (r *machine) run(script string, change func(*types.ContainerDefinition)) string {
	r.Helper()
	c := types.ContainerDefinition{
		Name: new("app"), Image: new("any"), Memory: new(int32(8)), EntryPoint: []string{"/bin/sh", "-c"}, Command: []string{script},
	}
	if change != nil {
		change(&c)
	}
	if _, err := r.client.RegisterTaskDefinition(r.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: new("job"), ContainerDefinitions: []types.ContainerDefinition{c},
	}); err != nil {
		r.Fatal(err)
	}
	out, err := r.client.RunTask(r.Context(), &ecs.RunTaskInput{TaskDefinition: new("job")})
	switch {
	case err != nil:
		r.Fatalf("RunTask: error %v", err)
	case len(out.Tasks) != 1:
		r.Fatalf("RunTask: len(out.Tasks) is %v, want 1", len(out.Tasks))
	}
	return *out.Tasks[0].TaskArn
}

// until waits for a task to be in a state.
func (r *machine) until(arn, status string) types.Task {
	r.Helper()
	tooLong := time.After(20 * time.Second)
	for {
		out, err := r.client.DescribeTasks(r.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}})
		switch {
		case err != nil:
			r.Fatalf("DescribeTasks: error %v", err)
		case len(out.Tasks) != 1:
			r.Fatalf("DescribeTasks: len(out.Tasks) is %v, want 1", len(out.Tasks))
		}
		if *out.Tasks[0].LastStatus == status {
			return out.Tasks[0]
		}
		select {
		case <-r.changed:
		case <-tooLong:
			r.Fatalf("the task is %s, want %s", *out.Tasks[0].LastStatus, status)
		}
	}
}

func (r *machine) output(arn string) string {
	r.Helper()
	text, err := os.ReadFile(task.LogFile(r.dir, filepath.Base(arn), "app"))
	if err != nil {
		r.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// firstLine reads what a process says over a FIFO, which waits for it.
func (r *machine) firstLine(fifo string) string {
	r.Helper()
	text, err := os.ReadFile(fifo)
	if err != nil {
		r.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func TestRealProcess(t *testing.T) {
	t.Setenv("SECRET_OF_HOST", "x")
	r := openReal(t)
	arn := r.run(`echo "[$GREETING] [$SECRET_OF_HOST] $PWD"; exit 42`, func(c *types.ContainerDefinition) {
		c.Environment = []types.KeyValuePair{{Name: new("GREETING"), Value: new("hello")}}
	})
	checkEnd(t, r.until(arn, "STOPPED"), types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{42})
	work, err := filepath.EvalSymlinks(filepath.Join(r.dir, "tasks", filepath.Base(arn), "app", "work"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.output(arn), "[hello] [] "+work; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

func TestRealCommandThatIsNotThere(t *testing.T) {
	r := openReal(t)
	arn := r.run("", func(c *types.ContainerDefinition) { c.EntryPoint, c.Command = nil, []string{"no-such-command"} })
	task := r.until(arn, "STOPPED")
	if task.StopCode != types.TaskStopCodeTaskFailedToStart || !strings.HasPrefix(str(task.StoppedReason), "CannotStartContainerError: ") {
		t.Errorf("stopCode %s, stoppedReason %q", task.StopCode, str(task.StoppedReason))
	}
}

func TestRealStop(t *testing.T) {
	for name, tt := range map[string]struct {
		script string
		exit   int
	}{
		"handles SIGTERM": {`trap 'echo bye; exit 9' TERM; echo ready >FIFO; while :; do sleep 0.05; done`, 9},
		"ignores SIGTERM": {`trap '' TERM; echo ready >FIFO; while :; do sleep 0.05; done`, 137},
	} {
		t.Run(name, func(t *testing.T) {
			r := openReal(t)
			fifo := filepath.Join(r.dir, "fifo")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			arn := r.run(strings.ReplaceAll(tt.script, "FIFO", fifo), func(c *types.ContainerDefinition) { c.StopTimeout = new(int32(1)) })
			r.until(arn, "RUNNING")
			if line := r.firstLine(fifo); line != "ready" {
				t.Fatalf("the process said %q", line)
			}
			if _, err := r.client.StopTask(t.Context(), &ecs.StopTaskInput{Task: &arn, Reason: new("enough")}); err != nil {
				t.Fatal(err)
			}
			checkEnd(t, r.until(arn, "STOPPED"), types.TaskStopCodeUserInitiated, "enough", []int{tt.exit})
		})
	}
}

// TestRealProcess_TwoEssentialsOfAnInstant_BothRun: whichever ends first, the other has been started.
func TestRealProcess_TwoEssentialsOfAnInstant_BothRun(t *testing.T) {
	r := openReal(t)
	short := func(name string) types.ContainerDefinition {
		return types.ContainerDefinition{Name: new(name), Image: new("any"), Memory: new(int32(8)), Command: []string{"echo", name}}
	}
	if _, err := r.client.RegisterTaskDefinition(r.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: new("race"), ContainerDefinitions: []types.ContainerDefinition{short("a"), short("b")},
	}); err != nil {
		r.Fatal(err)
	}
	for range 10 {
		out, err := r.client.RunTask(r.Context(), &ecs.RunTaskInput{TaskDefinition: new("race")})
		if err != nil || len(out.Tasks) != 1 {
			r.Fatalf("RunTask: %d tasks, error %v", len(out.Tasks), err)
		}
		task := r.until(*out.Tasks[0].TaskArn, "STOPPED")
		for _, c := range task.Containers {
			if c.ExitCode == nil || *c.ExitCode != 0 {
				t.Errorf("container %s of %s: exit code %v, want 0: %s", *c.Name, *task.TaskArn, c.ExitCode, str(c.Reason))
			}
		}
	}
}
