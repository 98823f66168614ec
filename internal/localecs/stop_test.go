package localecs_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
	"davit/internal/localecs/task"
)

func TestStopTask(t *testing.T) {
	short := worker("app", "deaf")
	short.StopTimeout = new(int32(2))
	tests := []struct {
		name      string
		container types.ContainerDefinition
		delays    task.Delays
		before    time.Duration // between launch and stop
		takes     time.Duration
		exit      int
		starts    int
	}{
		{"ends on SIGTERM", worker("app", "forever"), task.Delays{}, time.Second, 0, 143, 1},
		{"takes its time", worker("app", "graceful"), task.Delays{}, time.Second, 5 * time.Second, 7, 1},
		{"is killed", worker("app", "deaf"), task.Delays{}, time.Second, 30 * time.Second, 137, 1},
		{"is killed after its own stopTimeout", short, task.Delays{}, time.Second, 2 * time.Second, 137, 1},
		{"is PROVISIONING", worker("app", "minute"), task.Delays{Provisioning: time.Hour}, time.Second, 0, -1, 0},
		{"is PENDING", worker("app", "minute"), task.Delays{Pending: time.Hour}, time.Second, 0, -1, 0},
		{"never starts", worker("app", "hangs"), task.Delays{}, time.Second, 0, -1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{Delays: tt.delays}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", tt.container)
				arn := b.runOne("job")
				time.Sleep(tt.before)
				answer := b.stop(arn, "enough")
				if *answer.DesiredStatus != "STOPPED" || *answer.LastStatus == "STOPPED" {
					t.Errorf("answer: desiredStatus %s, lastStatus %s", *answer.DesiredStatus, *answer.LastStatus)
				}
				b.stop(arn, "again")
				if tt.takes > 0 {
					time.Sleep(tt.takes - time.Millisecond)
					if got := *b.task(arn).LastStatus; got != "STOPPING" {
						t.Errorf("a millisecond before: %s, want STOPPING", got)
					}
					time.Sleep(2 * time.Millisecond)
				}
				checkEnd(t, b.task(arn), types.TaskStopCodeUserInitiated, "enough", []int{tt.exit})
				if n := len(b.runner.Started()); n != tt.starts {
					t.Errorf("%d processes started, want %d", n, tt.starts)
				}
				version := b.task(arn).Version
				b.stop(arn, "after its end")
				switch got := b.task(arn); {
				case got.Version != version:
					t.Errorf("stopping an ended task changed it: got.Version is %v, want %v", got.Version, version)
				case *got.StoppedReason != "enough":
					t.Errorf("stopping an ended task changed it: *got.StoppedReason is %v, want enough", *got.StoppedReason)
				}
			})
		})
	}
}

func TestStopTaskWhileWaitingForItsTurn(t *testing.T) {
	inBubble(t, localecs.Options{Starts: 1}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "hangs"))
		first, second := b.runOne("job"), b.runOne("job")
		time.Sleep(time.Second)
		b.stop(first, "x")
		b.stop(second, "x")
		for _, arn := range []string{first, second} {
			checkEnd(t, b.task(arn), types.TaskStopCodeUserInitiated, "x", []int{-1})
		}
	})
}

func TestStopTaskRefusals(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("other")}); err != nil {
			t.Fatal(err)
		}
		b.register("job", worker("app", "minute"))
		arn := b.runOne("job")
		for _, tt := range []struct {
			in   ecs.StopTaskInput
			code string
		}{
			{ecs.StopTaskInput{Task: new("0123")}, "InvalidParameterException"},
			{ecs.StopTaskInput{Task: &arn, Cluster: new("none")}, "ClusterNotFoundException"},
			{ecs.StopTaskInput{Task: &arn, Cluster: new("other")}, "InvalidParameterException"},
		} {
			_, err := b.client.StopTask(b.Context(), &tt.in)
			wantCode(t, err, tt.code)
		}
		if got := b.task(arn); *got.LastStatus != "RUNNING" {
			t.Errorf("lastStatus %s, want RUNNING", *got.LastStatus)
		}
	})
}

func TestInterrupt(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "graceful"))
		arn := b.runOne("job")
		synctest.Wait()
		if err := b.server.Interrupt(arn); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		checkEnd(t, b.task(arn), types.TaskStopCodeSpotInterruption, "Your Spot Task was interrupted.", []int{7})
		if err := b.server.Interrupt("unknown"); err == nil {
			t.Error("an unknown task was interrupted")
		}
	})
}

func TestShutdown(t *testing.T) {
	tests := []struct {
		name, command string
		takes         time.Duration
		exit          int
	}{
		{"ends on SIGTERM", "forever", 0, 143},
		{"is killed when the context ends", "deaf", 5 * time.Second, 137},
		{"never starts", "hangs", 0, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", worker("app", tt.command))
				arn := b.runOne("job")
				synctest.Wait()
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				if err := b.server.Shutdown(ctx); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(begun); took != tt.takes {
					t.Errorf("took %v, want %v", took, tt.takes)
				}
				if n := b.runner.Running(); n != 0 {
					t.Errorf("%d processes are left", n)
				}
				*b = *open(t, b.opt)
				checkEnd(t, b.task(arn), types.TaskStopCodeTerminationNotice, "Local ECS was shut down.", []int{tt.exit})
			})
		})
	}
}

func TestNoCallsAfterShutdown(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		if err := b.server.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := b.client.ListTasks(t.Context(), &ecs.ListTasksInput{})
		wantCode(t, err, "ServerException")
	})
}
