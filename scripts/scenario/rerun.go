package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// rerunInfo is the part of a run that the reruns' scenarios check.
type rerunInfo struct {
	runInfo
	RerunOf     string `json:"rerunOf"`
	Count       int    `json:"count"`
	SubmittedBy struct {
		Principal, RequestID, SourceIP string
	} `json:"submittedBy"`
	Resolved struct {
		TaskDefinition string `json:"taskDefinition"`
	} `json:"resolved"`
	Attempts []struct {
		Tasks []struct {
			ContainerInstanceARN string `json:"containerInstanceArn"`
		} `json:"tasks"`
	} `json:"attempts"`
}

// withValues is a run of a script with the values NAME=value.
func withValues(script string, values ...string) []byte {
	var environment []any
	for _, v := range values {
		name, value, _ := strings.Cut(v, "=")
		environment = append(environment, map[string]string{"name": name, "value": value})
	}
	body, err := json.Marshal(map[string]any{"taskDefinition": "shell", "policy": map[string]any{"retry": map[string]any{"on": []string{}}}, "overrides": map[string]any{
		"containerOverrides": []any{map[string]any{"name": "app", "command": []string{script}, "environment": environment}},
	}})
	if err != nil {
		return nil
	}
	return body
}

// patched is a rerun's body that changes what a run runs, and its values.
func patched(script string, values ...string) string {
	body := string(withValues(script, values...))
	return `{"patch":{` + strings.TrimPrefix(body[strings.Index(body, `"overrides"`):strings.Index(body, `,"policy"`)], ",") + `}}`
}

// rerun reruns a run and waits for the end of the new one.
func (u *user) rerun(ctx context.Context, id, body string) (rerunInfo, error) {
	var made rerunInfo
	if err := u.callJSON(ctx, http.MethodPost, "/runs/"+id+"/rerun", []byte(body), &made); err != nil {
		return made, err
	}
	if made.RerunOf != id || made.SubmittedBy.Principal == "" || made.SubmittedBy.RequestID == "" || made.SubmittedBy.SourceIP == "" {
		return made, fmt.Errorf("run %s repeats %q and was submitted by %+v, want %s, and a principal, a request and an address", made.RunID, made.RerunOf, made.SubmittedBy, id)
	}
	if _, err := u.await(ctx, made.RunID, func(r runInfo) bool { return r.StoppedAt != "" }); err != nil {
		return made, err
	}
	return made, u.callJSON(ctx, http.MethodGet, "/runs/"+made.RunID, nil, &made)
}

// wantRefused checks that a rerun is refused with a status, and that the problem has every part.
func (u *user) wantRefused(ctx context.Context, id, body, status string, parts ...string) error {
	_, _, err := u.call(ctx, http.MethodPost, "/runs/"+id+"/rerun", []byte(body), "")
	if err == nil || !strings.Contains(err.Error(), ": "+status+" ") {
		return fmt.Errorf("a rerun of %s with %s: %w, want %s", id, body, err, status)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			return fmt.Errorf("a rerun of %s with %s: %w, want %s in it", id, body, err, part)
		}
	}
	return nil
}

// rerunsWithChanges reruns a run of the caller's own: with another script that sees a kept value, only what failed, and with an overlap key.
func rerunsWithChanges(ctx context.Context, u *user) error {
	first, _, err := u.submit(ctx, withValues(`test "$MARK" = other`, "MARK=kept"), "")
	if err != nil {
		return err
	}
	if err := u.wantRefused(ctx, first, `{"failedOnly":true}`, "409", "wrong-state"); err != nil {
		return err
	}
	if _, err := u.await(ctx, first, func(r runInfo) bool { return r.StoppedAt != "" }); err != nil {
		return err
	}
	again, err := u.rerun(ctx, first, `{"failedOnly":true,"patch":{"policy":{"overlap":{"key":"rerun","mode":"FORBID"}}}}`)
	if err != nil || again.Status != "FAILED" || again.Count != 1 {
		return fmt.Errorf("what failed, again: run %s is %s (%s), count %d, %w", again.RunID, again.Status, again.StatusReason, again.Count, err)
	}
	mended, err := u.rerun(ctx, again.RunID, patched(`test "$MARK" = kept`, "MARK=***"))
	if err != nil || mended.Status != "SUCCEEDED" {
		return fmt.Errorf("with another script: run %s is %s (%s), %w, want SUCCEEDED", mended.RunID, mended.Status, mended.StatusReason, err)
	}
	if err := u.wantRefused(ctx, mended.RunID, `{"failedOnly":true}`, "409", "every task"); err != nil {
		return err
	}
	return rerunOverlaps(ctx, u, mended.RunID)
}

