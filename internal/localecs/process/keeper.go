package process

import (
	"encoding/gob"
	"errors"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// keeper holds the processes of a supervisor. Its run goroutine alone starts and reaps them; orders are
// heard by another, which never waits for a start, a write or a process.
type keeper struct {
	reports *outbox[report]
	starts  *queue[order]
	null    *os.File
	ended   chan struct{} // closed when there will be no more orders

	mu     sync.Mutex // held to reap, and to signal: an id in the maps is that of a process not yet reaped
	pids   map[uint64]int
	ids    map[int]uint64
	ending bool
}

func newKeeper(reports *outbox[report], null *os.File) *keeper {
	return &keeper{
		reports: reports, starts: newQueue[order](), null: null, ended: make(chan struct{}),
		pids: make(map[uint64]int), ids: make(map[int]uint64),
	}
}

// listen takes orders until there are no more, and kills every group the moment that happens.
func (k *keeper) listen(orders *gob.Decoder) error {
	defer close(k.ended)
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			k.mu.Lock()
			k.ending = true
			k.mu.Unlock()
			k.killGroups()
			return err
		}
		if o.Signal == 0 {
			k.starts.put(o)
		} else {
			k.signal(o)
		}
	}
}

// run starts and reaps until there are no more orders, then sees every process gone. It keeps to one
// thread, because Linux kills the children of a thread that ends (see childAttributes).
func (k *keeper) run(children <-chan os.Signal) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case <-k.ended:
			k.endAll(children)
			return
		case <-children:
			k.tidy()
		case <-k.starts.wake:
			if o, ok := k.starts.take(); ok {
				k.start(o)
			}
		}
	}
}

func (k *keeper) start(o order) {
	if k.isEnding() {
		return
	}
	pid, err := launch(o.Spec, k.null)
	if err != nil {
		k.reports.put(report{ID: o.ID, Kind: refused, Reason: err.Error(), NoRoom: NoRoom(err)})
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pids[o.ID], k.ids[pid] = pid, o.ID
	k.reports.put(report{ID: o.ID, Kind: started, PID: pid})
	if k.ending {
		killGroup(pid)
	}
}

func (k *keeper) isEnding() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ending
}

func (k *keeper) signal(o order) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if pid, ok := k.pids[o.ID]; ok {
		signalGroup(pid, o.Signal)
	}
}

func (k *keeper) killGroups() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for pid := range k.ids {
		killGroup(pid)
	}
}

// tidy reaps what has ended. When no started process is open, children that are left were orphaned by
// one that was, and are killed.
func (k *keeper) tidy() {
	if !k.reap() {
		return
	}
	k.mu.Lock()
	idle := len(k.ids) == 0
	k.mu.Unlock()
	if idle {
		killChildren()
	}
}

// reap collects every child that has ended and reports whether there are others.
func (k *keeper) reap() (left bool) {
	for {
		switch pid, err := k.reapOne(); {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return false
		case pid == 0:
			return true
		}
	}
}

// reapOne collects one child. The group's id stays taken while it has members, so that what is killed
// after the leader was collected is what the leader left.
func (k *keeper) reapOne() (pid int, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var status syscall.WaitStatus
	pid, err = syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err != nil || pid == 0 {
		return pid, err
	}
	if id, ok := k.ids[pid]; ok {
		killGroup(pid)
		delete(k.ids, pid)
		delete(k.pids, id)
		k.reports.put(report{ID: id, Kind: exited, Code: exitCode(status), At: time.Now().UTC()})
	}
	return pid, nil
}

// endAll reaps until no child is left or endPatience is over. The groups were sent their SIGKILL; each
// round may bring children from outside them, whose parents have ended since.
func (k *keeper) endAll(children <-chan os.Signal) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(endPatience); time.Now().Before(deadline); {
		if !k.reap() {
			return
		}
		killChildren()
		select {
		case <-children:
		case <-tick.C:
		}
	}
}

// exitCode is the code as a shell gives it: 128+n for a process that signal n ended.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

func killGroup(pid int) { signalGroup(pid, syscall.SIGKILL) }

// signalGroup does not fail in a way that matters: the group is gone, or runs as another user by its own
// means and cannot be reached.
func signalGroup(pid int, s syscall.Signal) {
	_ = syscall.Kill(-pid, s)
}
