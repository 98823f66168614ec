package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"davit/client"
)

func (p *program) defCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "def", Short: "List, show, register and deregister task definitions", GroupID: groupSetup,
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.defList(), p.defShow(), p.defRegister(), p.defDeregister())
	return cmd
}

func (p *program) defList() *cobra.Command {
	var q client.DefinitionFilter
	var inactive bool
	cmd := &cobra.Command{
		Use: "ls [FAMILY]", Short: "List the revisions of task definitions, or of one family",
		Example: "  davit def ls\n  davit def ls import -o jsonl", Args: cobra.MaximumNArgs(1), ValidArgsFunction: p.completeFamilies,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error {
		form, err := s.form("table", "wide", "json", "jsonl", "id")
		if err != nil {
			return err
		}
		if len(args) == 1 {
			q.FamilyPrefix = args[0]
		}
		if inactive {
			q.Status = "INACTIVE"
		}
		return s.listDefinitions(ctx, q, form)
	})
	cmd.Flags().BoolVar(&inactive, "inactive", false, "those that were deregistered")
	return cmd
}

func (s *session) listDefinitions(ctx context.Context, q client.DefinitionFilter, form string) error {
	var list []client.DefinitionSummary
	for d, err := range s.client.Definitions(ctx, q) {
		if err != nil {
			return err
		}
		switch form {
		case "id":
			_, err = fmt.Fprintln(s.Out, d.Name())
		case "jsonl":
			err = s.writeRaw(d.JSON)
		default:
			list = append(list, d)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case form == "json":
		return s.writeDefinitions(list)
	case form != "table" && form != "wide":
		return nil
	case len(list) == 0:
		s.hint("no task definitions")
		return nil
	default:
		return s.style(s.Out).Definitions(s.Out, list, form == "wide")
	}
}

func (s *session) writeDefinitions(list []client.DefinitionSummary) error {
	all := make([]json.RawMessage, 0, len(list))
	for _, d := range list {
		all = append(all, d.JSON)
	}
	return s.writeList("taskDefinitions", all)
}

func (p *program) defShow() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show DEFINITION", Short: "Write a task definition as JSON: a family, family:revision or an ARN",
		Example: "  davit def show import:31", Args: cobra.ExactArgs(1), ValidArgsFunction: p.completeFamilies,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error {
		if _, err := s.form("json", "table"); err != nil {
			return err
		}
		answer, err := s.client.Definition(ctx, args[0])
		if err != nil {
			return err
		}
		if s.flags.output == "json" || !s.style(s.Out).Terminal {
			return s.writeRaw(answer)
		}
		return s.writeIndented(answer)
	})
	return cmd
}

func (p *program) defRegister() *cobra.Command {
	cmd := &cobra.Command{
		Use: "register FILE", Short: "Register a task definition: RegisterTaskDefinition's input as JSON, or - for stdin",
		Long:    "register registers a revision. Where the newest revision already says the same, that one is the answer, so that it may be repeated.",
		Example: "  davit def register import.json", Args: cobra.ExactArgs(1),
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error {
		form, err := s.form("table", "json", "id")
		if err != nil {
			return err
		}
		data, err := readFile(args[0], s.In)
		if err != nil {
			return usagef("%v", err)
		}
		answer, err := s.client.Register(ctx, data)
		if err != nil {
			return err
		}
		return s.writeRegistered(answer, form)
	})
	return cmd
}

// writeRegistered writes family:revision, or the whole answer.
func (s *session) writeRegistered(answer json.RawMessage, form string) error {
	if form == "json" {
		return s.writeRaw(answer)
	}
	var a struct {
		TaskDefinition struct {
			Family   string `json:"family"`
			Revision int    `json:"revision"`
		} `json:"taskDefinition"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	_, err := fmt.Fprintf(s.Out, "%s:%d\n", a.TaskDefinition.Family, a.TaskDefinition.Revision)
	return err
}

func (p *program) defDeregister() *cobra.Command {
	cmd := &cobra.Command{
		Use: "deregister FAMILY:REVISION...", Short: "Deregister revisions of task definitions: they start no new runs",
		Args: cobra.MinimumNArgs(1), ValidArgsFunction: p.completeFamilies,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error {
		form, err := s.form("table", "json")
		if err != nil {
			return err
		}
		for _, name := range args {
			answer, err := s.client.Deregister(ctx, name)
			if err != nil {
				return err
			}
			if form == "json" {
				err = s.writeRaw(answer)
			} else {
				s.hint("%s is deregistered", name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return cmd
}
