package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"davit/internal/cli/target"
)

func (p *program) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", Short: "Add, list, choose and remove contexts: the Davits that commands talk to", GroupID: groupSetup,
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.configAdd(), p.configList(), p.configUse(), p.configRemove())
	return cmd
}

// configured returns cobra's function of a command that changes the file of contexts, or reads it.
func (p *program) configured(act func(cmd *cobra.Command, c *target.Config, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := p.loadContexts()
		if err != nil {
			return p.explain(err, nil)
		}
		return p.explain(act(cmd, c, args), nil)
	}
}

func (p *program) configAdd() *cobra.Command {
	var stack, token string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a context: a stack, whose outputs are read, or an address with --url",
		Long: `add adds a context, or changes the one of that name. With --stack it reads the address from the outputs of the CloudFormation stack, and requests are signed with
the AWS credentials of --profile or of the environment. With --url it takes the address; a bearer token is sent where --token or DAVIT_TOKEN has one.`,
		Example: "  davit config add prod --stack davit --region eu-west-1 --profile work\n  davit config add lab --url https://davit.example.org",
		Args:    cobra.ExactArgs(1),
	}
	cmd.RunE = p.configured(func(cmd *cobra.Command, c *target.Config, args []string) error {
		added := target.Context{Name: args[0], URL: p.flags.url, Region: p.flags.region, Profile: p.flags.profile, Token: token}
		if (stack == "") == (p.flags.url == "") {
			return usagef("give --stack, or --url")
		}
		if stack != "" {
			var err error
			if added, err = target.FromStack(cmd.Context(), stack, p.flags.region, p.flags.profile); err != nil {
				return err
			}
			added.Name = args[0]
		}
		if err := c.Add(added); err != nil {
			return err
		}
		if err := c.Save(); err != nil {
			return err
		}
		p.hint("context %s: %s. Check it: davit doctor --context %s · make it the usual one: davit config use %s", added.Name, added.URL, added.Name, added.Name)
		return nil
	})
	cmd.Flags().StringVar(&stack, "stack", "", "the CloudFormation `stack`")
	cmd.Flags().StringVar(&token, "token", "", "bearer `token`; it is kept in the file")
	return cmd
}

func (p *program) configList() *cobra.Command {
	return &cobra.Command{
		Use: "ls", Short: "List the contexts; * is the usual one", Args: cobra.NoArgs,
		RunE: p.configured(func(_ *cobra.Command, c *target.Config, _ []string) error {
			for _, known := range c.All() {
				mark := " "
				if known.Name == c.Current() {
					mark = "*"
				}
				if _, err := fmt.Fprintf(p.Out, "%s %-12s %s\n", mark, known.Name, known.Describe()); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

func (p *program) configUse() *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Short: "Make a context the usual one", Args: cobra.ExactArgs(1), ValidArgsFunction: p.completeContexts,
		RunE: p.configured(func(_ *cobra.Command, c *target.Config, args []string) error {
			if err := c.Use(args[0]); err != nil {
				return err
			}
			return c.Save()
		}),
	}
}

func (p *program) configRemove() *cobra.Command {
	return &cobra.Command{
		Use: "rm NAME", Short: "Remove a context", Args: cobra.ExactArgs(1), ValidArgsFunction: p.completeContexts,
		RunE: p.configured(func(_ *cobra.Command, c *target.Config, args []string) error {
			if err := c.Remove(args[0]); err != nil {
				return err
			}
			return c.Save()
		}),
	}
}

// completeContexts offers the names of the contexts.
func (p *program) completeContexts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := p.loadContexts()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, known := range c.All() {
		names = append(names, known.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
