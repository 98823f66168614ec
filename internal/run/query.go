package run

import (
	"slices"
	"strings"
	"time"
)

// Query selects the records of a list. Empty filters do not filter; at most one of Family, Group, StartedBy and Origin is set.
type Query struct {
	Owner string
	// Statuses are those of which a record has one.
	Statuses []Status
	// Class is a record's; AnyExit is every EXIT class.
	Class     Class
	Family    string
	Group     string
	StartedBy string // the caller's
	// Origin is what a record's Origin returns.
	Origin string
	// CreatedAfter is the first CreatedAt of the list, CreatedBefore the first behind it. Zero: no bound.
	CreatedAfter, CreatedBefore time.Time
	// Open selects the records in the open index that are not terminal. A record that is written while its list is read may come twice, or not at all.
	Open  bool
	Limit int // 1..100
	After *Position
}

// AnyExit is every class of a failing exit code, in a Query and in Retry.On.
const AnyExit Class = "EXIT:*"

// Position is a place in a list: the last record read, by CreatedAt, or by SweepAt in a list of open runs.
type Position struct {
	CreatedAt time.Time `json:"createdAt,omitzero"`
	SweepAt   time.Time `json:"sweepAt,omitzero"`
	ID        string    `json:"runId"`
}

// Page is a part of a list. It may be short, even empty, while Next is not nil: a store reads a bounded
// number of records (1,000) for one page. Next nil: nothing is left.
type Page struct {
	Runs []*Run
	Next *Position
}

// Facts are what the filters of a Query look at.
type Facts struct {
	Owner                            string
	Status                           Status
	Class                            Class
	Family, Group, StartedBy, Origin string
	CreatedAt                        time.Time
}

// Selects reports whether q asks for a record of these facts.
func (q Query) Selects(f Facts) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(q.Owner, f.Owner) && is(q.Family, f.Family) && is(q.Group, f.Group) && is(q.StartedBy, f.StartedBy) && is(q.Origin, f.Origin) &&
		q.selectsStatus(f.Status) && q.selectsClass(f.Class) && q.selectsTime(f.CreatedAt)
}

func (q Query) selectsStatus(s Status) bool {
	if q.Open && s.Terminal() {
		return false
	}
	return len(q.Statuses) == 0 || slices.Contains(q.Statuses, s)
}

func (q Query) selectsClass(c Class) bool {
	return q.Class == "" || q.Class == c || q.Class == AnyExit && strings.HasPrefix(string(c), "EXIT:")
}

func (q Query) selectsTime(created time.Time) bool {
	return !created.Before(q.CreatedAfter) && (q.CreatedBefore.IsZero() || created.Before(q.CreatedBefore))
}

// Filters reports whether q may pass over records of the index that it reads.
func (q Query) Filters() bool { return q.Owner != "" || len(q.Statuses) > 0 || q.Class != "" || q.Open }

// Origin is what submitted the run other than a caller's own request: RerunOrigin or ScheduleOrigin; "" for none.
func (r *Run) Origin() string {
	switch {
	case r.RerunOf != "":
		return RerunOrigin(r.RerunOf)
	case r.Schedule != "":
		return ScheduleOrigin(r.Schedule)
	default:
		return ""
	}
}

// RerunOrigin returns the Origin of the runs that repeat a run.
func RerunOrigin(id string) string { return "rerun#" + id }

// ScheduleOrigin returns the Origin of the runs of a schedule.
func ScheduleOrigin(name string) string { return "schedule#" + name }
