package run

import (
	"context"
	"slices"
	"strings"
)

// maxListCalls bounds what a page costs of the account's 20 reads of task definitions a second, which submissions share.
const maxListCalls = 5

// ListDefinitions is GET /task-definitions: revisions of one status. Families that callers may not know of are not there. CodeInvalid
// names a filter that breaks a rule; CodeForbidden, CodeThrottled, CodeUnavailable.
//
// ECS lists all families or one. Where AllowedFamilies are whole names, they are listed one after the other; where one ends in *, all
// are listed and the others left out.
func (g *Registrar) ListDefinitions(ctx context.Context, q DefinitionListRequest) (DefinitionList, error) {
	if v := q.violations(); len(v) > 0 {
		return DefinitionList{}, invalid(v...)
	}
	q = q.withDefaults()
	families := g.Stack.listed(q.FamilyPrefix)
	at, err := g.Stack.decodeDefinitionCursor(q, families)
	if err != nil {
		return DefinitionList{}, err
	}
	var list DefinitionList
	for calls := 0; calls < maxListCalls && at.index < len(families) && len(list.TaskDefinitions) < q.Limit; calls++ {
		page, err := g.Definitions.List(ctx, DefinitionQuery{
			Family: families[at.index], Status: q.Status, Limit: q.Limit - len(list.TaskDefinitions), Token: at.token,
		})
		if err != nil {
			return DefinitionList{}, g.refusedList(err, at)
		}
		list.TaskDefinitions = append(list.TaskDefinitions, g.Stack.summaries(page.ARNs, q.Status)...)
		at = at.after(page)
	}
	if at.index < len(families) {
		list.NextCursor = g.Stack.encodeDefinitionCursor(q, families[at.index], at.token)
	}
	return list, nil
}

// refusedList: what ECS does not take beside a token is the token, which came from the cursor.
func (g *Registrar) refusedList(err error, at definitionPosition) error {
	told := refusedCall(g.Rules, err)
	if at.token != "" && CodeOf(told) == CodeInvalid {
		return badCursor()
	}
	return told
}

// listed are the families that ECS is asked for to list what a caller may see, in the order of the list; "" stands for all.
func (s Stack) listed(family string) []string {
	open := func(allowed string) bool { return strings.HasSuffix(allowed, "*") }
	switch {
	case family != "" && s.allows(family):
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
func (s Stack) summaries(arns []string, status string) []DefinitionSummary {
	var all []DefinitionSummary
	for _, arn := range arns {
		if n, ok := parseDefinitionName(arn); ok && s.allows(n.family) {
			all = append(all, DefinitionSummary{ARN: arn, Family: n.family, Revision: n.revision, Status: status})
		}
	}
	return all
}

func (q DefinitionListRequest) withDefaults() DefinitionListRequest {
	if q.Status == "" {
		q.Status = definitionActive
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	return q
}

func (q DefinitionListRequest) violations() []Violation {
	var out []Violation
	if q.FamilyPrefix != "" && !validFamily(q.FamilyPrefix) {
		out = append(out, Violation{"query:familyPrefix", RuleQuery, "not the name of a family; allowed: 1 to 255 letters, digits, - and _"})
	}
	if q.Status != "" && !slices.Contains(DefinitionStatuses(), q.Status) {
		out = append(out, Violation{"query:status", RuleQuery, "no such status; allowed: " + strings.Join(DefinitionStatuses(), ", ")})
	}
	if q.Limit < 0 || q.Limit > 100 {
		out = append(out, Violation{"query:limit", RuleQuery, "allowed: 1 to 100, 20 when absent"})
	}
	return out
}