// rerunOverlaps checks that a rerun has the overlap key of the run that it repeats, and that its own key is one run.
func rerunOverlaps(ctx context.Context, u *user, id string) error {
	key := fmt.Sprintf("rerun-%d", time.Now().UnixNano())
	var runs [2]rerunInfo
	for i := range runs {
		answer, _, err := u.call(ctx, http.MethodPost, "/runs/"+id+"/rerun", []byte(patched("sleep 3", "MARK=***")), key)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(answer, &runs[i]); err != nil {
			return err
		}
	}
	if runs[0].RunID != runs[1].RunID {
		return fmt.Errorf("one key made the runs %s and %s", runs[0].RunID, runs[1].RunID)
	}
	if second, err := u.rerun(ctx, id, `{}`); err != nil || second.Status != "SKIPPED" {
		return fmt.Errorf("run %s is %s, %w, want SKIPPED by the key", second.RunID, second.Status, err)
	}
	_, err := u.await(ctx, runs[0].RunID, func(r runInfo) bool { return r.StoppedAt != "" })
	return err
}

// rerunsRevisions checks which revision a rerun runs once the definition has moved on.
func rerunsRevisions(ctx context.Context, u *user) error {
	family := fmt.Sprintf("rerun-%d", time.Now().UnixNano())
	definition := strings.Replace(shell, `"shell"`, `"`+family+`"`, 1)
	if err := u.register(ctx, []byte(definition)); err != nil {
		return err
	}
	first, _, err := u.submit(ctx, []byte(`{"taskDefinition":"`+family+`"}`), "")
	if err != nil {
		return err
	}
	if err := u.waitForEnd(ctx, first, "SUCCEEDED", 0); err != nil {
		return err
	}
	if err := u.register(ctx, []byte(strings.Replace(definition, `["true"]`, `["sleep 0"]`, 1))); err != nil {
		return err
	}
	for body, want := range map[string]string{`{}`: ":2", `{"revision":"same"}`: ":1"} {
		if again, err := u.rerun(ctx, first, body); err != nil || !strings.HasSuffix(again.Resolved.TaskDefinition, want) || again.Status != "SUCCEEDED" {
			return fmt.Errorf("%s: run %s of %s is %s (%s), %w", body, again.RunID, again.Resolved.TaskDefinition, again.Status, again.StatusReason, err)
		}
	}
	return nil
}

// rerunsOnInstance reruns a StartTask on the container instance that an earlier task ran on.
func rerunsOnInstance(ctx context.Context, u *user) error {
	var placed rerunInfo
	id, _, err := u.submit(ctx, command("true"), "")
	if err != nil {
		return err
	}
	if err := u.waitForEnd(ctx, id, "SUCCEEDED", 0); err != nil {
		return err
	}
	if err := u.callJSON(ctx, http.MethodGet, "/runs/"+id, nil, &placed); err != nil {
		return err
	}
	instance := placed.Attempts[0].Tasks[0].ContainerInstanceARN
	if instance == "" {
		return fmt.Errorf("run %s has a task without a container instance", id)
	}
	body := strings.Replace(string(withValues("exit 4")), "{", `{"containerInstances":["`+instance+`"],`, 1)
	first, _, err := u.submit(ctx, []byte(body), "")
	if err != nil {
		return err
	}
	if err := u.waitForEnd(ctx, first, "FAILED", 4); err != nil {
		return err
	}
	again, err := u.rerun(ctx, first, `{"failedOnly":true}`)
	if err != nil || again.Status != "FAILED" || again.Attempts[0].Tasks[0].ContainerInstanceARN != instance {
		return fmt.Errorf("run %s is %s (%s), %w, want FAILED on %s", again.RunID, again.Status, again.StatusReason, err, instance)
	}
	return nil
}

// rerunsOfASchedule checks that the values of a schedule's run can be rerun and not read.
func rerunsOfASchedule(ctx context.Context, u *user) error {
	first, err := u.waitForGroup(ctx, minuteRule)
	if err != nil {
		return err
	}
	field := "/overrides/containerOverrides/0/environment/0/value"
	if err := u.wantRefused(ctx, first, patched("env", "TOKEN=***"), "422", "values-needed", field, "variable TOKEN"); err != nil {
		return err
	}
	if again, err := u.rerun(ctx, first, `{"patch":{"policy":{"timeoutSeconds":60}}}`); err != nil || again.Status != "SUCCEEDED" {
		return fmt.Errorf("as it was: run %s is %s (%s), %w, want SUCCEEDED", again.RunID, again.Status, again.StatusReason, err)
	}
	if own, err := u.rerun(ctx, first, patched(`test "$TOKEN" = mine`, "TOKEN=mine")); err != nil || own.Status != "SUCCEEDED" {
		return fmt.Errorf("with a value of its own: run %s is %s (%s), %w, want SUCCEEDED", own.RunID, own.Status, own.StatusReason, err)
	}
	return nil
}
