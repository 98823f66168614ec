package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"davit/internal/cli/render"
)

// Streams are what a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// program is what the commands share.
type program struct {
	Streams
	flags   globalFlags
	version string
}

// globalFlags are the flags of every command that talks to an API.
type globalFlags struct {
	context, url, region, profile string
	output                        string
	quiet                         bool
}

// New returns the command davit with the commands that talk to an API, and with more. version is told to the API.
func New(s Streams, version string, more ...*cobra.Command) *cobra.Command {
	p := &program{Streams: s, version: version}
	root := &cobra.Command{
		Use:   "davit",
		Short: "Run ECS tasks once, follow them to their end, and find them again",
		Long: `davit runs jobs as ECS tasks through Davit's API, waits for them, and shows what became of them.

It talks to the Davit of a context: a stack in AWS (davit config add), or the one on this machine (davit local).`,
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, _ = fmt.Fprint(p.Err, cmd.Long, "\n\n", cmd.UsageString()) // nowhere to report to
			return ExitStatus(exitUsage)
		},
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err.Error()} })
	p.addGlobal(root)
	root.AddGroup(&cobra.Group{ID: groupRuns, Title: "Runs:"}, &cobra.Group{ID: groupSetup, Title: "Definitions and set-up:"}, &cobra.Group{ID: groupLocal, Title: "On this machine:"})
	root.AddCommand(p.runCommand(), p.waitCommand(), p.logsCommand(), p.psCommand(), p.showCommand(), p.stopCommand(), p.rerunCommand())
	root.AddCommand(p.defCommand(), p.configCommand(), p.doctorCommand())
	root.AddCommand(more...)
	root.SetHelpCommandGroupID(groupSetup)
	root.SetCompletionCommandGroupID(groupSetup)
	return root
}

// The groups of commands in the help.
const (
	groupRuns  = "runs"
	groupSetup = "setup"
	groupLocal = "local"
)

// GroupLocal is the group of the commands that run Davit on this machine.
const GroupLocal = groupLocal

func (p *program) addGlobal(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&p.flags.context, "context", "", "the `context` to talk to (DAVIT_CONTEXT; else the one of davit config use)")
	flags.StringVar(&p.flags.url, "url", "", "`address` of the API, in place of the context's (DAVIT_URL)")
	flags.StringVar(&p.flags.region, "region", "", "AWS `Region` that requests are signed for")
	flags.StringVar(&p.flags.profile, "profile", "", "AWS `profile` that signs requests")
	flags.StringVarP(&p.flags.output, "output", "o", "", "`form` of what is written: table, wide, json, jsonl or id")
	flags.BoolVarP(&p.flags.quiet, "quiet", "q", false, "write no progress and no hints")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "wide", "json", "jsonl", "id"}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("context", p.completeContexts)
}

// Execute runs the command that args name, writes its error, and returns the exit status.
func Execute(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var own ExitStatus
	if errors.As(err, &own) {
		return int(own)
	}
	if isClosedPipe(err) {
		return 0
	}
	var known *explained
	var usage *usageError
	out := root.ErrOrStderr()
	switch {
	case errors.As(err, &known):
		_, _ = fmt.Fprint(out, known.text) // nowhere to report to
		return known.status
	case errors.As(err, &usage), isArgumentError(cmd, err):
		_, _ = fmt.Fprintf(out, "davit: %v\n\nUsage:\n  %s\n\nSee %s --help.\n", err, cmd.UseLine(), cmd.CommandPath())
		return exitUsage
	default:
		_, _ = fmt.Fprintf(out, "davit: %v\n", err)
		return statusOf(err)
	}
}

// explained is an error with the text that a person reads.
type explained struct {
	text   string
	status int
	err    error
}

func (e *explained) Error() string { return e.text }

// Unwrap returns the error that is explained.
func (e *explained) Unwrap() error { return e.err }

// style returns how text is written to w.
func (p *program) style(w io.Writer) render.Style {
	s := render.Style{Now: time.Now(), Location: time.Local}
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	s.Terminal = true
	s.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		s.Width = width
	}
	return s
}

// hint writes a line to stderr, unless --quiet.
func (p *program) hint(format string, args ...any) {
	if !p.flags.quiet {
		_, _ = fmt.Fprintf(p.Err, format+"\n", args...) // nowhere to report to
	}
}

// form checks --output: it returns the form, or the first of those allowed where none is given.
func (p *program) form(allowed ...string) (string, error) {
	if p.flags.output == "" {
		return allowed[0], nil
	}
	for _, f := range allowed {
		if f == p.flags.output {
			return f, nil
		}
	}
	return "", usagef("-o %s: this command writes %s", p.flags.output, orList(allowed))
}

// GroupSetup is the group of the commands about the program itself.
const GroupSetup = groupSetup
