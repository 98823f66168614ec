// Package refusals maps an exception or failure of ECS to a row of the rule table. It is a package of its own so that the functions that only launch need not link the checks of requests.
package refusals

import (
	"slices"
	"strings"

	"davit/internal/ecsspec/row"
	"davit/internal/run"
)

// Table is run.RefusalRules: the P rows of the rule table. It holds nothing; the zero value is ready.
type Table struct{}

var _ run.RefusalRules = Table{}

// The operations of the rows.
var (
	onRun                = []run.Operation{run.RunTask}
	onStart              = []run.Operation{run.StartTask}
	onLaunch             = []run.Operation{run.RunTask, run.StartTask}
	onStop               = []run.Operation{row.StopTask}
	onDescribeTasks      = []run.Operation{row.DescribeTasks}
	onRegister           = []run.Operation{row.RegisterTaskDefinition}
	onDescribeDefinition = []run.Operation{row.DescribeTaskDefinition}
	onDeregister         = []run.Operation{row.DeregisterTaskDefinition}
)

// refusal is one P row of the table: what only ECS can judge, and the codes and words of its refusal. A run that is refused for good ends FAILED with the
// class and the id; the task-definition routes answer with the status.
type refusal struct {
	id     string
	on     []run.Operation
	field  string   // JSON pointer of what it is about, in the operation's input; "" is the whole input
	codes  []string // exception codes; none: ClientException and InvalidParameterException
	words  []string // one of these is in ECS's words, whatever their case; * stands for any text. None: any words
	failed bool     // it is a failure inside a 200, and words holds the beginnings of reasons
	needs  string   // what ECS wants, in words
	class  run.Class
	status int // of a task-definition route; 0 on others
	source string
}

// Refused returns the P row that ECS's refusal of a call is about: the first of the table with its class whose code and words are in it. It
// reports false when there is none, as for every throttle and every fault of ECS itself.
func (Table) Refused(e *run.EngineError) (run.Violation, bool) {
	class := run.ClassifyError(e)
	for _, r := range refusals {
		if !r.failed && r.class == class && slices.Contains(r.on, run.Operation(e.Operation)) && r.hasCode(e.Code) && r.hasWords(e.Message) {
			return r.violation(), true
		}
	}
	return run.Violation{}, false
}

// Failed returns the P row that a failure inside a 200 is about. Every failure that no wait can cure has one.
func (Table) Failed(op run.Operation, f run.Failure) (run.Violation, bool) {
	class := run.ClassifyFailure(f)
	for _, r := range refusals {
		if r.failed && r.class == class && slices.Contains(r.on, op) && r.hasReason(f.Reason) {
			return r.violation(), true
		}
	}
	return run.Violation{}, false
}

func (r refusal) violation() run.Violation {
	return run.Violation{Field: r.field, Rule: r.id, Detail: "needed: " + r.needs}
}

func (r refusal) hasCode(code string) bool {
	if len(r.codes) == 0 {
		return code == "ClientException" || code == "InvalidParameterException"
	}
	return slices.Contains(r.codes, code)
}

func (r refusal) hasWords(message string) bool {
	message = strings.ToLower(message)
	return len(r.words) == 0 || slices.ContainsFunc(r.words, func(words string) bool { return contains(message, words) })
}

func (r refusal) hasReason(reason string) bool {
	reason = strings.ToLower(reason)
	return len(r.words) == 0 || slices.ContainsFunc(r.words, func(begin string) bool { return strings.HasPrefix(reason, strings.ToLower(begin)) })
}

// contains reports whether a text in lower case contains words, their parts between * in order.
func contains(text, words string) bool {
	for part := range strings.SplitSeq(strings.ToLower(words), "*") {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// Rows returns the P rows in the order in which they are tried.
func Rows() []row.Row {
	all := make([]row.Row, 0, len(refusals))
	for _, r := range refusals {
		all = append(all, r.row())
	}
	return all
}

func (r refusal) row() row.Row {
	return row.Row{
		ID: r.id, Kind: row.Passed, Operations: r.on, Field: r.field, Limit: r.needs, Message: "ECS refused it: …; needed: " + r.needs,
		Says: r.knownBy(), Class: r.class, Status: r.status, Source: r.source,
	}
}

// knownBy returns the codes and words of the refusal. Words alone are those of a ClientException or InvalidParameterException, or of a failure.
func (r refusal) knownBy() []string {
	if len(r.codes) == 0 || len(r.words) == 0 {
		return slices.Concat(r.codes, r.words)
	}
	var both []string
	for _, code := range r.codes {
		for _, words := range r.words {
			both = append(both, code+": "+words)
		}
	}
	return both
}
