package awslogs_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"davit/internal/awslogs"
	"davit/internal/awslogs/logsfake"
	"davit/internal/logs"
)

const (
	region = "eu-west-1"
	group  = "/ecs/nightly"
	taskID = "0123456789abcdef0123456789abcdef"
	name   = "ecs/app/" + taskID
)

var began = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// fixture is a fake of CloudWatch Logs, a source that reads it, and their clock.
type fixture struct {
	*logsfake.Logs
	source *awslogs.Source
	now    time.Time
}

// Now implements run.Clock.
func (fx *fixture) Now() time.Time { return fx.now }

func setup(o logsfake.Options) *fixture {
	fx := &fixture{now: began}
	o.Now = fx.Now
	fx.Logs = logsfake.New(o)
	fx.source = sourceOf(fx.Logs, fx)
	return fx
}

func sourceOf(fake *logsfake.Logs, clock interface{ Now() time.Time }) *awslogs.Source {
	client := cloudwatchlogs.New(cloudwatchlogs.Options{
		Region: region, BaseEndpoint: aws.String("http://logs.test"), HTTPClient: &http.Client{Transport: fake},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	return &awslogs.Source{API: client, Clock: clock, Region: region, Groups: []string{group, "/batch/*"}, Log: slog.New(slog.DiscardHandler)}
}

func stream() logs.Stream { return streamOf(taskID, "app") }

func streamOf(task, container string) logs.Stream {
	return logs.Stream{
		Attempt: 1, Task: task, TaskARN: "arn:aws:ecs:" + region + ":123456789012:task/jobs/" + task, Container: container, Defined: true, Driver: "awslogs",
		Options:    map[string]string{"awslogs-group": group, "awslogs-region": region, "awslogs-stream-prefix": "ecs"},
		LaunchedAt: began,
	}
}

func events(from, to int) (all []logsfake.Event) {
	for i := from; i <= to; i++ {
		all = append(all, logsfake.Event{At: began.Add(time.Duration(i) * time.Second), Message: fmt.Sprint(i)})
	}
	return all
}

// read reads up to n records after a position.
func (fx *fixture) read(t *testing.T, after logs.Position, n int) logs.Batch {
	t.Helper()
	b, err := fx.source.Read(t.Context(), stream(), logs.Query{After: after, Records: n, Bytes: logs.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readAll reads until the stream is quiet, and returns the texts and the last position.
func (fx *fixture) readAll(t *testing.T, after logs.Position, n int) (texts string, last logs.Position) {
	t.Helper()
	var all []string
	for range 1000 {
		b := fx.read(t, after, n)
		for _, r := range b.Records {
			all = append(all, r.Text)
		}
		if b.Next != "" {
			after = b.Next
		}
		if b.State != logs.More {
			return strings.Join(all, " "), after
		}
	}
	t.Fatal("the stream does not end")
	return "", ""
}
