package localecs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
)

var noRoom = scripted.Script{FailStart: "no space left on device", NoRoom: true}

// A process for which the disk has no room is started when there is room.
func TestStart_DiskFull_WaitsForRoom(t *testing.T) {
	pick := scripted.InTurn(noRoom, noRoom, noRoom, scripted.Script{For: time.Minute, ExitCode: 3})
	inBubble(t, localecs.Options{}, pick, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "run"))
		arn := b.runOne("job")
		time.Sleep(2500 * time.Millisecond)
		if got := *b.task(arn).LastStatus; got != "PENDING" {
			t.Errorf("without room: got %s, want PENDING", got)
		}
		time.Sleep(2 * time.Minute)
		checkEnd(t, b.task(arn), types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{3})
		if n := len(b.runner.Started()); n != 1 {
			t.Errorf("got %d starts, want 1", n)
		}
	})
}

func TestStop_WhileWaitingForRoom_Ends(t *testing.T) {
	inBubble(t, localecs.Options{}, scripted.InTurn(noRoom), func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "run"))
		arn := b.runOne("job")
		time.Sleep(time.Minute)
		b.stop(arn, "enough")
		time.Sleep(time.Minute)
		checkEnd(t, b.task(arn), types.TaskStopCodeUserInitiated, "enough", []int{-1})
	})
}
