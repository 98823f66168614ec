package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
)

// rerunFlags are the flags of `davit rerun`.
type rerunFlags struct {
	jobFlags
	edit, failedOnly, detach, dryRun bool
	revision, key                    string
	waitTimeout                      time.Duration
}

func (p *program) rerunCommand() *cobra.Command {
	f := &rerunFlags{}
	cmd := &cobra.Command{
		Use:   "rerun RUN [flags] [-- COMMAND...]",
		Short: "Run a run's job again, with changes",
		Long: `rerun submits what a run was made of as a new run, with the changes that flags or --edit make, and follows it as davit run does.
Environment values that answers show as *** are kept where Davit may keep them; otherwise it names those to give anew.`,
		Example: "  davit rerun zys7 --memory 1024\n  davit rerun zys7 --failed-only -d\n  davit rerun zys7 --edit",
		GroupID: groupRuns, ValidArgsFunction: p.completeRuns,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error { return s.rerun(ctx, f, cmd, args) })
	f.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.edit, "edit", false, "change the job in an editor (VISUAL, EDITOR) first")
	flags.BoolVar(&f.failedOnly, "failed-only", false, "only the tasks that did not succeed")
	flags.StringVar(&f.revision, "revision", "", "`latest` for what the request names now, same for the revision that ran")
	flags.StringVar(&f.key, "key", "", "idempotency `KEY`")
	flags.BoolVar(&f.dryRun, "dry-run", false, "check it and write what would run; nothing is recorded")
	flags.BoolVarP(&f.detach, "detach", "d", false, "write the new run's id and do not wait")
	flags.DurationVar(&f.waitTimeout, "wait-timeout", 0, "how long to wait here (status 125); the run goes on")
	return cmd
}

func (s *session) rerun(ctx context.Context, f *rerunFlags, cmd *cobra.Command, args []string) error {
	text, command, err := splitCommand(cmd, args)
	if err != nil {
		return err
	}
	form, err := s.form("table", "json", "jsonl", "id")
	if err != nil {
		return err
	}
	if err := f.check(cmd); err != nil {
		return err
	}
	if f.revision != "" && f.revision != "latest" && f.revision != "same" {
		return usagef("--revision %s: give latest or same", f.revision)
	}
	id, err := s.find(ctx, s.client, text, leastToStop)
	if err != nil {
		return err
	}
	first, err := s.client.Get(ctx, id)
	if err != nil {
		return err
	}
	ask, changed, err := s.rerunRequest(ctx, f, first, command)
	if err != nil {
		return err
	}
	if f.dryRun {
		return s.dryRerun(ctx, id, ask, form)
	}
	return s.submitRerun(ctx, f, first, ask, changed, form)
}

func (s *session) dryRerun(ctx context.Context, id string, ask client.Rerun, form string) error {
	r, err := s.client.DryRerun(ctx, id, ask)
	if err != nil {
		return err
	}
	return s.writeDry(r, form)
}

func (s *session) submitRerun(ctx context.Context, f *rerunFlags, first *client.Run, ask client.Rerun, changed []string, form string) error {
	d := awaitDeparture(ctx)
	defer d.close()
	key := f.key
	if key == "" {
		key = client.NewKey()
	}
	r, err := s.send(ctx, d, key, func(ctx context.Context, c *client.Client) (*client.Run, error) {
		return c.Rerun(ctx, first.ID, ask, key)
	})
	if err != nil {
		return err
	}
	s.hint("%s", s.style(s.Err).Rerun(first.ID, r.ID, changed...))
	if f.detach {
		return s.leaveNew(d, r, form)
	}
	return s.followNew(d, r, form, f.waitTimeout)
}

// rerunRequest returns what to ask, and what it changes in words.
func (s *session) rerunRequest(ctx context.Context, f *rerunFlags, first *client.Run, command []string) (client.Rerun, []string, error) {
	ask := client.Rerun{FailedOnly: f.failedOnly, Revision: f.revision}
	before, err := jobOf(first)
	if err != nil {
		return ask, nil, err
	}
	after := cloneObject(before)
	name := resolvedName(first)
	if err := f.apply(after, command, once(func() (*definition, error) { return readDefinition(ctx, s.client, name) })); err != nil {
		return ask, nil, err
	}
	if f.edit {
		if after, err = edit(ctx, after); err != nil {
			return ask, nil, err
		}
	}
	patch := mergePatch(before, after)
	if len(patch) == 0 {
		return ask, nil, nil
	}
	ask.Patch, err = encodeObject(patch)
	return ask, changes(before, after), err
}

// jobOf returns the body that a run was submitted with: its request and its policy.
func jobOf(r *client.Run) (object, error) {
	body, err := decodeObject(r.Request)
	if err != nil {
		return nil, fmt.Errorf("the request of %s cannot be read: %w", r.ID, err)
	}
	if _, given := body["policy"]; given || len(r.Policy) == 0 {
		return body, nil
	}
	policy, err := decodeObject(r.Policy)
	if err != nil {
		return nil, fmt.Errorf("the policy of %s cannot be read: %w", r.ID, err)
	}
	if len(policy) > 0 {
		body["policy"] = policy
	}
	return body, nil
}

// changes lists what differs between two bodies: "memory 512 → 1024", "count 1 → 3".
func changes(before, after object) []string {
	was, now := leaves("", before), leaves("", after)
	var list []string
	for name, value := range now {
		switch earlier, known := was[name]; {
		case !known:
			list = append(list, name+" "+value)
		case earlier != value:
			list = append(list, name+" "+earlier+" → "+value)
		}
	}
	for name := range was {
		if _, kept := now[name]; !kept {
			list = append(list, name+" removed")
		}
	}
	sort.Strings(list)
	return list
}

// leaves returns the values in v by short names: the last member's name, with the container's or the variable's where that is in a list. Values of variables are not shown.
func leaves(path string, v any) map[string]string {
	all := map[string]string{}
	switch v := v.(type) {
	case object:
		for name, child := range v {
			if name == "name" && path != "" {
				continue
			}
			for k, text := range leaves(name, child) {
				all[k] = text
			}
		}
	case []any:
		if !hasNames(v) {
			text, _ := json.Marshal(v) // decoded from JSON
			all[path] = string(text)
			break
		}
		for _, entry := range v {
			addEntry(all, path, entry.(object))
		}
	default:
		all[path] = fmt.Sprint(v)
	}
	return all
}

// hasNames reports whether every entry of a list is an object with a name.
func hasNames(list []any) bool {
	for _, entry := range list {
		o, ok := entry.(object)
		if _, named := o["name"].(string); !ok || !named {
			return false
		}
	}
	return len(list) > 0
}

func addEntry(all map[string]string, path string, entry object) {
	name := entry["name"].(string)
	if path == "environment" {
		all[name] = "***"
		if entry["value"] != "***" {
			all[name] = "given anew"
		}
		return
	}
	for k, text := range leaves(path, entry) {
		all[name+" "+k] = text
	}
}
