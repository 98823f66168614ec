// Package doctor checks what commands need: a context, credentials, a clock, a server that answers, and permissions. It changes nothing.
package doctor

import (
	"context"
	"sync"
	"time"

	"davit/internal/cli/target"
)

// Bound is how long the checks take at most.
const Bound = 10 * time.Second

// Check is one line of the report.
type Check struct {
	OK   bool
	Text string // what was found, with its subject: "clock: as the server's"
	Do   string // what to mend; it may stand beside OK
}

// Run makes the checks for a target; version is this program's. What depends on a check that failed is left out.
func Run(ctx context.Context, t *target.Target, version string) []Check {
	ctx, cancel := context.WithTimeout(ctx, Bound)
	defer cancel()
	x := &examination{t, version}
	checks := []Check{x.context()}
	var credentials, endpoint Check
	var wait sync.WaitGroup
	wait.Go(func() { credentials = x.credentials(ctx) })
	wait.Go(func() { endpoint = x.endpoint(ctx) })
	wait.Wait()
	checks = append(checks, credentials, endpoint)
	if !endpoint.OK {
		return checks
	}
	clock, known := x.clock()
	if known {
		checks = append(checks, clock)
	}
	if credentials.OK && clock.OK {
		checks = append(checks, x.server(ctx)...)
	}
	return checks
}

type examination struct {
	target *target.Target
	own    string // version
}

// failed returns the check of an error.
func (x *examination) failed(subject string, err error) Check {
	what, todo := target.Explain(err, x.target)
	return Check{Text: subject + ": " + what, Do: todo}
}

func (x *examination) context() Check {
	c := x.target.Context
	check := Check{OK: true, Text: "context" + part(" ", c.Name) + ": " + c.Describe()}
	if file := x.target.Exposed(); file != "" {
		return Check{Text: check.Text + "; others can read the tokens in " + file, Do: "chmod 600 " + file}
	}
	return check
}

func part(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// clock compares the clocks; known is false where the server sent no time.
func (x *examination) clock() (c Check, known bool) {
	ahead, known := x.target.Skew()
	c = Check{OK: true, Text: "clock: as the server's"}
	switch far := ahead.Abs(); {
	case far >= target.MaxSkew:
		c = Check{x.target.Context.Auth != target.SigV4, "clock: " + target.ClockText(ahead), target.ClockDo}
	case far >= time.Minute:
		c.Text, c.Do = "clock: "+target.ClockText(ahead), target.ClockDo
	}
	return c, known
}
