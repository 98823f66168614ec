package run

// What a record keeps of attempts that are over. With the request, which is at most maxPacked compressed, and the current attempt, a record stays under
// 200 KB whatever its policy and however many attempts it has; a store refuses one above 300 KB.
const (
	maxEndedBytes  = 48 << 10 // of the tasks, refusals and failures of all ended attempts, uncompressed
	maxEndedReason = 200      // characters of a refusal that a cut attempt keeps
	maxReason      = 500      // characters of a refusal or failure that ECS worded
)

// cutAttempts cuts ended attempts down, the oldest first, until what they hold is within maxEndedBytes. A cut attempt keeps its outcome and the tasks that
// the run's end still depends on: those that succeeded or that a caller stopped, at most as many as the run's count.
func (r *Run) cutAttempts() {
	total := 0
	for i := range r.ended() {
		total += r.Attempts[i].size()
	}
	for i := 0; i < r.ended() && total > maxEndedBytes; i++ {
		before := r.Attempts[i].size()
		r.cut(&r.Attempts[i])
		total -= before - r.Attempts[i].size()
	}
}

// ended returns how many attempts were followed by another.
func (r *Run) ended() int { return max(0, len(r.Attempts)-1) }

// size is about how many bytes of JSON the attempt's variable parts take.
func (a *Attempt) size() int {
	n := 0
	for i := range a.Tasks {
		n += len(a.Tasks[i].Raw)
	}
	for _, x := range a.Refusals {
		n += len(x.Reason)
	}
	for _, f := range a.Failures {
		n += len(f.ARN) + len(f.Reason) + len(f.Detail)
	}
	return n
}

// cut drops what nothing depends on any more. What metrics counted of it is carried over, since their totals only rise.
func (r *Run) cut(a *Attempt) {
	kept := a.Tasks[:0:0]
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if !t.Ended() || r.endDependsOn(a, t) {
			kept = append(kept, *t)
			continue
		}
		a.OmittedTasks++
		r.Dropped.add(t)
	}
	a.Tasks, a.Failures = kept, nil
	if len(a.Refusals) == 0 {
		return
	}
	last := a.lastRefusal()
	for _, x := range a.Refusals {
		if x != last {
			r.Dropped.Refused = addCount(r.Dropped.Refused, x.Class, x.Count)
		}
	}
	last.Reason = shorten(last.Reason, maxEndedReason)
	a.Refusals = []Refusal{last}
}

// endDependsOn reports whether a task of an ended attempt counts for the run's end.
func (r *Run) endDependsOn(a *Attempt, t *Task) bool {
	if a.Withdrawn {
		return false
	}
	o := r.judge(t)
	return o.Class == "" || t.stoppedByCaller(o)
}

// shorten returns text with at most that many characters; what was cut off is marked.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
