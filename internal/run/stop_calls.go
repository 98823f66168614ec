package run

import (
	"context"
	"time"
)

// stopper carries out stop orders that were written down.
type stopper struct {
	Keeper
	Engine Engine
}

// markAsked records that StopTask is about to be called for tasks of the current attempt, and returns their ARNs.
func (r *Run) markAsked(due []int, now time.Time) []string {
	var arns []string
	for _, i := range due {
		t := &r.attempt().Tasks[i]
		t.Stop.AskedAt = now
		t.Stop.StopCalls++
		arns = append(arns, t.ARN)
	}
	return arns
}

// stop calls StopTask for tasks that were marked. Where ECS does not answer, it removes the marks and returns an error, so that the call is repeated soon. A
// task that ECS no longer knows is left to the next observation.
func (s stopper) stop(ctx context.Context, r *Run, arns []string) error {
	var failed []string
	var first error
	refused := map[string]string{}
	for _, arn := range arns {
		t := r.find(arn)
		_, err := s.Engine.Stop(ctx, r.Cluster, arn, stopText(t.Stop))
		if err == nil {
			continue
		}
		switch c := ClassifyError(err); {
		case c == Throttled || c == Unavailable:
			failed = append(failed, arn)
			first = firstError(first, engineFault(err))
		case !IsUnknown(err) && t.Stop.Refused != refusalText(err):
			refused[arn] = refusalText(err)
		}
	}
	if len(failed) == 0 && len(refused) == 0 {
		return nil
	}
	_, err := s.edit(ctx, r.ID, func(r *Run, _ time.Time) (bool, error) {
		unmarked := r.unmark(failed)
		return r.noteRefused(refused) || unmarked, nil
	})
	return firstError(err, first)
}

// noteRefused records with what ECS refused StopTask: such a stop needs an operator.
func (r *Run) noteRefused(refused map[string]string) bool {
	changed := false
	for arn, words := range refused {
		if t := r.find(arn); t != nil && t.Stop != nil && !t.Ended() {
			t.Stop.Refused, changed = words, true
			r.StatusReason = "ECS refuses to stop task " + t.ShortID() + ": " + words
		}
	}
	return changed
}

func firstError(first, next error) error {
	if first != nil {
		return first
	}
	return next
}

func (r *Run) unmark(arns []string) bool {
	changed := false
	for _, arn := range arns {
		if t := r.find(arn); t != nil && t.Stop != nil && !t.Ended() {
			t.Stop.AskedAt, changed = time.Time{}, true
		}
	}
	return changed
}

// find returns a task of any attempt; nil when the run has no such task.
func (r *Run) find(arn string) *Task {
	for i := range r.Attempts {
		if t := r.Attempts[i].find(arn); t != nil {
			return t
		}
	}
	return nil
}

// stopText is the reason that ECS shows: the caller's own words, or Davit's for a deadline.
func stopText(o *StopOrder) string {
	text := o.Reason
	if text == "" {
		text = "stopped through Davit"
	}
	if o.Cause != ByCaller {
		text = "Davit: " + text
	}
	if runes := []rune(text); len(runes) > 255 {
		text = string(runes[:255])
	}
	return text
}
