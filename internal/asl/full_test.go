package asl

import (
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
)

// The ways in which a disk fails.
const (
	hasRoom    int32 = iota
	isFull           // nothing is written
	isDoubtful       // everything is written and reported as failed
)

// fullRig is a fixture whose disk can be made to fail.
type fullRig struct {
	*fixture
	disk atomic.Int32
}

// onFailingDisk runs test in virtual time with an engine that syncs its writes.
func onFailingDisk(t *testing.T, states string, invoke InvokerFunc, test func(t *testing.T, r *fullRig)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &fullRig{}
		r.fixture = newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), invoke, func(o *Options) { o.NoSync = false })
		r.store.update = r.write
		r.must(r.Resume())
		test(t, r)
	})
}

func (r *fullRig) write(do func(*bbolt.Tx) error) error {
	switch r.disk.Load() {
	case isFull:
		return errors.Join(r.store.db.View(func(*bbolt.Tx) error { return nil }), syscall.ENOSPC)
	case isDoubtful:
		return errors.Join(r.store.db.Update(do), syscall.EIO)
	default:
		return r.store.db.Update(do)
	}
}

func (r *fullRig) wantNotWritten(err error) {
	r.t.Helper()
	if !errors.Is(err, ErrNotWritten) {
		r.t.Errorf("got %v, want ErrNotWritten", err)
	}
}

// wantStates waits for the end of x and checks that it succeeded through these states.
func (r *fullRig) wantStates(states ...string) {
	r.t.Helper()
	if ended := r.wait(); ended.Status != Succeeded {
		r.t.Errorf("got the end %v %s, want %v", ended.Status, ended.Error, Succeeded)
	}
	if got := r.states("x"); !slices.Equal(got, states) {
		r.t.Errorf("got the states %v, want %v", got, states)
	}
	opened, err := r.List(Running)
	if err != nil || len(opened) > 0 {
		r.t.Errorf("got the open executions %v, %v, want none", opened, err)
	}
}

// Nothing is done that is not on disk, and what is due is done once it is.
func TestWriteFailure_OwnSteps_AreRepeated(t *testing.T) {
	for name, disk := range map[string]int32{"full": isFull, "doubtful": isDoubtful} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: []any{`1`, `2`}}
			states := `"A":{"Type":"Wait","Seconds":1,"Next":"B"},` + taskState("B", `"Next":"C"`) + "," + taskState("C", `"End":true`)
			onFailingDisk(t, states, s.invoke, func(t *testing.T, r *fullRig) {
				r.must(r.Start(t.Context(), "x", nil))
				r.disk.Store(disk)
				time.Sleep(time.Hour)
				if n := s.calls(); n != 0 {
					t.Errorf("got %d invocations while nothing can be written, want 0", n)
				}
				if r.Writable() {
					t.Error("Writable: got true, want false")
				}
				r.disk.Store(hasRoom)
				r.wantStates("A", "B", "C")
				if n := s.calls(); n != 2 {
					t.Errorf("got %d invocations, want 2", n)
				}
				if !r.Writable() {
					t.Error("Writable: got false, want true")
				}
			})
		})
	}
}

func TestWriteFailure_Answer_IsKeptUntilItIsWritten(t *testing.T) {
	var r *fullRig
	s := &script{answers: []any{func() string {
		r.disk.Store(isFull)
		return `1`
	}}}
	onFailingDisk(t, taskState("A", `"End":true`), s.invoke, func(t *testing.T, rig *fullRig) {
		r = rig
		r.must(r.Start(t.Context(), "x", nil))
		time.Sleep(time.Hour)
		r.disk.Store(hasRoom)
		r.wantStates("A")
		if n := s.calls(); n != 1 {
			t.Errorf("got %d invocations, want 1", n)
		}
	})
}

