package localecs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/faults"
)

// seen reports whether DescribeTasks and ListTasks know a task.
func (b *fixture) seen(arn string) (described, listed bool) {
	b.Helper()
	out := b.describe(arn)
	if len(out.Tasks) == 0 && *out.Failures[0].Reason != "MISSING" {
		b.Errorf("failure %+v", out.Failures[0])
	}
	list, err := b.client.ListTasks(b.Context(), &ecs.ListTasksInput{})
	if err != nil {
		b.Fatal(err)
	}
	return len(out.Tasks) == 1, len(list.TaskArns) == 1
}

func TestHideNewTasks(t *testing.T) {
	type look struct{ described, listed bool }
	tests := []struct {
		name   string
		hiding faults.Hiding
		want   []look // a minute apart
	}{
		{"nothing", faults.Hiding{}, []look{{true, true}}},
		{"for a time", faults.Hiding{For: 90 * time.Second}, []look{{false, true}, {false, true}, {true, true}}},
		{"for calls", faults.Hiding{Calls: 1}, []look{{false, true}, {true, true}}},
		{"for calls, from lists too", faults.Hiding{Calls: 2, Lists: true}, []look{{false, false}, {false, true}, {true, true}}},
		{"for both", faults.Hiding{Calls: 1, For: 90 * time.Second, Lists: true}, []look{{false, false}, {false, false}, {true, true}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", worker("app", "forever"))
				b.server.Faults().HideNewTasks(tt.hiding)
				arn := b.runOne("job")
				for i, want := range tt.want {
					described, listed := b.seen(arn)
					if got := (look{described, listed}); got != want {
						t.Errorf("look %d: %+v, want %+v", i, got, want)
					}
					time.Sleep(time.Minute)
				}
			})
		})
	}
}

func TestRefusePlacement(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		three := func() *ecs.RunTaskOutput { // the client writes its token into the input, so each call has its own
			return b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Count: new(int32(3))})
		}
		b.server.Faults().RefusePlacement(faults.Refusal{Calls: 1, Tasks: 2, Reason: "RESOURCE:ENI"})
		out := three()
		switch {
		case len(out.Tasks) != 1:
			t.Errorf("some: len(out.Tasks) is %v, want 1", len(out.Tasks))
		case len(out.Failures) != 2:
			t.Errorf("some: len(out.Failures) is %v, want 2", len(out.Failures))
		case *out.Failures[0].Reason != "RESOURCE:ENI":
			t.Errorf("some: *out.Failures[0].Reason is %v, want RESOURCE:ENI", *out.Failures[0].Reason)
		}
		if out := three(); len(out.Tasks) != 3 {
			t.Errorf("after it: %d tasks", len(out.Tasks))
		}
		b.server.Faults().RefusePlacement(faults.Refusal{Calls: 1})
		switch out := three(); {
		case len(out.Tasks) != 0:
			t.Errorf("all: len(out.Tasks) is %v, want 0", len(out.Tasks))
		case *out.Failures[2].Reason != "RESOURCE:MEMORY":
			t.Errorf("all: *out.Failures[2].Reason is %v, want RESOURCE:MEMORY", *out.Failures[2].Reason)
		}
	})
}

func TestLoseReplies(t *testing.T) {
	for name, how := range map[string]faults.Loss{"drop": faults.DropConnection, "500": faults.AnswerServerError} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", worker("app", "forever"))
				b.server.Faults().LoseReplies("RunTask", 1, how)
				_, err := b.client.RunTask(t.Context(), withToken("t1", 1))
				if err == nil {
					t.Fatal("the reply was not lost")
				}
				if how == faults.AnswerServerError {
					wantCode(t, err, "ServerException")
				}
				synctest.Wait()
				if n := len(b.runner.Started()); n != 1 {
					t.Errorf("%d processes started, want 1: the call is carried out", n)
				}
				if out := b.run(withToken("t1", 1)); len(out.Tasks) != 1 {
					t.Errorf("the repeat: %+v", out)
				}
				synctest.Wait()
				if n := len(b.runner.Started()); n != 1 {
					t.Errorf("%d processes started after the repeat, want 1", n)
				}
			})
		})
	}
}

func TestThrottleAndRefuse(t *testing.T) {
	inBubble(t, localecs.Options{RecordCalls: true}, scripts, func(t *testing.T, b *fixture) {
		list := func() error {
			_, err := b.client.ListTasks(t.Context(), &ecs.ListTasksInput{})
			return err
		}
		b.server.Faults().Throttle("ListTasks", 2)
		wantCode(t, list(), "ThrottlingException")
		wantCode(t, list(), "ThrottlingException")
		if err := list(); err != nil {
			t.Errorf("third call: %v", err)
		}
		b.server.Faults().Refuse(faults.Any, 1, "InvalidParameterException", "Rate exceeded")
		wantCode(t, list(), "InvalidParameterException")
		b.server.Faults().Refuse(faults.Any, 1, "ServerException", "Service Unavailable")
		wantCode(t, list(), "ServerException")
		var got []string
		for _, c := range b.server.Calls() {
			got = append(got, c.Operation+string(c.Input))
		}
		want := []string{"ListTasks{}", "ListTasks{}", "ListTasks{}", "ListTasks{}", "ListTasks{}"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestThrottleLikeAWS(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		granted := func(calls int) (n int) {
			for range calls {
				_, err := b.client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: new("x:1")})
				if code := codeOf(err); code == "ClientException" {
					n++
				}
			}
			return n
		}
		b.server.Faults().ThrottleLikeAWS(true)
		if n := granted(30); n != 20 {
			t.Errorf("%d of a burst were granted, want 20", n)
		}
		time.Sleep(3 * time.Second)
		if n := granted(30); n != 3 {
			t.Errorf("%d were granted after 3 s, want 3", n)
		}
		b.server.Faults().ThrottleLikeAWS(false)
		if n := granted(30); n != 30 {
			t.Errorf("%d were granted without throttling, want 30", n)
		}
	})
}

func TestAnswerLate(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		b.server.Faults().AnswerLate("RunTask", 7*time.Second)
		begun := time.Now()
		b.runOne("job")
		if took := time.Since(begun); took != 7*time.Second {
			t.Errorf("answered after %v, want 7 s", took)
		}
		b.server.Faults().AnswerLate("RunTask", 0)
		begun = time.Now()
		b.runOne("job")
		if took := time.Since(begun); took != 0 {
			t.Errorf("answered after %v, want at once", took)
		}
	})
}
