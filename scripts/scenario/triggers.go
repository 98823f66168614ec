package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// forbidSkips checks that of two runs of a FORBID key the second is SKIPPED, and that a third after the first's end runs.
func forbidSkips(ctx context.Context, u *user) error {
	body := []byte(strings.TrimSuffix(string(command("sleep 5")), "}") + `,"policy":{"overlap":{"key":"scenario","mode":"FORBID"}}}`)
	first, _, err := u.submit(ctx, body, "")
	if err != nil {
		return err
	}
	second, _, err := u.submit(ctx, body, "")
	if err != nil {
		return err
	}
	if err := u.waitForStatus(ctx, second, "SKIPPED"); err != nil {
		return err
	}
	if err := u.waitForEnd(ctx, first, "SUCCEEDED", 0); err != nil {
		return err
	}
	third, _, err := u.submit(ctx, body, "")
	if err != nil {
		return err
	}
	return u.waitForEnd(ctx, third, "SUCCEEDED", 0)
}

// createRule creates a rule whose target is the schedule function, with a run of that group.
func (u *user) createRule(ctx context.Context, in *eventbridge.PutRuleInput, group string) error {
	made, err := u.bus.PutRule(ctx, in)
	if err != nil {
		return err
	}
	run := strings.TrimSuffix(string(withValues("true", "TOKEN=s3cret")), "}") + fmt.Sprintf(`,"group":%q}`, group)
	out, err := u.bus.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: in.Name, Targets: []types.Target{{
		Id: aws.String("davit"), Arn: &u.schedule,
		InputTransformer: &types.InputTransformer{
			InputPathsMap: map[string]string{"time": "$.time"},
			InputTemplate: aws.String(fmt.Sprintf(`{"schedule":%q,"scheduledTime":<time>,"run":%s}`, aws.ToString(made.RuleArn), run)),
		},
	}}})
	if err == nil && out.FailedEntryCount > 0 {
		err = fmt.Errorf("PutTargets: %s", aws.ToString(out.FailedEntries[0].ErrorMessage))
	}
	return err
}

// minuteRule is the name of a rule that is created before the first scenario, because up to a minute passes until it fires.
const minuteRule = "by-the-minute"

func (u *user) createMinuteRule(ctx context.Context) error {
	return u.createRule(ctx, &eventbridge.PutRuleInput{Name: aws.String(minuteRule), ScheduleExpression: aws.String("cron(* * * * ? *)")}, minuteRule)
}

// scheduleFires checks that minuteRule starts runs and that they belong to the rule.
func scheduleFires(ctx context.Context, u *user) error {
	id, err := u.waitForGroup(ctx, minuteRule)
	if err != nil {
		return err
	}
	if _, err := u.bus.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: aws.String(minuteRule)}); err != nil {
		return err
	}
	var run struct{ Owner, IdempotencyKey string }
	if err := u.callJSON(ctx, http.MethodGet, "/runs/"+id, nil, &run); err != nil {
		return err
	}
	if !strings.HasPrefix(run.Owner, "schedule:arn:") || !strings.HasSuffix(run.Owner, "/"+minuteRule) || !strings.HasSuffix(run.IdempotencyKey, "Z") {
		return fmt.Errorf("run %s has owner %q and key %q", id, run.Owner, run.IdempotencyKey)
	}
	return u.waitForEnd(ctx, id, "SUCCEEDED", 0)
}

// endStartsAnother checks that the event of one run's end can start another run.
func endStartsAnother(ctx context.Context, u *user) error {
	pattern, err := json.Marshal(map[string]any{
		"source": []string{"davit"}, "detail-type": []string{"Davit Run Status Change"},
		"detail": map[string]any{"to": []string{"SUCCEEDED"}, "group": []string{"chain-first"}},
	})
	if err != nil {
		return err
	}
	if err := u.createRule(ctx, &eventbridge.PutRuleInput{Name: aws.String("chain"), EventPattern: aws.String(string(pattern))}, "chain-second"); err != nil {
		return err
	}
	first := strings.TrimSuffix(string(command("true")), "}") + `,"group":"chain-first"}`
	if _, _, err := u.submit(ctx, []byte(first), ""); err != nil {
		return err
	}
	second, err := u.waitForGroup(ctx, "chain-second")
	if err != nil {
		return err
	}
	return u.waitForEnd(ctx, second, "SUCCEEDED", 0)
}

// waitForGroup returns the first run of a group. It polls for at most 3 minutes.
func (u *user) waitForGroup(ctx context.Context, group string) (id string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		var page struct{ Runs []runInfo }
		if err := u.callJSON(ctx, http.MethodGet, "/runs?group="+group, nil, &page); err != nil {
			return "", err
		}
		if n := len(page.Runs); n > 0 {
			return page.Runs[n-1].RunID, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("no run of group %s appears", group)
		case <-time.After(500 * time.Millisecond):
		}
	}
}
