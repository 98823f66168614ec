package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"davit/internal/run"
)

// Getter is the use case of Get: it returns one run that the caller may see, or CodeNotFound.
type Getter interface {
	Get(ctx context.Context, caller, id string) (*run.Run, error)
}

// Get is GET /runs/{runId}: 200 with the run and its ETag, or 304 where If-None-Match has that.
func Get(g Getter, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		if err := checkNoQuery(r); err != nil {
			return err
		}
		found, err := g.Get(r.Context(), caller, r.PathValue(runIDName))
		if err != nil {
			return err
		}
		o.writeTagged(w, r, o.viewRun(found))
		return nil
	})
}

// Lister is the use case of List: it returns a page of the runs that the caller may see.
type Lister interface {
	List(ctx context.Context, req run.ListRequest) (run.List, error)
}

// List is GET /runs?status=&class=&open=&createdAfter=&createdBefore=&family=&group=&startedBy=&schedule=&rerunOf=&key=&limit=&cursor=: 200
// with {runs, nextCursor}, newest first. The runs are summaries: without request, resolved and attempts.
func List(l Lister, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		req, err := listRequest(r, caller)
		if err != nil {
			return err
		}
		list, err := l.List(r.Context(), req)
		if err != nil {
			return err
		}
		o.writeTagged(w, r, viewList(list))
		return nil
	})
}

const (
	maxLimit  = 100
	maxFilter = 255  // characters
	maxCursor = 4096 // characters; ours are far shorter
)

// listFilters are the parameters of a list but limit and cursor.
var listFilters = []string{
	"status", "class", "open", "createdAfter", "createdBefore", "family", "group", "startedBy", "schedule", "rerunOf", "key",
}

func listRequest(r *http.Request, caller string) (run.ListRequest, error) {
	q := parseQuery(r, append(slices.Clone(listFilters), "limit", "cursor")...)
	v := q.values
	req := run.ListRequest{
		Caller: caller, Status: v["status"], Class: v["class"], Open: q.truth("open"), CreatedAfter: v["createdAfter"], CreatedBefore: v["createdBefore"],
		Family: v["family"], Group: v["group"], StartedBy: v["startedBy"], Schedule: v["schedule"], RerunOf: v["rerunOf"], Key: v["key"], Cursor: v["cursor"],
	}
	q.bounded(maxCursor, listFilters...)
	q.faults = run.AppendViolations(q.faults, req.Violations())
	req.Limit = q.limit()
	return req, q.err()
}

// bounded adds a fault for each filter and cursor that is too long. The domain checks what they mean.
func (q *query) bounded(cursor int, filters ...string) {
	for _, name := range filters {
		if utf8.RuneCountInString(q.values[name]) > maxFilter {
			q.fault(name, "at most 255 characters")
		}
	}
	if len(q.values["cursor"]) > cursor {
		q.faults = append(q.faults, run.Violation{Field: "query:cursor", Rule: run.RuleCursor, Detail: "not a cursor of Davit's"})
	}
}

// limit returns the parameter limit, 0 when it is absent.
func (q *query) limit() int { return q.count("limit", maxLimit) }

// count returns a parameter that is a whole number from 1 to most, 0 when it is absent.
func (q *query) count(name string, most int) int {
	text := q.values[name]
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most || strconv.Itoa(n) != text {
		q.fault(name, "must be a whole number, 1 to "+strconv.Itoa(most))
		return 0
	}
	return n
}
