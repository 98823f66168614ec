package task

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/clock"
	"davit/internal/localecs/output"
	"davit/internal/localecs/process"
)

// Delays is the time that a task spends in a state; 0 passes it at once.
type Delays struct {
	Provisioning, Pending, Deactivating, Deprovisioning time.Duration
}

// owner keeps tasks: it guards them with its lock, writes them down and reports their changes.
type owner interface {
	// Change applies f to the task, unless it is STOPPED. f is called under the owner's lock.
	Change(t *Task, f func(now time.Time))
	// AskStop asks for the stop of the task. The first cause stands; also, which may be nil, is part of the same change.
	AskStop(t *Task, code types.TaskStopCode, reason string, also func(now time.Time))
	// Finish makes the task STOPPED and frees its place.
	Finish(t *Task)
}

// Host is what the runners of all tasks share.
type Host struct {
	Owner   owner
	Ctx     context.Context                 // ends when the tasks are to be left as they are
	KillAll chan struct{}                   // closed when stopping takes too long
	Starts  chan struct{}                   // one token for each process being started
	Group   sync.WaitGroup                  // of the runners' goroutines
	Written func(ctx context.Context) error // waits until what was changed is on disk, also while the disk is full
	Clock   clock.Clock
	Log     *slog.Logger
	Runner  process.Runner
	Output  *output.Recorder
	Delays  Delays
	Dir     string // of all tasks' folders
	S3Dir   string // the folder that stands for S3; "" for none
	Path    string // PATH of the host
}

// Sleep waits for d of the host's clock; false when until, which may be nil, was closed before, or the context ended.
func (h *Host) Sleep(d time.Duration, until <-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	passed := make(chan struct{})
	stop := h.Clock.AfterFunc(d, func() { close(passed) })
	defer stop()
	select {
	case <-passed:
		return true
	case <-until:
	case <-h.Ctx.Done():
	}
	return false
}
