package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/term"

	"davit/client"
	"davit/internal/cli/render"
)

// How many characters of an id must be given, and among how many of the newest runs it is looked for.
const (
	leastOfID   = 4
	leastToStop = 8 // of what changes a run
	recentRuns  = 1000
	offeredRuns = 10
)

var (
	wholeID   = regexp.MustCompile(`^[a-z2-7]{26}$`)
	beginOfID = regexp.MustCompile(`^([a-z2-7]{1,25})(?:(?:…|\.\.\.)([a-z2-7]{1,25}))?$`)
)

// find returns the id of the run that text names: a whole id, its first characters, or both its ends with … between, as tables show it. Without text a person chooses.
func (p *program) find(ctx context.Context, c *client.Client, text string, least int) (string, error) {
	if text == "" {
		return p.choose(ctx, c)
	}
	if wholeID.MatchString(text) {
		return text, nil
	}
	parts := beginOfID.FindStringSubmatch(text)
	if parts == nil {
		return "", usagef("%q is no run's id: 26 characters of a-z and 2-7, or its first %d", text, least)
	}
	if n := len(parts[1]) + len(parts[2]); n < least {
		return "", usagef("%q is too short: give at least %d characters of the id", text, least)
	}
	var fit []client.Summary
	n := 0
	for r, err := range c.Runs(ctx, client.Filter{}) {
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(r.ID, parts[1]) && strings.HasSuffix(r.ID, parts[2]) {
			fit = append(fit, r)
		}
		if n++; n == recentRuns {
			break
		}
	}
	switch len(fit) {
	case 0:
		return "", &explained{fmt.Sprintf("none of the last %d runs has an id that begins with %s\n  Give the whole id, or look for it: %s\n", n, text, p.command("ps -a", "")), exitUnavailable, nil}
	case 1:
		return fit[0].ID, nil
	default:
		return "", p.ambiguous(text, fit)
	}
}

// ambiguous returns the error that lists the runs that an id fits.
func (p *program) ambiguous(text string, fit []client.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s fits %d runs; give more of the id:\n", text, len(fit))
	style := p.style(p.Err)
	for _, r := range fit[:min(len(fit), offeredRuns)] {
		fmt.Fprintf(&b, "  %s  %s  %s  %s\n", r.ID, r.Status, r.Family, style.Ago(r.CreatedAt))
	}
	return &explained{b.String(), exitUsage, nil}
}

// choose lets a person choose one of the newest runs. Where stdin is no terminal it is a usage error.
func (p *program) choose(ctx context.Context, c *client.Client) (string, error) {
	in, isFile := p.In.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) || !p.style(p.Err).Terminal {
		return "", usagef("give a run's id")
	}
	var offered []client.Summary
	for r, err := range c.Runs(ctx, client.Filter{}) {
		if err != nil {
			return "", err
		}
		if offered = append(offered, r); len(offered) == offeredRuns {
			break
		}
	}
	if len(offered) == 0 {
		return "", usagef("there are no runs yet")
	}
	style := p.style(p.Err)
	for i, r := range offered {
		_, _ = fmt.Fprintf(p.Err, "%3d  %s  %-13s %s  %s\n", i+1, render.ShortID(r.ID), r.Status, r.Family, style.Ago(r.CreatedAt)) // nowhere to report to
	}
	_, _ = fmt.Fprintf(p.Err, "which one (1 to %d)? ", len(offered))
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && line == "" {
		return "", usagef("none was chosen")
	}
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || n < 1 || n > len(offered) {
		return "", usagef("%q is none of 1 to %d", strings.TrimSpace(line), len(offered))
	}
	return offered[n-1].ID, nil
}

// command returns the command line of a command for a run, or for none, with the flags that say where the API is. On a terminal an id is cut as far as it may be.
func (p *program) command(verb, id string) string {
	words := []string{"davit", verb}
	switch {
	case id == "":
	case !p.style(p.Err).Terminal:
		words = append(words, id)
	case strings.HasPrefix(verb, "stop") || strings.HasPrefix(verb, "rerun"):
		words = append(words, id[:min(len(id), leastToStop)])
	default:
		words = append(words, id[:min(len(id), leastOfID)])
	}
	for _, f := range []struct{ name, value string }{{"context", p.flags.context}, {"url", p.flags.url}, {"profile", p.flags.profile}, {"region", p.flags.region}} {
		if f.value != "" {
			words = append(words, "--"+f.name, f.value)
		}
	}
	return strings.Join(words, " ")
}
