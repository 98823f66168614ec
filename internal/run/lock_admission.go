package run

import (
	"fmt"
	"time"
)

// How long a run may wait for its overlap key before the sweep asks for it. Thousands that were queued at once are spread over some sweeps, so that they do not
// keep a sweep from what else is due.
const (
	leastQueueSweep = 20 * time.Minute
	mostQueueSweep  = 30 * time.Minute
)

func (r *Run) queueSweep() time.Duration {
	return leastQueueSweep + time.Duration(r.draw("queue sweep", 0)*float64(mostQueueSweep-leastQueueSweep)).Truncate(time.Second)
}

// entry is what r asks the lock of its overlap key for.
func (r *Run) entry() LockEntry {
	o := r.Policy.Overlap
	return LockEntry{Run: r.ID, Incarnation: r.Incarnation, Mode: o.Mode, Limit: o.Limit}
}

// mayLaunch reports whether no overlap policy is in the way.
func (r *Run) mayLaunch() bool { return r.Policy.Overlap == nil || !r.AdmittedAt.IsZero() }

// needsAdmission reports whether r is to launch and its overlap key has not admitted it. A run whose time in the queue is over is not admitted any more.
func (r *Run) needsAdmission(now time.Time) bool {
	if r.mayLaunch() || r.Status.Terminal() || r.Stop != nil {
		return false
	}
	at, has := r.queueEnd()
	return r.Status != Queued || !has || now.Before(at)
}

// mustReleaseLock reports whether r is over and its overlap key is not known to be free of it.
func (r *Run) mustReleaseLock() bool {
	return r.Policy.Overlap != nil && r.Status.Terminal() && !r.Released
}

// queueEnd is when a run that waits gives up, by queueTimeoutSeconds or deadlineSeconds.
func (r *Run) queueEnd() (time.Time, bool) {
	timeout, has := r.queueTimeout()
	deadline := r.CreatedAt.Add(r.Policy.deadline())
	if r.Policy.DeadlineSeconds > 0 && (!has || deadline.Before(timeout)) {
		return deadline, true
	}
	return timeout, has
}

func (r *Run) queueTimeout() (time.Time, bool) {
	if r.Policy.Overlap == nil || r.Policy.Overlap.QueueTimeoutSeconds == 0 {
		return time.Time{}, false
	}
	return r.CreatedAt.Add(seconds(r.Policy.Overlap.QueueTimeoutSeconds)), true
}

// leaveQueue ends a run as SKIPPED that has waited for queueTimeoutSeconds, unless its deadline passed before.
func (r *Run) leaveQueue(now time.Time) {
	at, has := r.queueTimeout()
	end, _ := r.queueEnd()
	if r.Status == Queued && r.Stop == nil && has && at.Equal(end) && !now.Before(at) {
		r.end(now, Skipped, "", fmt.Sprintf("queueTimeoutSeconds (%d) passed while it waited for its overlap key", r.Policy.Overlap.QueueTimeoutSeconds))
	}
}

// awaitLock returns the decision for a queued run: nothing to do until it is woken or gives up.
func (r *Run) awaitLock(now time.Time) Decision {
	d := Decision{Next: StepObserve, Due: now.Add(maxWait)}
	if at, has := r.queueEnd(); has {
		d.noLaterThan(at)
	}
	return d
}

// readyAt is since when a run without attempts may launch.
func (r *Run) readyAt() time.Time {
	if r.AdmittedAt.IsZero() {
		return r.CreatedAt
	}
	return r.AdmittedAt
}

// applyAdmission records the lock's answer to s in r. It reports whether r changed. A run that was admitted stays admitted, and a terminal one terminal.
func (r *Run) applyAdmission(s LockEntry, a lockAnswer, why string, now time.Time) bool {
	switch {
	case a == runEnded || r.Incarnation != s.Incarnation || r.Status.Terminal() || !r.AdmittedAt.IsZero():
		return false
	case a == admitted:
		r.AdmittedAt, r.StatusReason = now, ""
		if r.Status == Queued {
			r.moveTo(Launching)
		}
		return true
	case a == waits:
		if r.Status == Queued {
			return false
		}
		r.moveTo(Queued)
		r.StatusReason = why
		return true
	default:
		r.end(now, Skipped, "", why)
		r.Released = !a.hasEntry()
		return true
	}
}

// hasEntry reports whether a run with this answer has an entry in the lock.
func (a lockAnswer) hasEntry() bool { return a == admitted || a == waits || a == replaced }
