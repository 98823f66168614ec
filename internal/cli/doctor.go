package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"davit/internal/cli/doctor"
)

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check context, credentials, clock, permissions and versions, and tell what to mend", GroupID: groupSetup, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.connect(cmd.Context())
			if err != nil {
				return p.explain(err, nil)
			}
			failed := false
			for _, check := range doctor.Run(cmd.Context(), s.target, p.version) {
				failed = failed || !check.OK
				if err := p.writeCheck(check); err != nil {
					return err
				}
			}
			if failed {
				return ExitStatus(exitUnavailable)
			}
			return nil
		},
	}
}

// writeCheck writes one check on a line: its mark, what was found, and what to do.
func (p *program) writeCheck(c doctor.Check) error {
	text := "✓ " + c.Text
	if !c.OK {
		text = "✗ " + c.Text
	}
	if c.Do != "" {
		text += " → " + c.Do
	}
	_, err := fmt.Fprintln(p.Out, text)
	return err
}
