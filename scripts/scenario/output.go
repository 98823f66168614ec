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
		"options": {"awslogs-group": "` + logGroup + `", "awslogs-stream-prefix": "ecs"}}},
	{"name": "side", "image": "busybox", "memory": 64, "essential": false, "entryPoint": ["sh", "-c"], "command": ["true"], "logConfiguration": {"logDriver": "awslogs",
		"options": {"awslogs-group": "/ecs/other", "awslogs-stream-prefix": "ecs"}}}]}`

// outputPage is a page of a run's output.
type outputPage struct {
	Events           []struct{ Container, Text string }
	NextCursor       string
	PollAfterSeconds int
	Complete         bool
	Unavailable      []struct{ Container, Where, Reason string }
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
	text, last, err := u.output(ctx, id)
	if err != nil {
		return err
	}
	if text != "app:one app:two app:three" {
		return fmt.Errorf("the output of run %s is %q", id, text)
	}
	if len(last.Unavailable) != 1 || last.Unavailable[0].Container != "side" || !strings.Contains(last.Unavailable[0].Reason, "LogGroups") {
		return fmt.Errorf("unavailable of run %s: %+v, want side for want of LogGroups", id, last.Unavailable)
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
	if err := u.register(ctx, []byte(talking)); err != nil {
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

// output reads a run's output until it is complete, for at most a minute. It returns the texts and the last page.
func (u *user) output(ctx context.Context, id string) (text string, last outputPage, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var all []string
	for query := "?limit=2"; ; query = "?limit=2&cursor=" + last.NextCursor {
		last = outputPage{}
		if err := u.callJSON(ctx, http.MethodGet, "/runs/"+id+"/logs"+query, nil, &last); err != nil {
			return "", last, err
		}
		for _, e := range last.Events {
			all = append(all, e.Container+":"+e.Text)
		}
		if last.Complete {
			return strings.Join(all, " "), last, nil
		}
		select {
		case <-ctx.Done():
			return "", last, fmt.Errorf("the output of run %s is not complete; so far %q", id, all)
		case <-time.After(time.Duration(last.PollAfterSeconds) * time.Second):
		}
	}
}
