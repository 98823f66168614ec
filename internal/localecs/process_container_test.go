package localecs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/clock"
)

func TestRealLimitsAndFolder(t *testing.T) {
	r := openReal(t)
	arn := r.run(`ulimit -Sn; ulimit -Hn; pwd`, func(c *types.ContainerDefinition) {
		c.Ulimits = []types.Ulimit{{Name: "nofile", SoftLimit: 33, HardLimit: 44}}
		c.WorkingDirectory = new("/a-folder-of-no-machine/app")
	})
	r.until(arn, "STOPPED")
	own, err := filepath.EvalSymlinks(filepath.Join(r.dir, "tasks", filepath.Base(arn), "app"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.output(arn), "33\n44\n"+own+"/root/a-folder-of-no-machine/app"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

func TestRealLimitThatCannotBe(t *testing.T) {
	r := openReal(t)
	arn := r.run("exit 0", func(c *types.ContainerDefinition) {
		c.Ulimits = []types.Ulimit{{Name: "nofile", SoftLimit: 44, HardLimit: 33}}
	})
	const want = `CannotStartContainerError: ulimit "nofile" (soft 44 hard 33): the soft limit is above the hard limit`
	if got := r.until(arn, "STOPPED"); !strings.HasPrefix(str(got.StoppedReason), want) || got.StopCode != types.TaskStopCodeTaskFailedToStart {
		t.Errorf("%s %s", got.StopCode, str(got.StoppedReason))
	}
}

func TestRealUser(t *testing.T) {
	uid := strconv.Itoa(os.Geteuid())
	for name, tt := range map[string]struct{ user, ids, reason string }{
		"none":             {"", uid, ""},
		"own":              {uid, uid, ""},
		"own with group":   {uid + ":" + strconv.Itoa(os.Getegid()), uid, ""},
		"no such user":     {"nobody-knows", "", `CannotStartContainerError: user "nobody-knows": this machine has no such user`},
		"no such group":    {uid + ":no-group", "", `CannotStartContainerError: group "no-group": this machine has no such group`},
		"another's number": {"54321:54322", "54321", "CannotStartContainerError: user 54321:54322: only root may run a container as another user"},
	} {
		t.Run(name, func(t *testing.T) {
			r := openReal(t)
			letIn(t, r.dir)
			arn := r.run(`id -u; : >"$HOME/a" && : >"$TMPDIR/b" && : >c`, func(c *types.ContainerDefinition) {
				c.User, c.WorkingDirectory = &tt.user, new("/a-folder-of-no-machine")
			})
			task := r.until(arn, "STOPPED")
			if tt.ids == "" || tt.ids != uid && os.Geteuid() != 0 {
				if !strings.HasPrefix(str(task.StoppedReason), tt.reason) || task.Containers[0].ExitCode != nil {
					t.Errorf("stoppedReason %q, want %q", str(task.StoppedReason), tt.reason)
				}
				return
			}
			checkEnd(t, task, types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0})
			if got := r.output(arn); got != tt.ids {
				t.Errorf("output %q, want %q", got, tt.ids)
			}
		})
	}
}

// letIn opens the test's own folder, which is above the server's, to other users; what is below is the server's to open.
func letIn(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(name, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

// hurried is the system's clock, but for waits, which are fifty times as short.
type hurried struct{ clock.Clock }

func (h hurried) AfterFunc(d time.Duration, f func()) func() bool { return h.Clock.AfterFunc(d/50, f) }

// A health check is a process beside its container's, and its own children end with it.
func TestRealHealthCheck(t *testing.T) {
	r := openRealAt(t, hurried{clock.System})
	arn := r.run(`echo up >state; while [ -e state ]; do sleep 0.05; done; exit 4`, func(c *types.ContainerDefinition) {
		c.Environment = []types.KeyValuePair{{Name: new("WANT"), Value: new("up")}}
		c.HealthCheck = &types.HealthCheck{
			Command: []string{"CMD-SHELL", `test "$(cat state)" = "$WANT" && echo seen && sleep 600 & echo $! >>child; test "$(cat state)" = "$WANT"`}, Interval: new(int32(5)), Timeout: new(int32(60)), StartPeriod: new(int32(300)),
		}
	})
	_ = r.until(arn, "RUNNING")
	work := filepath.Join(r.dir, "tasks", filepath.Base(arn), "app", "work")
	task := r.healthy(arn)
	if got := task.Containers[0].HealthStatus; got != types.HealthStatusHealthy || task.Version != 4 {
		t.Errorf("container %s, version %d", got, task.Version)
	}
	children, err := os.ReadFile(filepath.Join(work, "child"))
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.Fields(string(children))[0])
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); !errors.Is(syscall.Kill(child, 0), syscall.ESRCH); time.Sleep(2 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("a process that the check began is alive")
		}
	}
	if err := os.Remove(filepath.Join(work, "state")); err != nil {
		t.Fatal(err)
	}
	checkEnd(t, r.until(arn, "STOPPED"), types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{4})
	if got := r.output(arn); got != "" {
		t.Errorf("the check wrote %q into the container's output", got)
	}
}

// healthy waits for a task to be HEALTHY.
func (r *machine) healthy(arn string) types.Task {
	r.Helper()
	for {
		task := r.until(arn, "RUNNING")
		if task.HealthStatus == types.HealthStatusHealthy {
			return task
		}
		select {
		case <-r.changed:
		case <-time.After(20 * time.Second):
			r.Fatalf("the task is %s", task.HealthStatus)
		}
	}
}