func TestWriteFailure_Start_ErrsAndCanBeRepeated(t *testing.T) {
	for name, disk := range map[string]int32{"full": isFull, "doubtful": isDoubtful} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: []any{`1`}}
			onFailingDisk(t, taskState("A", `"End":true`), s.invoke, func(t *testing.T, r *fullRig) {
				r.disk.Store(disk)
				for range 3 {
					r.wantNotWritten(r.Start(t.Context(), "x", nil))
				}
				time.Sleep(time.Hour)
				if n := s.calls(); n != 0 {
					t.Errorf("got %d invocations of what was not started, want 0", n)
				}
				r.disk.Store(hasRoom)
				r.must(r.Start(t.Context(), "x", nil))
				r.wantStates("A")
				if n := s.calls(); n != 1 {
					t.Errorf("got %d invocations, want 1", n)
				}
			})
		})
	}
}

func TestWriteFailure_CallersSteps_ErrAndCanBeRepeated(t *testing.T) {
	for name, disk := range map[string]int32{"full": isFull, "doubtful": isDoubtful} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: []any{`1`}}
			onFailingDisk(t, tokenState("A", `"End":true`), s.invoke, func(t *testing.T, r *fullRig) {
				r.must(r.Start(t.Context(), "x", nil))
				synctest.Wait()
				token := s.token(t, 0)
				r.disk.Store(disk)
				r.wantNotWritten(r.Stop(t.Context(), "x", "E", "C"))
				r.wantNotWritten(r.SendTaskFailure(t.Context(), token, "E", "C"))
				r.wantNotWritten(r.SendTaskSuccess(t.Context(), token, []byte(`2`)))
				r.disk.Store(hasRoom)
				r.must(r.SendTaskSuccess(t.Context(), token, []byte(`3`)))
				r.wantStates("A")
				if rec := r.now(); string(rec.Output) != `3` {
					t.Errorf("got the output %s, want 3", rec.Output)
				}
			})
		})
	}
}

// An execution that a doubtful write closed in the file is open after the next write, also for an engine that opens the file.
func TestWriteFailure_DoubtfulEnd_IsTakenBack(t *testing.T) {
	s := &script{answers: []any{`1`}}
	onFailingDisk(t, tokenState("A", `"HeartbeatSeconds":100,"End":true`), s.invoke, func(t *testing.T, r *fullRig) {
		r.must(r.Start(t.Context(), "x", nil))
		synctest.Wait()
		r.disk.Store(isDoubtful)
		r.wantNotWritten(r.Stop(t.Context(), "x", "E", "C"))
		r.disk.Store(hasRoom)
		r.must(r.SendTaskHeartbeat(t.Context(), s.token(t, 0)))
		again := newRig(t, r.crash(), machine(t, tokenState("A", `"HeartbeatSeconds":100,"End":true`)), s.invoke)
		again.must(again.Resume())
		synctest.Wait()
		if n := len(again.ended); n != 0 {
			t.Errorf("got %d ends after a restart, want 0", n)
		}
		again.must(again.SendTaskSuccess(t.Context(), s.token(t, 0), []byte(`2`)))
		r.must(r.SendTaskSuccess(t.Context(), s.token(t, 0), []byte(`2`)))
		r.wantStates("A")
	})
}

func TestWriteFailure_Close_LeavesTheRestToTheNextOpen(t *testing.T) {
	s := &script{}
	states := `"A":{"Type":"Wait","Seconds":1,"Next":"B"},` + taskState("B", `"End":true`)
	onFailingDisk(t, states, s.invoke, func(t *testing.T, r *fullRig) {
		r.must(r.Start(t.Context(), "x", nil))
		r.disk.Store(isFull)
		time.Sleep(time.Minute)
		r.must(r.Close())
		again := newRig(t, r.path, machine(t, states), s.invoke)
		again.must(again.Resume())
		if ended := again.wait(); ended.Status != Succeeded {
			t.Errorf("after a restart: got %v, want %v", ended.Status, Succeeded)
		}
		if n := s.calls(); n != 1 {
			t.Errorf("after a restart: got %d invocations, want 1", n)
		}
	})
}
