package taskdef

import (
	"context"
	"slices"
	"strings"

	"davit/internal/run"
)

// maxListCalls bounds what a page costs of the account's 20 reads of task definitions a second, which submissions share.
const maxListCalls = 5

// ListDefinitions is GET /task-definitions: revisions of one status. Families that callers may not know of are not there. CodeInvalid
// names a filter that breaks a rule; CodeForbidden, CodeThrottled, CodeUnavailable.
//
// ECS lists all families or one. Where AllowedFamilies are whole names, they are listed one after the other; where one ends in *, all
// are listed and the others left out.
func (g *Registrar) ListDefinitions(ctx context.Context, q ListRequest) (List, error) {
	if v := q.violations(); len(v) > 0 {
		return List{}, run.InvalidRequest(v...)
	}
	q = q.withDefaults()
	families := listed(g.Stack, q.FamilyPrefix)
	at, err := g.decodeCursor(q, families)
	if err != nil {
		return List{}, err
	}
	var list List
	for calls := 0; calls < maxListCalls && at.index < len(families) && len(list.TaskDefinitions) < q.Limit; calls++ {
		page, err := g.Definitions.List(ctx, Query{
			Family: families[at.index], Status: q.Status, Limit: q.Limit - len(list.TaskDefinitions), Token: at.token,
		})
		if err != nil {
			return List{}, g.refusedList(err, at)
		}
		list.TaskDefinitions = append(list.TaskDefinitions, summaries(g.Stack, page.ARNs, q.Status)...)
		at = at.after(page)
	}
	if at.index < len(families) {
		list.NextCursor = g.encodeCursor(q, families[at.index], at.token)
	}
	return list, nil
}

// refusedList: what ECS does not take beside a token is the token, which came from the cursor.
func (g *Registrar) refusedList(err error, at position) error {
	refusal := run.RefusedCall(g.Rules, err)
	if at.token != "" && run.CodeOf(refusal) == run.CodeInvalid {
		return run.InvalidCursor()
	}
	return refusal
}

// listed are the families that ECS is asked for to list what a caller may see, in the order of the list; "" stands for all.
func listed(s run.Stack, family string) []string {
	open := func(allowed string) bool { return strings.HasSuffix(allowed, "*") }
	switch {
	case family != "" && s.AllowsFamily(family):
		return []string{family}
	case family != "":
		return nil
	case len(s.Families) == 0 || slices.ContainsFunc(s.Families, open):
		return []string{""}
	default:
		return slices.Compact(slices.Sorted(slices.Values(s.Families)))
	}
}

// summaries leaves out what callers may not know of.
func summaries(s run.Stack, arns []string, status string) []Summary {
	var all []Summary
	for _, arn := range arns {
		if n, ok := parseName(arn); ok && s.AllowsFamily(n.family) {
			all = append(all, Summary{ARN: arn, Family: n.family, Revision: n.revision, Status: status})
		}
	}
	return all
}

func (q ListRequest) withDefaults() ListRequest {
	if q.Status == "" {
		q.Status = statusActive
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	return q
}

func (q ListRequest) violations() []run.Violation {
	var out []run.Violation
	if q.FamilyPrefix != "" && !validFamily(q.FamilyPrefix) {
		out = append(out, run.Violation{Field: "query:familyPrefix", Rule: run.RuleQuery, Detail: "not the name of a family; allowed: 1 to 255 letters, digits, - and _"})
	}
	if q.Status != "" && !slices.Contains(Statuses(), q.Status) {
		out = append(out, run.Violation{Field: "query:status", Rule: run.RuleQuery, Detail: "no such status; allowed: " + strings.Join(Statuses(), ", ")})
	}
	if q.Limit < 0 || q.Limit > 100 {
		out = append(out, run.Violation{Field: "query:limit", Rule: run.RuleQuery, Detail: "allowed: 1 to 100, 20 when absent"})
	}
	return out
}
