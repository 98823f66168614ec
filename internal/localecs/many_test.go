package localecs_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
)

func TestAThousandTasksAtOnce(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		const calls, each = 100, 10
		b.register("job", worker("app", "minute"))
		runAtOnce(t, b, calls, each)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := len(b.runner.Started()); n != calls*each {
			t.Errorf("%d processes started, want %d", n, calls*each)
		}
		in := &ecs.ListTasksInput{DesiredStatus: types.DesiredStatusStopped}
		if n := len(b.list(*in, 100, nil)); n != calls*each {
			t.Errorf("%d tasks ended, want %d", n, calls*each)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(b.list(*in, 100, nil)); n != 0 {
			t.Errorf("%d tasks are still known after an hour", n)
		}
	})
}

// runAtOnce makes that many calls side by side, each for so many tasks.
func runAtOnce(t *testing.T, b *fixture, calls int, each int32) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range calls {
		wg.Go(func() {
			out, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{
				TaskDefinition: new("job"), Count: &each, StartedBy: new(fmt.Sprint("run-", i)),
			})
			switch {
			case err != nil:
				t.Errorf("error %v", err)
			case len(out.Tasks) != int(each):
				t.Errorf("len(out.Tasks) is %v, want %v", len(out.Tasks), int(each))
			}
		})
	}
	wg.Wait()
}

func TestEventsOfManyTasksAreInOrder(t *testing.T) {
	in := new(inbox)
	inBubble(t, localecs.Options{Events: in.deliver}, scripts, func(t *testing.T, b *fixture) {
		const calls, each = 5, 8
		b.register("job", worker("app", "slow"), sidecar("log", "graceful"))
		runAtOnce(t, b, calls, each)
		time.Sleep(time.Hour)
		synctest.Wait()
		last, final := map[string]int64{}, 0
		for _, e := range in.events {
			if e.Detail.Version != last[e.Detail.TaskArn]+1 {
				t.Fatalf("%s: version %d after %d", e.Detail.TaskArn, e.Detail.Version, last[e.Detail.TaskArn])
			}
			last[e.Detail.TaskArn] = e.Detail.Version
			if e.Detail.LastStatus == "STOPPED" && e.Detail.StopCode == "EssentialContainerExited" {
				final++
			}
		}
		if len(last) != calls*each || final != calls*each {
			t.Errorf("events of %d tasks, %d of them ended, want %d", len(last), final, calls*each)
		}
	})
}

func TestAMonthOfOneTask(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		arn := b.runOne("job")
		time.Sleep(30 * 24 * time.Hour)
		if got := b.task(arn); *got.LastStatus != "RUNNING" || got.Version != 3 {
			t.Errorf("after a month: %s, version %d", *got.LastStatus, got.Version)
		}
	})
}
