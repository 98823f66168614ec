package localecs_test

import (
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
	"davit/internal/localecs/process"
	"davit/internal/localecs/scripted"
)

// probes hands each check (a process whose command is probe) the next result, and the last one to all that follow: o succeeds,
// x fails, t never ends. Everything else is of scripts.
func probes(results string) scripted.Pick {
	var mu sync.Mutex
	return func(spec process.Spec) scripted.Script {
		if spec.Argv[0] != "probe" {
			return scripts(spec)
		}
		mu.Lock()
		defer mu.Unlock()
		result := results[0]
		if len(results) > 1 {
			results = results[1:]
		}
		return map[byte]scripted.Script{'o': {}, 'x': {ExitCode: 1}, 't': {Forever: true, IgnoreTerm: true}}[result]
	}
}

// checked adds to a container a health check that is made every ten seconds.
func checked(c types.ContainerDefinition) types.ContainerDefinition {
	c.HealthCheck = &types.HealthCheck{Command: []string{"CMD", "probe", "-v"}, Interval: new(int32(10)), Retries: new(int32(2))}
	return c
}

func TestHealthChecks(t *testing.T) {
	in := new(inbox)
	inBubble(t, localecs.Options{Events: in.deliver}, probes("xoxxoxt"), func(t *testing.T, b *fixture) {
		b.register("job", checked(worker("app", "forever")), sidecar("side", "forever"))
		arn := b.runOne("job")
		version := b.task(arn).Version
		for i, want := range []types.HealthStatus{"UNKNOWN", "UNKNOWN", "HEALTHY", "HEALTHY", "UNHEALTHY", "HEALTHY", "HEALTHY"} {
			task := b.task(arn)
			if task.HealthStatus != want || task.Containers[0].HealthStatus != want || task.Containers[1].HealthStatus != "UNKNOWN" {
				t.Errorf("after %d checks: task %s, containers %s and %s, want %s",
					i, task.HealthStatus, task.Containers[0].HealthStatus, task.Containers[1].HealthStatus, want)
			}
			time.Sleep(10 * time.Second)
		}
		// The check that never ends is given up after the 5 seconds that ECS fills in.
		synctest.Wait()
		if n := b.runner.Running(); n != 3 {
			t.Errorf("%d processes run with a check under way, want 3", n)
		}
		time.Sleep(5 * time.Second)
		task := b.task(arn)
		if n := b.runner.Running(); n != 2 || task.HealthStatus != "UNHEALTHY" || *task.LastStatus != "RUNNING" {
			t.Errorf("after a check that took too long: %d processes, %s, %s", n, task.HealthStatus, *task.LastStatus)
		}
		if got := task.Version - version; got != 4 {
			t.Errorf("the version rose by %d, want 4: one for each change of health", got)
		}
		last := in.events[len(in.events)-1]
		if last.Detail.Version != task.Version {
			t.Errorf("the last event has version %d, the task %d", last.Detail.Version, task.Version)
		}
		checkProbe(t, b)
	})
}

// checkProbe compares what a check ran as with its container.
func checkProbe(t *testing.T, b *fixture) {
	t.Helper()
	var app, probe process.Spec
	for _, spec := range b.runner.Started() {
		switch spec.Argv[0] {
		case "probe":
			probe = spec
		case "forever":
			if strings.HasSuffix(spec.Output, "app.log") {
				app = spec
			}
		}
	}
	switch {
	case strings.Join(probe.Argv, " ") != "probe -v":
		t.Error("strings.Join(probe.Argv, \" \") is not \"probe -v\"")
	case probe.Output != os.DevNull:
		t.Errorf("probe.Output is %v, want %v", probe.Output, os.DevNull)
	case probe.Dir != app.Dir:
		t.Errorf("probe.Dir is %v, want %v", probe.Dir, app.Dir)
	case strings.Join(probe.Env, " ") != strings.Join(app.Env, " "):
		t.Error("strings.Join(probe.Env, \" \") is not strings.Join(app.Env, \" \")")
	}
}

