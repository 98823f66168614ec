package run

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ListRequest filters a list of runs. At most one of Family, Group, StartedBy, Schedule and RerunOf is set.
type ListRequest struct {
	Caller string
	// Status holds one status, or several separated by commas.
	Status string
	// Class is a class, or EXIT:* for every failing exit code.
	Class string
	// Open leaves out the runs that have ended. Their order is then not defined.
	Open bool
	// CreatedAfter and CreatedBefore are times of RFC 3339: the list has what was created from the one on, and before the other.
	CreatedAfter, CreatedBefore string
	Family                      string
	Group                       string
	StartedBy                   string
	// Schedule is the name of the schedule that submitted the runs.
	Schedule string
	// RerunOf is the ID of the run that they repeat.
	RerunOf string
	// Key is an idempotency key of the caller's: the page has its run, or is empty. It goes with no other filter.
	Key    string
	Limit  int    // 0: 20
	Cursor string // of an earlier answer with the same filters
}

// List is a page of runs, newest first. It may be short, even empty, with a NextCursor.
type List struct {
	Runs       []*Run
	NextCursor string // "" when nothing is left
}

// Violations returns every rule that the filters break. The cursor is not looked at.
func (q ListRequest) Violations() []Violation {
	_, out := q.query()
	if q.Key != "" && q != (ListRequest{Caller: q.Caller, Key: q.Key, Limit: q.Limit}) {
		out = append(out, queryFault("key", "a key is one run: it goes with no other filter and no cursor; allowed beside it: limit"))
	}
	if q.Limit < 0 || q.Limit > 100 {
		out = append(out, queryFault("limit", "allowed: 1 to 100, 20 when absent"))
	}
	return out
}

// query returns what the store is asked, without owner, limit and position, and what is wrong with the filters.
func (q ListRequest) query() (Query, []Violation) {
	out := Query{Class: Class(q.Class), Open: q.Open, Family: q.Family, Group: q.Group, StartedBy: q.StartedBy}
	var faults []Violation
	fault := func(name, detail string) { faults = append(faults, queryFault(name, detail)) }
	out.Statuses = q.statuses(fault)
	q.checkClass(fault)
	q.checkExclusive(fault)
	out.CreatedAfter, out.CreatedBefore = readTime("createdAfter", q.CreatedAfter, fault), readTime("createdBefore", q.CreatedBefore, fault)
	if !out.CreatedAfter.IsZero() && !out.CreatedBefore.IsZero() && !out.CreatedAfter.Before(out.CreatedBefore) {
		fault("createdBefore", "allowed: a time later than createdAfter")
	}
	switch {
	case q.RerunOf != "" && !ValidID(q.RerunOf):
		fault("rerunOf", "not a run's id; allowed: 26 characters of a-z and 2-7")
	case q.RerunOf != "":
		out.Origin = RerunOrigin(q.RerunOf)
	case q.Schedule != "":
		out.Origin = ScheduleOrigin(q.Schedule)
	}
	return out, faults
}

func queryFault(name, detail string) Violation {
	return Violation{Field: "query:" + name, Rule: RuleQuery, Detail: detail}
}

// statuses returns the statuses asked for, each once, in the order of a run's life.
func (q ListRequest) statuses(fault func(name, detail string)) []Status {
	if q.Status == "" {
		return nil
	}
	given := map[Status]bool{}
	for name := range strings.SplitSeq(q.Status, ",") {
		given[Status(name)] = true
	}
	var known, open []Status
	for _, s := range Statuses() {
		if given[s] {
			known = append(known, s)
		}
		if !s.Terminal() {
			open = append(open, s)
		}
	}
	switch {
	case len(known) < len(given):
		fault("status", "allowed: one of "+joined(Statuses())+", or several separated by commas")
	case q.Open && slices.ContainsFunc(known, Status.Terminal):
		fault("status", "with open=true allowed: "+joined(open))
	}
	return known
}

func (q ListRequest) checkClass(fault func(name, detail string)) {
	code, isExit := strings.CutPrefix(q.Class, "EXIT:")
	n, err := strconv.Atoi(code)
	known := slices.Contains(allClasses, Class(q.Class)) || Class(q.Class) == AnyExit || isExit && err == nil && strconv.Itoa(n) == code
	switch {
	case q.Class == "":
	case !known:
		fault("class", "allowed: "+joined(allClasses)+", EXIT: and an exit code, "+string(AnyExit))
	case q.Open:
		fault("class", "a run has a class only when it has ended; allowed without open=true")
	}
}

// checkExclusive refuses more than one of the filters that choose an index.
func (q ListRequest) checkExclusive(fault func(name, detail string)) {
	var names, given []string
	for _, f := range []struct{ name, value string }{
		{"family", q.Family}, {"group", q.Group}, {"startedBy", q.StartedBy}, {"schedule", q.Schedule}, {"rerunOf", q.RerunOf},
	} {
		names = append(names, f.name)
		if f.value != "" {
			given = append(given, f.name)
		}
	}
	if len(given) > 1 {
		fault(given[0], fmt.Sprintf("%s exclude each other; allowed: one of %s", strings.Join(given, " and "), strings.Join(names, ", ")))
	}
}

// readTime returns a parameter's time, zero where it is absent or none.
func readTime(name, text string, fault func(name, detail string)) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.IsZero() {
		fault(name, "allowed: a time of RFC 3339, such as 2026-11-30T02:00:00Z; a + in it is written %2B")
		return time.Time{}
	}
	return at.UTC()
}

func joined[T ~string](list []T) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}
