package main

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"davit/internal/ecsspec"
	"davit/internal/ecsspec/row"
)

const preface = `<!-- Generated from internal/ecsspec by ` + "`make rules`" + `; change the table there. -->
# The rules of ECS, as Davit holds them

Every number that a refusal carries in ` + "`errors[].rule`, `refusals[].rule` or `statusReason`" + ` is one of these. Today's figures are the limits; where older
pages say otherwise, the row says so. RT is RunTask, ST StartTask, SP StopTask, DT DescribeTasks, DD DescribeTaskDefinition, DR
DeregisterTaskDefinition, RD RegisterTaskDefinition, RO what ECS answers; DV rows are Davit's own, all of which docs/api.yaml lists.

- **V** is checked before ECS is asked: 400 with the field's JSON pointer, all broken rows of a request at once. The detail is what was
  given, and what is allowed. The local ECS endpoint refuses the same of RunTask, StartTask and RegisterTaskDefinition, but for Davit's own rows, in ECS's words where they are known.
- **P** only ECS can judge: its refusal ends the run FAILED with the class and the row's number, or is the status of a task-definition route.
- **N** is behaviour: there is nothing to refuse, and the test named shows that Davit goes by it.

Words without a code are those of a ClientException or InvalidParameterException, or the beginning of a failure's reason. A field is a JSON pointer into the operation's input; ` + "`*`" + ` is every item of a list, none is the whole input.
`

// twelve is a POST /runs body with twelve mistakes.
//
//go:embed twelve.json
var twelve string

// page returns the text of docs/rules.md.
func page() string {
	var b strings.Builder
	b.WriteString(preface)
	heading(&b, "Checked before any call (V)", "id", "operations", "field", "allowed", "ECS's words", "source")
	each(row.Checked, func(r row.Row) { line(&b, r.ID, operations(r), code(r.Field), r.Limit, r.Words, r.Source) })
	sizes(&b)
	heading(&b, "Judged by ECS (P)", "id", "operations", "field", "ECS says", "class, status", "what ECS wants", "source")
	each(row.Passed, func(r row.Row) { line(&b, r.ID, operations(r), code(r.Field), says(r), outcome(r), r.Limit, r.Source) })
	heading(&b, "Behaviour (N)", "id", "operations", "field", "what happens", "test", "source")
	each(row.Behaviour, func(r row.Row) { line(&b, r.ID, operations(r), code(r.Field), r.Limit, code(r.Test), r.Source) })
	mistakes(&b)
	return b.String()
}

// mistakes writes one request that breaks many rows, and its violations.
func mistakes(b *strings.Builder) {
	_, found := ecsspec.Spec{}.Parse([]byte(twelve))
	fmt.Fprintf(b, "\n## One request, %d mistakes\n\n`POST /runs` with this body is answered once, with a 400 that names them all:\n\n```json\n%s```\n\n", len(found), twelve)
	line(b, "field", "rule", "detail")
	b.WriteString("|---|---|---|\n")
	for _, v := range found {
		line(b, code(v.Field), v.Rule, v.Detail)
	}
}

func each(kind row.Kind, write func(row.Row)) {
	for _, r := range ecsspec.Rows() {
		if r.Kind == kind {
			write(r)
		}
	}
}

func sizes(b *strings.Builder) {
	heading(b, "Task sizes on Fargate (RT-22, RD-22)", "cpu", "vCPU", "memory in MiB", "")
	for _, s := range ecsspec.FargateSizes() {
		line(b, strconv.Itoa(s.CPU), fmt.Sprint(float64(s.CPU)/1024), memory(s.Memory), s.Note)
	}
}

// memory returns the values of a size as their ends and their step; up to three of them each.
func memory(values []int) string {
	if len(values) > 3 {
		return fmt.Sprintf("%d to %d in steps of %d", values[0], values[len(values)-1], values[1]-values[0])
	}
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = strconv.Itoa(v)
	}
	return strings.Join(all, ", ")
}

func heading(b *strings.Builder, title string, columns ...string) {
	b.WriteString("\n## " + title + "\n\n")
	line(b, columns...)
	b.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
}

func line(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

func operations(r row.Row) string {
	all := make([]string, len(r.Operations))
	for i, op := range r.Operations {
		all[i] = string(op)
	}
	return strings.Join(all, ", ")
}

func says(r row.Row) string {
	if len(r.Says) == 0 {
		return "any other failure"
	}
	all := make([]string, len(r.Says))
	for i, words := range r.Says {
		all[i] = code(words)
	}
	return strings.Join(all, ", ")
}

func outcome(r row.Row) string {
	if r.Status == 0 {
		return string(r.Class)
	}
	return strconv.Itoa(r.Status)
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}