func TestChecksEndWithTheirContainer(t *testing.T) {
	for name, end := range map[string]func(b *fixture, arn string){
		"by itself": func(*fixture, string) { time.Sleep(30 * time.Second) },
		"stopped":   func(b *fixture, arn string) { b.stop(arn, "enough") },
		"shut down": func(b *fixture, _ string) {
			if err := b.server.Shutdown(b.Context()); err != nil {
				b.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, probes("t"), func(t *testing.T, b *fixture) {
				app := checked(worker("app", "minute"))
				app.HealthCheck.Interval, app.HealthCheck.Timeout = new(int32(35)), new(int32(60))
				b.register("job", app)
				arn := b.runOne("job")
				time.Sleep(36 * time.Second)
				synctest.Wait()
				if n := b.runner.Running(); n != 2 {
					t.Fatalf("%d processes run, want the container and its check", n)
				}
				end(b, arn)
				synctest.Wait()
				if n := b.runner.Running(); n != 0 {
					t.Errorf("%d processes are left", n)
				}
				time.Sleep(10 * time.Minute)
				if n := len(b.runner.Started()); n != 2 {
					t.Errorf("%d processes were started, want 2", n)
				}
			})
		})
	}
}

func TestDependsOnHealth(t *testing.T) {
	for name, tt := range map[string]struct {
		results string
		timeout *int32
		started time.Duration // of app; 0 for never
		reason  string
	}{
		"healthy at last":  {"xxxo", nil, 40 * time.Second, ""},
		"within its time":  {"xo", new(int32(25)), 20 * time.Second, ""},
		"not in its time":  {"x", new(int32(25)), 0, "CannotStartContainerError: container 'db', which it depends on, was not HEALTHY within its startTimeout of 25s"},
		"ended before":     {"x", nil, 0, "CannotStartContainerError: a container that it depends on did not start, or did not end successfully"},
		"unhealthy is yet": {"xxxxo", nil, 50 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, probes(tt.results), func(t *testing.T, b *fixture) {
				db := checked(sidecar("db", "minute"))
				db.StartTimeout = tt.timeout
				b.register("job", after(worker("app", "forever"), "db", types.ContainerConditionHealthy), db)
				begun := time.Now()
				arn := b.runOne("job")
				if got := b.task(arn); *got.LastStatus != "PENDING" || str(got.Containers[1].LastStatus) != "RUNNING" {
					t.Errorf("at first: task %s, db %s", *got.LastStatus, str(got.Containers[1].LastStatus))
				}
				time.Sleep(2 * time.Minute)
				task := b.task(arn)
				if tt.reason != "" {
					checkEnd(t, task, types.TaskStopCodeTaskFailedToStart, tt.reason, []int{-1, -2})
					return
				}
				if task.StartedAt == nil || task.StartedAt.Sub(begun).Round(time.Second) != tt.started {
					t.Errorf("%s, started at %v, want %v after the launch", *task.LastStatus, task.StartedAt, tt.started)
				}
			})
		})
	}
}

func TestStartTimeout(t *testing.T) {
	for name, tt := range map[string]struct {
		condition types.ContainerCondition
		essential bool
		late      bool
	}{
		"START was reached":     {types.ContainerConditionStart, true, false},
		"COMPLETE was not":      {types.ContainerConditionComplete, true, true},
		"SUCCESS was not":       {types.ContainerConditionSuccess, true, true},
		"of what need not run ": {types.ContainerConditionSuccess, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				setup := sidecar("setup", "setup") // runs for 20 seconds
				setup.StartTimeout = new(int32(10))
				app := after(worker("app", "minute"), "setup", tt.condition)
				app.Essential = &tt.essential
				b.register("job", app, setup, worker("main", "minute"))
				arn := b.runOne("job")
				time.Sleep(11 * time.Second)
				task := b.task(arn)
				why := "was not " + string(tt.condition) + " within its startTimeout of 10s"
				if got := strings.Contains(str(task.Containers[0].Reason), why); got != tt.late {
					t.Errorf("the container's reason is %s", str(task.Containers[0].Reason))
				}
				wantStop := tt.late && tt.essential
				if got := *task.DesiredStatus == "STOPPED"; got != wantStop {
					t.Errorf("desiredStatus %s, %s", *task.DesiredStatus, str(task.StoppedReason))
				}
			})
		})
	}
}

