package task

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/faults"
	"davit/internal/localecs/placement"
)

// The states of a task, and of a container where ECS has them.
const (
	Provisioning   = "PROVISIONING"
	Pending        = "PENDING"
	Running        = "RUNNING"
	deactivating   = "DEACTIVATING"
	stopping       = "STOPPING"
	deprovisioning = "DEPROVISIONING"
	Stopped        = "STOPPED"
)

// Task is one task. Its goroutine (life) alone moves lastStatus on; anyone may ask for its stop.
type Task struct {
	// Task is what DescribeTasks shows. Its pointers are replaced, never written through, so a copy of the struct and of
	// Containers is safe to read without the lock.
	types.Task
	ID, Cluster, Family string
	Seq                 uint64
	Token               string
	EventVersion        int64
	Instance            int // the machine's index
	Booked              placement.Booking
	Hiding              *faults.Hidden
	StopAsked           chan struct{} // closed by the first stop
	Ended               chan struct{} // closed when STOPPED
}

// New makes the parts of a task that are not shown.
func New(shown types.Task, id, cluster, family string, seq uint64) *Task {
	return &Task{
		Task: shown, ID: id, Cluster: cluster, Family: family, Seq: seq,
		StopAsked: make(chan struct{}), Ended: make(chan struct{}),
	}
}

// Is reports whether the task is in that status.
func (t *Task) Is(status string) bool { return *t.LastStatus == status }

// View is the task as it is now, for a reader without the lock.
func (t *Task) View() types.Task {
	v := t.Task
	v.Containers = slices.Clone(t.Containers)
	return v
}

// The states of a network interface's attachment that are passed through here.
const (
	Precreated = "PRECREATED"
	attached   = "ATTACHED"
	deleted    = "DELETED"
)

const reasonNoExec = "The local ECS has no ECS Exec."

// attachmentsIn are the attachments in another state; the old ones may be in a reader's hands.
func attachmentsIn(all []types.Attachment, status string) []types.Attachment {
	moved := make([]types.Attachment, len(all))
	for i, a := range all {
		a.Status = &status
		moved[i] = a
	}
	return moved
}

// agentsOfStarted are a container's managed agents once it runs: ECS Exec is not to be had, and the task says so.
func agentsOfStarted(all []types.ManagedAgent) []types.ManagedAgent {
	var moved []types.ManagedAgent
	for _, a := range all {
		a.LastStatus, a.Reason = new(Stopped), new(reasonNoExec)
		moved = append(moved, a)
	}
	return moved
}

// Retire puts all of a task into its last state. Its tags stay: only StopTask deletes them (SP-06).
func (t *Task) Retire() {
	t.LastStatus = new(Stopped)
	t.Attachments = attachmentsIn(t.Attachments, deleted)
	for i := range t.Containers {
		t.Containers[i].LastStatus = new(Stopped)
	}
}
