package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
	"davit/internal/cli/target"
)

// session is a command's connection to an API.
type session struct {
	*program
	target *target.Target
	client *client.Client // for what a person waits for: it gives up early
	sender *client.Client // for what must not be done twice: it waits for an answer
}

// readPatience is for how long a request of a person is repeated that changes nothing.
const readPatience = 5 * time.Second

// connect finds the API and who asks it.
func (p *program) connect(ctx context.Context) (*session, error) {
	config, err := p.loadContexts()
	if err != nil {
		return nil, err
	}
	t, err := target.Resolve(ctx, config, target.Options{
		Context: p.flags.context, URL: p.flags.url, Region: p.flags.region, Profile: p.flags.profile, Env: os.Getenv,
	})
	if err != nil {
		return nil, err
	}
	t.Client.UserAgent = "davit/" + p.version
	quick := *t.Client
	quick.Patience = readPatience
	return &session{p, t, &quick, t.Client}, nil
}

// loadContexts reads the file of contexts.
func (p *program) loadContexts() (*target.Config, error) {
	file, err := target.File()
	if err != nil {
		return nil, err
	}
	return target.Load(file)
}

// action is what a command does once it is connected.
type action func(ctx context.Context, s *session, args []string) error

// connected returns cobra's function of a command that talks to an API. Its errors are explained.
func (p *program) connected(act action) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		s, err := p.connect(cmd.Context())
		if err != nil {
			return p.explain(err, nil)
		}
		return p.explain(act(cmd.Context(), s, args), s.target)
	}
}

// explain returns err with the text that a person reads: what happened and what to do. t is nil where none was found.
func (p *program) explain(err error, t *target.Target) error {
	var status ExitStatus
	var usage *usageError
	var known *explained
	if err == nil || errors.As(err, &status) || errors.As(err, &usage) || errors.As(err, &known) || isClosedPipe(err) {
		return err
	}
	var problem *client.Problem
	if isRefusal(err) && errors.As(err, &problem) {
		var b bytes.Buffer
		if err := p.style(p.Err).Problem(&b, problem); err != nil {
			return err
		}
		return &explained{b.String(), exitUsage, err}
	}
	what, todo := target.Explain(err, t)
	text, ends := "davit: "+what+"\n", exitUnavailable
	if todo != "" {
		text += "  " + todo + "\n"
	}
	var cause *target.Error
	if errors.As(err, &cause) && cause.Kind == target.KindUsage {
		ends = exitUsage
	}
	return &explained{text, ends, err}
}