// Containers stop in the reverse order of their start.
func TestOrderOfTheEnd(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job",
			after(worker("app", "graceful"), "proxy", types.ContainerConditionStart),
			after(worker("proxy", "graceful"), "log", types.ContainerConditionStart),
			worker("log", "graceful"), worker("other", "graceful"))
		arn := b.runOne("job")
		synctest.Wait()
		b.stop(arn, "enough")
		time.Sleep(time.Second)
		for _, want := range []string{"RUNNING RUNNING RUNNING RUNNING", "STOPPED RUNNING RUNNING STOPPED", "STOPPED STOPPED RUNNING STOPPED", "STOPPED STOPPED STOPPED STOPPED"} {
			var got []string
			for _, c := range b.task(arn).Containers {
				got = append(got, *c.LastStatus)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("containers are %v, want %s", got, want)
			}
			time.Sleep(5 * time.Second) // which each of them takes
		}
		checkEnd(t, b.task(arn), types.TaskStopCodeUserInitiated, "enough", []int{7, 7, 7, 7})
	})
}

func TestRefusedContainers(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for text, change := range map[string]func(*types.ContainerDefinition){
			"'healthCheck.command' must":                                        func(c *types.ContainerDefinition) { c.HealthCheck.Command = []string{} },
			"'healthCheck.command' must have a command":                         func(c *types.ContainerDefinition) { c.HealthCheck.Command = []string{"CMD"} },
			"'healthCheck.interval' must be between 5 and 300":                  func(c *types.ContainerDefinition) { c.HealthCheck.Interval = new(int32(4)) },
			"'healthCheck.timeout' must be between 2 and 60":                    func(c *types.ContainerDefinition) { c.HealthCheck.Timeout = new(int32(61)) },
			"'healthCheck.retries' must be between 1 and 10":                    func(c *types.ContainerDefinition) { c.HealthCheck.Retries = new(int32(0)) },
			"'healthCheck.startPeriod' must be between 0 and 300":               func(c *types.ContainerDefinition) { c.HealthCheck.StartPeriod = new(int32(301)) },
			"'restartPolicy.restartAttemptPeriod' must be between 60 and 1800":  func(c *types.ContainerDefinition) { c.RestartPolicy = restartAfter(59) },
			"'restartPolicy.ignoredExitCodes' must not have more than 50 items": func(c *types.ContainerDefinition) { c.RestartPolicy = restartAfter(60, make([]int32, 51)...) },
			"Unknown ulimit 'as'":                                               func(c *types.ContainerDefinition) { c.Ulimits = []types.Ulimit{{Name: "as"}} },
			"'startTimeout' must not be negative":                               func(c *types.ContainerDefinition) { c.StartTimeout = new(int32(-1)) },
			"waits for 'log' to be HEALTHY, which has no health check":          func(c *types.ContainerDefinition) { *c = after(*c, "log", types.ContainerConditionHealthy) },
		} {
			app := checked(worker("app", "minute"))
			change(&app)
			_, err := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
				Family: new("odd"), ContainerDefinitions: []types.ContainerDefinition{app, worker("log", "minute")},
			})
			if codeOf(err) != "ClientException" || !strings.Contains(err.Error(), text) {
				t.Errorf("%v does not say %q", err, text)
			}
		}
	})
}
