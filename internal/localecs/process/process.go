// Package process starts and ends the OS processes of Davit's local tasks, and leaves none behind.
//
// One supervisor, the program itself re-executed with a hidden command that calls Main, is the parent
// of all of them. Davit holds a pipe to it: orders go down, reports come back, and the end of that
// pipe, however Davit ended, makes the supervisor kill every process group and exit. Should the
// supervisor be the one that dies, Davit kills the groups itself and starts another for the next Start.
//
// A process that leaves its group (setsid) is out of reach of a signal to that group. On Linux such a
// process becomes the supervisor's child once its parent has ended, and is killed as soon as no started
// process is open, and at the latest when the supervisor ends. Two gaps remain: macOS has no such
// adoption, so there it survives; and on either system it survives the supervisor's own sudden death.
// When Davit and the supervisor are killed in the same instant, nobody is left to act: Linux then kills
// the started processes, but not what they started themselves.
package process

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// Spec is one process to start. Its stdin is /dev/null, and it inherits no other open file.
type Spec struct {
	// Argv is the command and its arguments, at least one. A command without a slash is looked up
	// in the PATH of Env, never in the host's; one with a slash is relative to Dir.
	Argv []string
	// Env is the whole environment, each KEY=value, passed on as it is.
	Env []string
	// Dir is the working directory; it must exist.
	Dir string
	// Output is the file that stdout and stderr are appended to, created with mode 0600 when
	// missing. The process holds it open itself, so output survives Davit.
	Output string
	// Limits are set before the command begins; what they do not name is as Davit has it.
	Limits []Limit
	// User is whom the process runs as, nil for Davit's own user. Anyone else needs Davit to be root.
	User *User
}

// Limit is a resource limit by its ulimit name, for example nofile. -1 stands for no limit.
type Limit struct {
	Name       string
	Soft, Hard int64
}

// User is a user by its numbers.
type User struct {
	UID, GID int
	// Groups are the supplementary groups.
	Groups []int
}

// IsSelf is true for the user and group that this process has, which it may always run as.
func (u User) IsSelf() bool { return u.UID == os.Geteuid() && u.GID == os.Getegid() }

// Check is a *StartError when this process may not start one as the user.
func (u User) Check() error {
	if u.IsSelf() || os.Geteuid() == 0 {
		return nil
	}
	return refuse("user %d:%d: only root may run a container as another user than its own, which is %d:%d here",
		u.UID, u.GID, os.Geteuid(), os.Getegid())
}

// Exit is how a process ended.
type Exit struct {
	Code int       // 0..255; 128+n when signal n ended it; meaningless when Lost
	Lost bool      // the supervisor died with it: the process was killed and no exit code was seen
	At   time.Time // when the end was seen, UTC
}

// StartError is why a process could not be started, in words that a user may see.
type StartError struct {
	Reason string
	// NoRoom is true when the disk had no room for the output file. Nothing was started.
	NoRoom bool
}

// Error is the reason alone.
func (e *StartError) Error() string { return e.Reason }

// NoRoom reports whether err comes from a disk, or a user's share of it, that is full.
func NoRoom(err error) bool {
	if known := new(StartError); errors.As(err, &known) {
		return known.NoRoom
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Process is a started process. Its methods may be called at any time and from any goroutine.
type Process interface {
	// PID is the process's id, and its process group's.
	PID() int
	// Done carries one value when the process has ended, and is then closed. What was left of its
	// group is killed by then, as the end of a container's first process ends the container.
	Done() <-chan Exit
	// Terminate sends SIGTERM to the process group. It does not wait, and does nothing once the
	// process has ended.
	Terminate() error
	// Kill sends SIGKILL to the process group. It does not wait, and does nothing once the process
	// has ended.
	Kill() error
}

// Runner starts processes: *Supervisor does, and tests of its users script their own.
type Runner interface {
	// Start returns once the command runs, or with a *StartError when it cannot run. Any other
	// error says nothing about the command: ctx was done, or the supervisor could not be had. ctx
	// bounds the start alone: one that is under way when ctx is done may come true within a second, and is killed after that.
	Start(ctx context.Context, spec Spec) (Process, error)
}
