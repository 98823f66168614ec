// Command scenario tests a deployed Davit through its API: it submits, repeats, stops and upgrades, and checks the results. The
// stack's tasks must really run, for example as processes of the local ECS endpoint.
//
//	scenario -api URL [-connect HOST:PORT] -table NAME -schedule ARN [-upgrade COMMAND]
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"davit/events"
)

// scenario is one thing that a user does, and what has to come of it.
type scenario struct {
	name string
	run  func(ctx context.Context, u *user) error
}

func scenarios(upgrade string) []scenario {
	list := []scenario{
		{"a run of real processes ends SUCCEEDED", runSucceeds},
		{"the same key and body answer the same run", repeatedSubmit},
		{"a failing task ends FAILED with its exit code", runFails},
		{"a stopped run ends STOPPED", runStops},
		{"a run's output is read from its log stream, and from no other log group", outputIsRead},
		{"a task definition is registered once, described, listed, and deregistered", registersDefinition},
		{"of two runs of a FORBID key the second is SKIPPED", forbidSkips},
		{"the notification of a run's end starts another", endStartsAnother},
		{"a rule's schedule is one run an occurrence", scheduleFires},
		{"a run is run again: with changes, with what failed, under its overlap key", rerunsWithChanges},
		{"a rerun runs the latest revision, or the same", rerunsRevisions},
		{"a StartTask is run again on its container instance", rerunsOnInstance},
		{"the values of a schedule's run can be run again and not read", rerunsOfASchedule},
	}
	if upgrade != "" {
		list = append(list, scenario{"a run in flight survives an upgrade", survivesUpgrade(upgrade)})
	}
	return list
}

func main() {
	api := flag.String("api", "", "address of the HTTP API")
	connect := flag.String("connect", "", "where to connect to, if not to the API's host")
	table := flag.String("table", "", "name of the table")
	schedule := flag.String("schedule", "", "ARN of the schedule function")
	upgrade := flag.String("upgrade", "", "shell command that deploys the stack anew")
	flag.Parse()
	if err := runAll(&user{api: *api, table: *table, schedule: *schedule, http: clientTo(*connect)}, *upgrade); err != nil {
		fmt.Fprintln(os.Stderr, "scenario:", err)
		os.Exit(1)
	}
}

func runAll(u *user, upgrade string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	u.db, u.bus, u.logs, u.region = dynamodb.NewFromConfig(cfg), eventbridge.NewFromConfig(cfg), cloudwatchlogs.NewFromConfig(cfg), cfg.Region
	if u.credentials, err = cfg.Credentials.Retrieve(ctx); err != nil {
		return err
	}
	if err := u.register(ctx, events.TaskDefinition); err != nil {
		return err
	}
	if err := u.register(ctx, []byte(shell)); err != nil {
		return err
	}
	if err := u.createMinuteRule(ctx); err != nil {
		return err
	}
	for _, s := range scenarios(upgrade) {
		began := time.Now()
		if err := s.run(ctx, u); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("ok    deployed: %s (%.1f s)\n", s.name, time.Since(began).Seconds())
	}
	return nil
}

// shell is a task definition whose command each scenario overrides.
const shell = `{"family": "shell", "containerDefinitions": [
	{"name": "app", "image": "busybox", "memory": 64, "entryPoint": ["sh", "-c"], "command": ["true"], "stopTimeout": 2}]}`

func command(script string) []byte {
	body, err := json.Marshal(map[string]any{"taskDefinition": "shell", "overrides": map[string]any{
		"containerOverrides": []any{map[string]any{"name": "app", "command": []string{script}}},
	}})
	if err != nil {
		return nil
	}
	return body
}

func runSucceeds(ctx context.Context, u *user) error {
	id, _, err := u.submit(ctx, events.Run, "")
	if err != nil {
		return err
	}
	return u.waitForEnd(ctx, id, "SUCCEEDED", 0)
}

func repeatedSubmit(ctx context.Context, u *user) error {
	key := fmt.Sprintf("scenario-%d", time.Now().UnixNano())
	first, _, err := u.submit(ctx, command("sleep 1"), key)
	if err != nil {
		return err
	}
	if err := u.waitForEnd(ctx, first, "SUCCEEDED", 0); err != nil {
		return err
	}
	second, replayed, err := u.submit(ctx, command("sleep 1"), key)
	if err != nil || second != first || !replayed {
		return fmt.Errorf("answered run %s (replayed: %v, %w), want %s replayed", second, replayed, err, first)
	}
	return nil
}

func runFails(ctx context.Context, u *user) error {
	id, _, err := u.submit(ctx, command("echo no such file; exit 3"), "")
	if err != nil {
		return err
	}
	return u.waitForEnd(ctx, id, "FAILED", 3)
}

func runStops(ctx context.Context, u *user) error {
	id, _, err := u.submit(ctx, command("sleep 600"), "")
	if err != nil {
		return err
	}
	if err := u.waitForStatus(ctx, id, "RUNNING"); err != nil {
		return err
	}
	if err := u.stop(ctx, id); err != nil {
		return err
	}
	return u.waitForStatus(ctx, id, "STOPPED")
}

func survivesUpgrade(deploy string) func(ctx context.Context, u *user) error {
	return func(ctx context.Context, u *user) error {
		id, _, err := u.submit(ctx, command("sleep 45"), "")
		if err != nil {
			return err
		}
		if err := u.waitForStatus(ctx, id, "RUNNING"); err != nil {
			return err
		}
		if out, err := exec.CommandContext(ctx, "bash", "-c", deploy).CombinedOutput(); err != nil {
			return fmt.Errorf("the upgrade failed: %w\n%s", err, out)
		}
		return u.waitForEnd(ctx, id, "SUCCEEDED", 0)
	}
}
