package localecs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
	"davit/internal/localecs/faults"
)

func withToken(token string, count int32) *ecs.RunTaskInput {
	return &ecs.RunTaskInput{TaskDefinition: new("job"), ClientToken: &token, Count: &count}
}

func arns(tasks []types.Task) []string {
	all := []string{}
	for _, t := range tasks {
		all = append(all, *t.TaskArn)
	}
	return all
}

func TestClientTokenAnswersTheFirstResult(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		first := b.run(withToken("t1", 2))
		time.Sleep(time.Second)
		b.stop(*first.Tasks[0].TaskArn, "x")
		b.task(*first.Tasks[0].TaskArn)

		again := b.run(withToken("t1", 2))
		if got, want := arns(again.Tasks), arns(first.Tasks); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Fatalf("replay = %v, want %v", got, want)
		}
		switch gone := again.Tasks[0]; {
		case *gone.LastStatus != "STOPPED":
			t.Errorf("a stopped task shows more than its ARN and states: *gone.LastStatus is %v, want STOPPED", *gone.LastStatus)
		case gone.StopCode != "":
			t.Errorf("a stopped task shows more than its ARN and states: gone.StopCode is %v, want ", gone.StopCode)
		case gone.Containers != nil:
			t.Errorf("a stopped task shows more than its ARN and states: gone.Containers is %v, want nil", gone.Containers)
		}
		switch alive := again.Tasks[1]; {
		case *alive.LastStatus != "RUNNING":
			t.Errorf("the running task is not described as it is: *alive.LastStatus is %v, want RUNNING", *alive.LastStatus)
		case len(alive.Containers) != 1:
			t.Errorf("the running task is not described as it is: len(alive.Containers) is %v, want 1", len(alive.Containers))
		}
		if n := len(b.runner.Started()); n != 2 {
			t.Errorf("%d processes started, want 2", n)
		}
	})
}

func TestClientTokenWithOtherParameters(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		first := b.run(withToken("t1", 1))
		_, err := b.client.RunTask(t.Context(), withToken("t1", 2))
		var conflict *types.ConflictException
		if !errors.As(err, &conflict) {
			t.Fatalf("error = %v, want ConflictException", err)
		}
		if len(conflict.ResourceIds) != 1 || conflict.ResourceIds[0] != *first.Tasks[0].TaskArn {
			t.Errorf("resourceIds = %v, want the task", conflict.ResourceIds)
		}
		if n := len(b.run(withToken("t2", 1)).Tasks); n != 1 {
			t.Errorf("another token placed %d tasks", n)
		}
	})
}

func TestClientTokenIsOfOneCluster(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("other")}); err != nil {
			t.Fatal(err)
		}
		first := b.run(withToken("t1", 1))
		elsewhere := withToken("t1", 1)
		elsewhere.Cluster = new("other")
		if got := b.run(elsewhere); *got.Tasks[0].TaskArn == *first.Tasks[0].TaskArn {
			t.Error("the token of one cluster answered in another")
		}
		named := withToken("t1", 1)
		named.Cluster = new("arn:aws:ecs:local:000000000000:cluster/default")
		if got := b.run(named); *got.Tasks[0].TaskArn != *first.Tasks[0].TaskArn {
			t.Error("the same cluster under its ARN is another call")
		}
	})
}

func TestClientTokenLife(t *testing.T) {
	tests := []struct {
		name, command string
		known         time.Duration // a repeat then is a replay
		over          time.Duration // and a new launch then
	}{
		{"an hour after the end", "minute", 60*time.Minute + 50*time.Second, 61*time.Minute + 10*time.Second},
		{"a day at most", "forever", 24*time.Hour - time.Second, 24*time.Hour + time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", worker("app", tt.command))
				begun := time.Now()
				first := arns(b.run(withToken("t1", 1)).Tasks)
				time.Sleep(time.Until(begun.Add(tt.known)))
				if got := arns(b.run(withToken("t1", 1)).Tasks); got[0] != first[0] {
					t.Errorf("after %v the token launched anew", tt.known)
				}
				time.Sleep(time.Until(begun.Add(tt.over)))
				if got := arns(b.run(withToken("t1", 1)).Tasks); got[0] == first[0] {
					t.Errorf("after %v the token is still known", tt.over)
				}
			})
		})
	}
}

func TestClientTokenOfFailures(t *testing.T) {
	inBubble(t, localecs.Options{CPU: 256}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		first := b.run(withToken("t1", 2))
		if len(first.Tasks) != 1 || len(first.Failures) != 1 {
			t.Fatalf("tasks %d, failures %d, want 1 and 1", len(first.Tasks), len(first.Failures))
		}
		time.Sleep(2 * time.Minute) // there is room again
		again := b.run(withToken("t1", 2))
		switch {
		case len(again.Tasks) != 1:
			t.Errorf("replay: len(again.Tasks) is %v, want 1", len(again.Tasks))
		case len(again.Failures) != 1:
			t.Errorf("replay: len(again.Failures) is %v, want 1", len(again.Failures))
		case *again.Tasks[0].TaskArn != *first.Tasks[0].TaskArn:
			t.Errorf("replay: *again.Tasks[0].TaskArn is %v, want %v", *again.Tasks[0].TaskArn, *first.Tasks[0].TaskArn)
		}
		nothing := b.run(withToken("t2", 1))
		b.server.Faults().RefusePlacement(faults.Refusal{Calls: 1})
		refused := b.run(withToken("t3", 1))
		if len(nothing.Tasks) != 1 || len(refused.Tasks) != 0 {
			t.Fatalf("tasks %d and %d, want 1 and 0", len(nothing.Tasks), len(refused.Tasks))
		}
		time.Sleep(59 * time.Minute)
		if got := b.run(withToken("t3", 1)); len(got.Tasks) != 0 {
			t.Error("a token whose call placed nothing launched within the hour")
		}
		time.Sleep(2 * time.Minute)
		if got := b.run(withToken("t3", 1)); len(got.Tasks) != 1 {
			t.Error("a token whose call placed nothing is still known after an hour")
		}
	})
}

func TestClientTokenSurvivesARestart(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		first := arns(b.run(withToken("t1", 1)).Tasks)
		b.reopen()
		if got := arns(b.run(withToken("t1", 1)).Tasks); got[0] != first[0] {
			t.Error("the token was forgotten with the server")
		}
		time.Sleep(61 * time.Minute)
		if got := arns(b.run(withToken("t1", 1)).Tasks); got[0] == first[0] {
			t.Error("the token is known an hour after the restart stopped its task")
		}
	})
}
