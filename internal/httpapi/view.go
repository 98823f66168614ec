package httpapi

import (
	"encoding/json"

	"davit/internal/run"
)

// summaryView is a run as a list shows it. Unset fields are omitted.
type summaryView struct {
	RunID          string     `json:"runId"`
	Owner          string     `json:"owner"`
	Status         run.Status `json:"status"`
	StatusReason   string     `json:"statusReason,omitempty"`
	Class          run.Class  `json:"class,omitempty"`
	CreatedAt      *stamp     `json:"createdAt,omitempty"`
	StartedAt      *stamp     `json:"startedAt,omitempty"`
	StoppedAt      *stamp     `json:"stoppedAt,omitempty"`
	ExitCode       *int       `json:"exitCode,omitempty"`
	IdempotencyKey string     `json:"idempotencyKey,omitempty"`
	Family         string     `json:"family,omitempty"`
	Group          string     `json:"group,omitempty"`
	StartedBy      string     `json:"startedBy,omitempty"` // the caller's
	Count          int        `json:"count,omitempty"`
}

// runView is a run as its own page shows it.
type runView struct {
	summaryView
	dryRunView
	Attempts []attemptView `json:"attempts,omitempty"`
}

// dryRunView is what a submission came to.
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
		CreatedAt: stampOf(&r.CreatedAt), StartedAt: stampOf(r.StartedAt), StoppedAt: stampOf(r.StoppedAt),
		ExitCode: r.ExitCode, IdempotencyKey: r.Key,
		Family: r.Family, Group: r.Group, StartedBy: r.StartedBy, Count: r.Count,
	}
}

func viewDryRun(r *run.Run) dryRunView {
	return dryRunView{Request: mask(r.Request), Resolved: mask(r.Resolved), Policy: r.Policy}
}

func (o Options) viewRun(r *run.Run) runView {
	v := runView{summaryView: viewSummary(r), dryRunView: viewDryRun(r)}
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
