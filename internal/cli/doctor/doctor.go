// Package doctor checks what commands need: a context, credentials, a clock, a server that answers, and permissions. It changes nothing.
package doctor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"davit/internal/cli/target"
)

// Bound is how long the checks take at most.
const Bound = 10 * time.Second

// Check is one line of the report.
type Check struct {
	OK   bool
	Name string // context, credentials, endpoint, clock, may, version
	Text string
	Do   string // what to mend; it may stand beside OK
}

// Options is what the checks are about.
type Options struct {
	Config  *target.Config
	Target  *target.Target
	Err     error  // of target.Load or target.Resolve, where there is no Target
	Version string // of this program
}

// Run makes the checks. What depends on a check that failed is left out.
func Run(ctx context.Context, o Options) []Check {
	ctx, cancel := context.WithTimeout(ctx, Bound)
	defer cancel()
	if o.Target == nil {
		return []Check{failed("context", o.Err, nil)}
	}
	x := &examination{Options: o}
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

type examination struct{ Options }

// failed returns the check of an error.
func failed(name string, err error, t *target.Target) Check {
	what, todo := target.Explain(err, t)
	return Check{Name: name, Text: what, Do: todo}
}

func (x *examination) context() Check {
	c := x.Target.Context
	text := c.URL
	switch {
	case c.Name == "":
	case c.Stack != "":
		text = fmt.Sprintf("%s: stack %s%s%s, %s", c.Name, c.Stack, part(", ", c.Region), part(", profile ", c.Profile), c.URL)
	default:
		text = fmt.Sprintf("%s: %s%s", c.Name, c.URL, part(", profile ", c.Profile))
	}
	check := Check{OK: true, Name: "context", Text: text}
	if x.Config != nil && x.Config.Shared() {
		check.OK, check.Text = false, text+"; others can read the tokens in "+x.Config.File()
		check.Do = "chmod 600 " + x.Config.File()
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
	ahead, known := x.Target.Skew()
	c = Check{OK: true, Name: "clock", Text: "as the server's"}
	switch far := ahead.Abs(); {
	case !known:
		c.OK = true
	case far >= target.MaxSkew:
		c.OK, c.Text, c.Do = x.Target.Context.Auth != target.SigV4, target.ClockText(ahead), target.ClockDo
	case far >= time.Minute:
		c.Text, c.Do = target.ClockText(ahead), target.ClockDo
	}
	return c, known
}
