package process

import (
	"encoding/gob"
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// becoming is the argument that makes Main become a command instead of supervising.
const becoming = "become"

// becomePatience is how long that may take, as other starts wait for it.
const becomePatience = 20 * time.Second

// The files that a becoming process is given beside the command's three.
const (
	becomeOrder  = 3 // it reads what to become here
	becomeAnswer = 4 // it writes here why it cannot; the start of the command closes it
)

// become is a command with limits or a user of its own. Go cannot set those between fork and exec, so this program is
// started in its place: it sets them on itself, and then becomes the command, with the same pid. Until then it has the supervisor's
// environment.
type become struct {
	Path, Dir string
	Spec      Spec
}

// confined is true when a process is to have other limits or another user than the supervisor.
func (s Spec) confined() bool { return len(s.Limits) > 0 || s.User != nil && !s.User.IsSelf() }

func isBecoming(args []string) bool { return len(args) > 1 && args[len(args)-1] == becoming }

// fork starts this program as the process that becomes b. Every error is a *StartError.
func (b become) fork(files []uintptr) (pid int, err error) {
	if err := b.check(); err != nil {
		return 0, err
	}
	orders, answers, err := pipes()
	if err != nil {
		return 0, refuse("command %q: %s", b.Spec.Argv[0], plain(err))
	}
	defer closeAll(orders.w, answers.r)
	pid, err = syscall.ForkExec(ownFile(), append(slices.Clip(os.Args), becoming), &syscall.ProcAttr{
		Dir: b.Dir, Env: os.Environ(), Files: append(files, orders.r.Fd(), answers.w.Fd()), Sys: childAttributes(),
	})
	closeAll(orders.r, answers.w)
	if err != nil {
		return 0, refuse("command %q: the supervisor could not start itself: %s", b.Spec.Argv[0], plain(err))
	}
	if err := b.send(orders.w, answers.r); err != nil {
		killGroup(pid)
		return 0, err
	}
	return pid, nil
}

// send hands over what to become, and hears whether it was done.
func (b become) send(orders, answers *os.File) error {
	deadline := time.Now().Add(becomePatience)
	err := errors.Join(orders.SetWriteDeadline(deadline), answers.SetReadDeadline(deadline))
	if err == nil {
		err = gob.NewEncoder(orders).Encode(b)
	}
	_ = orders.Close()
	if err == nil {
		var reason []byte
		if reason, err = io.ReadAll(answers); len(reason) > 0 {
			return refuse("%s", reason)
		}
	}
	if err != nil {
		return refuse("command %q: the supervisor could not become it: %s", b.Spec.Argv[0], plain(err))
	}
	return nil
}

// check refuses what needs root, before anything is started.
func (b become) check() error {
	if u := b.Spec.User; u != nil {
		if err := u.Check(); err != nil {
			return err
		}
	}
	for _, l := range b.Spec.Limits {
		if _, known := resource(l.Name); !known {
			return refuse("ulimit %q: this system does not have it", l.Name)
		}
	}
	return nil
}

// becomeCommand is Main in the process that is to become a command. It returns only when it cannot.
func becomeCommand() int {
	debug.SetGCPercent(-1) // it has limits to keep, and nothing to collect
	runtime.LockOSThread() // the death signal is a thread's
	parent := os.Getppid()
	orders, answers := os.NewFile(becomeOrder, "order"), os.NewFile(becomeAnswer, "answer")
	syscall.CloseOnExec(becomeOrder)
	syscall.CloseOnExec(becomeAnswer)
	var b become
	if err := gob.NewDecoder(orders).Decode(&b); err != nil {
		complain("cannot read what to become", err)
		return 1
	}
	err := b.exec(parent)
	_, _ = io.WriteString(answers, err.Error())
	_ = answers.Close()
	return 1
}

// exec sets the limits, which may take root, then the user, and becomes the command. Every error is a *StartError.
func (b become) exec(parent int) error {
	for _, l := range b.Spec.Limits {
		if err := l.set(); err != nil {
			return err
		}
	}
	if u := b.Spec.User; u != nil && !u.IsSelf() {
		if err := u.become(); err != nil {
			return err
		}
		// The folder was entered as root.
		if err := os.Chdir(b.Dir); err != nil {
			return refuse("user %d:%d: working directory %q: %s", u.UID, u.GID, b.Dir, plain(err))
		}
	}
	if err := dieWith(parent); err != nil {
		return refuse("command %q: %s", b.Spec.Argv[0], plain(err))
	}
	return execError(b.Spec.Argv[0], syscall.Exec(b.Path, b.Spec.Argv, b.Spec.Env))
}

// become takes on the user for the whole process; the groups go first, while it may.
func (u User) become() error {
	if err := errors.Join(syscall.Setgroups(u.Groups), syscall.Setgid(u.GID), syscall.Setuid(u.UID)); err != nil {
		return refuse("user %d:%d: %s", u.UID, u.GID, plain(err))
	}
	return nil
}

// pipe is a pipe whose ends do not reach other processes.
type pipe struct{ r, w *os.File }

func pipes() (orders, answers pipe, err error) {
	if orders.r, orders.w, err = os.Pipe(); err != nil {
		return orders, answers, err
	}
	if answers.r, answers.w, err = os.Pipe(); err != nil {
		closeAll(orders.r, orders.w)
	}
	return orders, answers, err
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// asked returns a limit's two values as a definition gives them.
func (l Limit) asked() string {
	return strings.Join([]string{"soft", strconv.FormatInt(l.Soft, 10), "hard", strconv.FormatInt(l.Hard, 10)}, " ")
}
