package localecs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
)

func restartAfter(period int32, ignored ...int32) *types.ContainerRestartPolicy {
	return &types.ContainerRestartPolicy{Enabled: new(true), RestartAttemptPeriod: &period, IgnoredExitCodes: ignored}
}

func TestRestartPolicy(t *testing.T) {
	run := func(seconds time.Duration, code int) scripted.Script {
		return scripted.Script{For: seconds * time.Second, ExitCode: code}
	}
	for name, tt := range map[string]struct {
		policy  *types.ContainerRestartPolicy
		runs    []scripted.Script
		started int
		after   time.Duration
		code    types.TaskStopCode
		exit    int
	}{
		"none":                      {nil, []scripted.Script{run(400, 1)}, 1, 400 * time.Second, types.TaskStopCodeEssentialContainerExited, 1},
		"off":                       {&types.ContainerRestartPolicy{Enabled: new(false)}, []scripted.Script{run(400, 1)}, 1, 400 * time.Second, types.TaskStopCodeEssentialContainerExited, 1},
		"until it ends early":       {restartAfter(60), []scripted.Script{run(60, 1), run(70, 0), run(59, 4)}, 3, 189 * time.Second, types.TaskStopCodeEssentialContainerExited, 4},
		"an ignored code":           {restartAfter(60, 0, 9), []scripted.Script{run(60, 1), run(60, 9)}, 2, 120 * time.Second, types.TaskStopCodeEssentialContainerExited, 9},
		"300 seconds are filled in": {&types.ContainerRestartPolicy{Enabled: new(true)}, []scripted.Script{run(300, 1), run(299, 2)}, 2, 599 * time.Second, types.TaskStopCodeEssentialContainerExited, 2},
		"cannot start again":        {restartAfter(60), []scripted.Script{run(60, 5), {FailStart: "gone"}}, 1, 60 * time.Second, types.TaskStopCodeEssentialContainerExited, 5},
		"its process is lost":       {restartAfter(60), []scripted.Script{{For: time.Minute, Lost: true}}, 1, 60 * time.Second, types.TaskStopCodeTerminationNotice, -1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripted.InTurn(tt.runs...), func(t *testing.T, b *fixture) {
				app := worker("app", "run")
				app.RestartPolicy = tt.policy
				b.register("job", app)
				arn := b.runOne("job")
				startedAt := b.task(arn).StartedAt
				time.Sleep(tt.after - time.Second/2)
				if task := b.task(arn); *task.LastStatus != "RUNNING" || !task.StartedAt.Equal(*startedAt) || task.Containers[0].ExitCode != nil {
					t.Errorf("before its end: %s, startedAt %v after %v", *task.LastStatus, task.StartedAt, startedAt)
				}
				time.Sleep(time.Second)
				task := b.task(arn)
				checkEnd(t, task, tt.code, str(task.StoppedReason), []int{tt.exit})
				if n := len(b.runner.Started()); n != tt.started {
					t.Errorf("%d starts, want %d", n, tt.started)
				}
			})
		})
	}
}

// A container that runs for a minute is checked: what its last run has shown counts for nothing, neither failures that were not
// yet enough nor a check that ended in the same moment as the run.
func TestRestartedContainerIsCheckedAnew(t *testing.T) {
	type health struct {
		at     time.Duration
		status types.HealthStatus
	}
	for name, tt := range map[string]struct {
		interval int32
		results  string
		want     []health
	}{
		"each run by its own":         {10, "ox", []health{{15, "HEALTHY"}, {25, "HEALTHY"}, {35, "UNHEALTHY"}, {61, "UNKNOWN"}, {75, "UNKNOWN"}, {85, "UNHEALTHY"}}},
		"failures that were too few":  {40, "x", []health{{45, "UNKNOWN"}, {105, "UNKNOWN"}, {165, "UNKNOWN"}}},
		"a check that ends with both": {30, "x", []health{{45, "UNKNOWN"}, {95, "UNKNOWN"}}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, probes(tt.results), func(t *testing.T, b *fixture) {
				app := checked(worker("app", "minute"))
				app.HealthCheck.Interval, app.RestartPolicy = &tt.interval, restartAfter(60)
				b.register("job", app)
				arn := b.runOne("job")
				for _, want := range tt.want {
					time.Sleep(want.at*time.Second - time.Since(*b.task(arn).CreatedAt))
					if got := b.task(arn).HealthStatus; got != want.status {
						t.Errorf("after %d s: %s, want %s", want.at, got, want.status)
					}
				}
			})
		})
	}
}

func TestStopWhileAContainerStartsAgain(t *testing.T) {
	inBubble(t, localecs.Options{}, scripted.InTurn(scripted.Script{For: time.Minute, ExitCode: 3}, scripted.Script{NeverStarts: true}), func(t *testing.T, b *fixture) {
		app := worker("app", "run")
		app.RestartPolicy = restartAfter(60)
		b.register("job", app)
		arn := b.runOne("job")
		time.Sleep(61 * time.Second)
		if got := b.task(arn); *got.LastStatus != "RUNNING" {
			t.Errorf("between two runs: %s", *got.LastStatus)
		}
		b.stop(arn, "enough")
		synctest.Wait()
		checkEnd(t, b.task(arn), types.TaskStopCodeUserInitiated, "enough", []int{3})
	})
}
