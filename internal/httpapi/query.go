package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"davit/internal/run"
)

// maxQueryFaults bounds how many faults of one query are listed.
const maxQueryFaults = 20

// query is a query string that was read strictly.
type query struct {
	values map[string]string
	faults []run.Violation
}

// parseQuery reads the parameters that a route takes. Unknown ones, repeated ones and ones without a value are faults.
func parseQuery(r *http.Request, known ...string) query {
	q := query{values: map[string]string{}}
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if part != "" {
			q.add(part, known)
		}
	}
	return q
}

func (q *query) add(part string, known []string) {
	rawName, rawValue, _ := strings.Cut(part, "=")
	name, badName := url.QueryUnescape(rawName)
	value, badValue := url.QueryUnescape(rawValue)
	_, repeated := q.values[name]
	switch {
	case badName != nil || !utf8.ValidString(name):
		q.fault("", "a parameter's name is not percent-encoded UTF-8")
	case !contains(known, name):
		q.fault(name, "there is no such parameter here; "+allowed(known))
	case repeated:
		q.fault(name, "is given more than once")
	default:
		q.values[name] = value
		if badValue != nil || !utf8.ValidString(value) {
			q.fault(name, "the value is not percent-encoded UTF-8")
		} else if value == "" {
			q.fault(name, "needs a value")
		}
	}
}

func (q *query) fault(name, detail string) {
	if len(q.faults) < maxQueryFaults {
		q.faults = append(q.faults, run.Violation{Field: "query:" + name, Rule: run.RuleQuery, Detail: detail})
	}
}

// truth returns a parameter that is true or false, false when it is absent.
func (q *query) truth(name string) bool {
	value, given := q.values[name]
	if given && value != "" && value != "true" && value != "false" {
		q.fault(name, "must be true or false")
	}
	return value == "true"
}

// err returns the faults as an error, nil when there are none.
func (q *query) err() error {
	if len(q.faults) == 0 {
		return nil
	}
	return invalid(q.faults...)
}

// checkNoQuery returns an error when there is any parameter.
func checkNoQuery(r *http.Request) error {
	q := parseQuery(r)
	return q.err()
}

func allowed(known []string) string {
	if len(known) == 0 {
		return "none is taken"
	}
	return "allowed: " + strings.Join(known, ", ")
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
