package main

import (
	"encoding/json"
	"fmt"
	"slices"
)

// ids are the members of every execution's input, which each answer repeats.
const ids = `"runId":"r","born":"b","generation":1`

func stepOutput(next string, waitSeconds int) json.RawMessage {
	return fmt.Appendf(nil, `{%s,"next":%q,"waitSeconds":%d}`, ids, next, waitSeconds)
}

func step(next string) answer { return answer{Output: stepOutput(next, 1)} }

func fails(name string) answer { return answer{Error: name} }

// ignoredAnswer returns an answer of Follow's function. Only the output that is sent for its token counts.
func ignoredAnswer() answer { return step("NOBODY LOOKS") }

func wokenAfter(next string) answer {
	a := ignoredAnswer()
	a.Wake = stepOutput(next, 3600)
	return a
}

func wokenBefore(next string) answer {
	a := wokenAfter(next)
	a.Early = true
	return a
}

// scenarios returns recordings that take every transition of the definition at least once; scripts/asl-oracle.py checks that. They have no
// answer without next: Step Functions fails an execution whose Choice finds no value, but moto takes Default.
func scenarios() []*recording {
	unknownErrors := slices.Repeat([]answer{fails("errorString")}, 6)
	follow, done := answer{Output: stepOutput("FOLLOW", 3600)}, step("DONE")
	play := func(name string, answers ...answer) *recording {
		return &recording{Name: name, Input: json.RawMessage(`{` + ids + `}`), Answers: answers}
	}
	return []*recording{
		play("polled to its end", step("PAUSE"), step("PAUSE"), done),
		play("launched again", step("LAUNCH"), done),
		play("done at once", done),
		play("what a later version says is observed again", step("DANCE"), done),
		play("followed and woken", follow, wokenAfter("DONE")),
		play("woken before the function returns", follow, wokenBefore("FOLLOW"), wokenBefore("DONE")),
		play("woken to launch again", follow, wokenAfter("LAUNCH"), follow, wokenAfter("DONE")),
		play("a follow that times out", step("FOLLOW"), ignoredAnswer(), step("PAUSE"), done),
		play("a launch retried", fails("Davit.Conflict"), fails("Davit.Throttled"), fails("Lambda.TooManyRequestsException"), done),
		play("an observation retried", step("PAUSE"), fails("Davit.Unavailable"), fails("Lambda.ServiceException"), done),
		play("a follow retried", follow, fails("Davit.Conflict"), wokenAfter("DONE")),
		play("a bug that passes", fails("errorString"), step("PAUSE"), fails("Runtime.ExitError"), done),
		play("a launch given up", unknownErrors...),
		play("an observation given up", append([]answer{step("PAUSE")}, unknownErrors...)...),
		play("a follow given up", append([]answer{follow}, unknownErrors...)...),
		play("two retriers count apart", append(slices.Repeat([]answer{fails("Davit.Throttled"), fails("errorString")}, 5), done)...),
		play("a pause without its length", answer{Output: json.RawMessage(`{` + ids + `,"next":"PAUSE"}`)}),
	}
}
