package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// splitCommand returns FAMILY, "" where it is not given, and the command after --.
func splitCommand(cmd *cobra.Command, args []string) (family string, command []string, err error) {
	if at := cmd.ArgsLenAtDash(); at >= 0 {
		args, command = args[:at], args[at:]
		if len(command) == 0 {
			return "", nil, usagef("there is no command after --")
		}
	}
	if len(args) > 1 {
		return "", nil, usagef("%q is one argument too many: one FAMILY is run, and its command comes after --", args[1])
	}
	if len(args) == 1 {
		family = args[0]
	}
	return family, command, nil
}

// jobBody returns the body of the submission.
func (s *session) jobBody(ctx context.Context, f *runFlags, family string, command []string) ([]byte, error) {
	body := object{}
	if f.file != "" {
		var err error
		if body, err = readBody(f.file, s.In); err != nil {
			return nil, err
		}
	}
	if err := setFamily(body, family); err != nil {
		return nil, err
	}
	if err := f.readEnvironment(f.envFile); err != nil {
		return nil, err
	}
	if err := f.applyPolicy(body); err != nil {
		return nil, err
	}
	name, _ := body["taskDefinition"].(string)
	definition := once(func() (*definition, error) { return readDefinition(ctx, s.client, name) })
	if err := f.apply(body, command, definition); err != nil {
		return nil, err
	}
	return encodeObject(body)
}

// setFamily sets the task definition that is run.
func setFamily(body object, family string) error {
	given, _ := body["taskDefinition"].(string)
	switch {
	case family == "" && body["taskDefinition"] == nil:
		return usagef("give the FAMILY of a task definition, or a job that has one with -f")
	case family != "" && given != "" && given != family:
		return usagef("FAMILY is %s, and the job of -f is of %s: give one of them", family, given)
	case family != "":
		body["taskDefinition"] = family
	}
	return nil
}

// applyPolicy puts what the flags say about the policy into the body.
func (f *runFlags) applyPolicy(body object) error {
	if f.cluster != "" {
		body["cluster"] = f.cluster
	}
	if f.timeout == 0 && len(f.retryOn) == 0 && f.overlap == "" {
		return nil
	}
	policy, err := member(body, "", "policy")
	if err != nil {
		return err
	}
	if f.timeout != 0 {
		if policy["timeoutSeconds"], err = wholeSeconds("timeout", f.timeout); err != nil {
			return err
		}
	}
	if len(f.retryOn) > 0 {
		retry, err := member(policy, "/policy", "retry")
		if err != nil {
			return err
		}
		retry["on"] = f.retryOn
	}
	return f.applyOverlap(policy)
}

func (f *runFlags) applyOverlap(policy object) error {
	if f.overlap == "" {
		return nil
	}
	given, err := overlapOf(f.overlap)
	if err != nil {
		return err
	}
	overlap, err := member(policy, "/policy", "overlap")
	if err != nil {
		return err
	}
	overlap["key"], overlap["mode"] = given["key"], given["mode"]
	return nil
}
