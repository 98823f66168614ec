package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// logGroup is the one log group that the stack's LogGroups names.
const logGroup = "/ecs/scenario"

// talking is a task definition of two containers; the log group of the second is not named by LogGroups.
const talking = `{"family": "talking", "containerDefinitions": [
	{"name": "app", "image": "busybox", "memory": 64, "entryPoint": ["sh", "-c"], "command": ["echo one; echo two"], "logConfiguration": {"logDriver": "awslogs",
		"options": {"awslogs-group": "` + logGroup + `", "awslogs-region": "REGION", "awslogs-stream-prefix": "ecs"}}},
	{"name": "side", "image": "busybox", "memory": 64, "essential": false, "entryPoint": ["sh", "-c"], "command": ["true"], "logConfiguration": {"logDriver": "awslogs",
		"options": {"awslogs-group": "/ecs/other", "awslogs-region": "REGION", "awslogs-stream-prefix": "ecs"}}}]}`

// outputPage is a page of a run's output.
type outputPage struct {
	Events           []struct{ Container, Text string }
	NextCursor       string
	PollAfterSeconds int
	Complete         bool
	Unavailable      []struct{ Container, Reason string }
}

// output is the output of a run: its texts, each behind its container's name, and why containers could not be read.
type output struct {
	text        string
	unavailable map[string]string
}

// outputIsRead checks that the events of a run's log stream are read, and that those of a log group that is not named are not.
func outputIsRead(ctx context.Context, u *user) error {
	id, task, err := u.runTalking(ctx)
	if err != nil {
		return err
	}
	if err := u.putOutput(ctx, "ecs/app/"+task, "one", "two", "three"); err != nil {
		return err
	}
	all, err := u.output(ctx, id)
	if err != nil {
		return err
	}
	if all.text != "app:one app:two app:three" || len(all.unavailable) != 1 || !strings.Contains(all.unavailable["side"], "LogGroups") {
		return fmt.Errorf("the output of run %s is %+v, want three lines of app, and side unavailable for want of LogGroups", id, all)
	}
	tail := outputPage{}
	if err := u.callJSON(ctx, http.MethodGet, "/runs/"+id+"/logs?tail=1&container=app", nil, &tail); err != nil {
		return err
	}
	if len(tail.Events) != 1 || tail.Events[0].Text != "three" {
		return fmt.Errorf("the last line of run %s: %+v, want three", id, tail.Events)
	}
	return nil
}

// runTalking takes a run of talking to its end, and returns its id and its task's.
func (u *user) runTalking(ctx context.Context) (id, task string, err error) {
	if err := u.register(ctx, []byte(strings.ReplaceAll(talking, "REGION", u.region))); err != nil {
		return "", "", err
	}
	id, _, err = u.submit(ctx, []byte(`{"taskDefinition": "talking"}`), "")
	if err != nil {
		return "", "", err
	}
	if err := u.waitForEnd(ctx, id, "SUCCEEDED", 0); err != nil {
		return "", "", err
	}
	var run struct {
		Attempts []struct {
			Tasks []struct {
				TaskARN string `json:"taskArn"`
			}
		}
	}
	if err := u.callJSON(ctx, http.MethodGet, "/runs/"+id, nil, &run); err != nil {
		return "", "", err
	}
	if len(run.Attempts) != 1 || len(run.Attempts[0].Tasks) != 1 {
		return "", "", fmt.Errorf("run %s has %+v, want one task", id, run.Attempts)
	}
	return id, path.Base(run.Attempts[0].Tasks[0].TaskARN), nil
}

// putOutput writes lines to a stream, as the awslogs driver does.
func (u *user) putOutput(ctx context.Context, stream string, lines ...string) error {
	_, err := u.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(logGroup)})
	var exists *types.ResourceAlreadyExistsException
	if err != nil && !errors.As(err, &exists) {
		return err
	}
	if _, err := u.logs.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: aws.String(logGroup), LogStreamName: &stream}); err != nil {
		return err
	}
	in := &cloudwatchlogs.PutLogEventsInput{LogGroupName: aws.String(logGroup), LogStreamName: &stream}
	for _, line := range lines {
		in.LogEvents = append(in.LogEvents, types.InputLogEvent{Message: aws.String(line), Timestamp: aws.Int64(time.Now().UnixMilli())})
	}
	_, err = u.logs.PutLogEvents(ctx, in)
	return err
}

// output reads a run's output until it is complete, for at most a minute.
func (u *user) output(ctx context.Context, id string) (output, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var texts []string
	all := output{unavailable: map[string]string{}}
	for query := "?limit=2"; ; {
		var page outputPage
		if err := u.callJSON(ctx, http.MethodGet, "/runs/"+id+"/logs"+query, nil, &page); err != nil {
			return all, err
		}
		for _, e := range page.Events {
			texts = append(texts, e.Container+":"+e.Text)
		}
		for _, m := range page.Unavailable {
			all.unavailable[m.Container] = m.Reason
		}
		if all.text = strings.Join(texts, " "); page.Complete {
			return all, nil
		}
		query = "?limit=2&cursor=" + page.NextCursor
		select {
		case <-ctx.Done():
			return all, fmt.Errorf("the output of run %s is not complete: %+v", id, all)
		case <-time.After(time.Duration(page.PollAfterSeconds) * time.Second):
		}
	}
}
