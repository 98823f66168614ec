package httpapi

import (
	"encoding/json"
	"time"

	"davit/internal/run"
)

// summaryView is a run as a list shows it. Unset fields are omitted.
type summaryView struct {
	RunID          string     `json:"runId"`
	Owner          string     `json:"owner"`
	Status         run.Status `json:"status"`
	StatusReason   string     `json:"statusReason,omitempty"`
	Class          run.Class  `json:"class,omitempty"`
	CreatedAt      *timestamp `json:"createdAt,omitempty"`
	StartedAt      *timestamp `json:"startedAt,omitempty"`
	StoppedAt      *timestamp `json:"stoppedAt,omitempty"`
	ExitCode       *int       `json:"exitCode,omitempty"`
	IdempotencyKey string     `json:"idempotencyKey,omitempty"`
	Family         string     `json:"family,omitempty"`
	Group          string     `json:"group,omitempty"`
	StartedBy      string     `json:"startedBy,omitempty"` // the caller's
	Count          int        `json:"count,omitempty"`
	Tries          int        `json:"tries"`    // attempts so far
	MaxTries       int        `json:"maxTries"` // 1 where nothing is retried
	RerunOf        string     `json:"rerunOf,omitempty"`
	Schedule       string     `json:"schedule,omitempty"`

	SubmittedBy run.SubmittedBy `json:"submittedBy,omitzero"`
}

// runView is one run with its attempts.
type runView struct {
	summaryView
	dryRunView
	Deciding []string      `json:"decidingContainers,omitempty"`
	Attempts []attemptView `json:"attempts,omitempty"`
}

// dryRunView is what a submission was resolved to.
type dryRunView struct {
	Request  json.RawMessage `json:"request,omitempty"`
	Resolved json.RawMessage `json:"resolved,omitempty"`
	Policy   run.Policy      `json:"policy"`
}

type listView struct {
	Runs       []summaryView `json:"runs"`
	NextCursor string        `json:"nextCursor,omitempty"`
}

func viewSummary(r *run.Run) summaryView {
	return summaryView{
		RunID: r.ID, Owner: r.Owner, Status: r.Status, StatusReason: r.StatusReason, Class: r.Class,
		CreatedAt: timestampOf(&r.CreatedAt), StartedAt: timestampOf(r.StartedAt), StoppedAt: timestampOf(r.StoppedAt),
		ExitCode: r.ExitCode, IdempotencyKey: r.Key,
		Family: r.Family, Group: r.Group, StartedBy: r.StartedBy, Count: r.Count,
		Tries: r.Tries(), MaxTries: r.Policy.Retry.MaxTries(), RerunOf: r.RerunOf, Schedule: r.Schedule, SubmittedBy: r.SubmittedBy,
	}
}

func viewDryRun(r *run.Run) dryRunView {
	return dryRunView{Request: mask(r.Request), Resolved: mask(r.Resolved), Policy: r.Policy}
}

func (o Options) viewRun(r *run.Run) runView {
	v := runView{summaryView: viewSummary(r), dryRunView: viewDryRun(r), Deciding: r.DecidingContainers()}
	for i := range r.Attempts {
		v.Attempts = append(v.Attempts, o.viewAttempt(r, &r.Attempts[i]))
	}
	return v
}

func viewList(list run.List) listView {
	v := listView{Runs: make([]summaryView, 0, len(list.Runs)), NextCursor: list.NextCursor}
	for _, r := range list.Runs {
		v.Runs = append(v.Runs, viewSummary(r))
	}
	return v
}

// timestamp is a time that is encoded as RFC 3339 in UTC with milliseconds.
type timestamp time.Time

// MarshalText returns the time as RFC 3339.
func (s timestamp) MarshalText() ([]byte, error) {
	return time.Time(s).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z07:00"), nil
}

// timestampOf returns nil, which is omitted, for a time that was never set.
func timestampOf(t *time.Time) *timestamp {
	if t == nil || t.IsZero() {
		return nil
	}
	s := timestamp(*t)
	return &s
}
