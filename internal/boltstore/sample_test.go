package boltstore_test

import (
	"encoding/json"
	"fmt"
	"time"

	"davit/internal/run"
)

// sample is a run of the size that a small job has, n seconds younger than a day in 2030.
func sample(n int) *run.Run {
	at := time.Date(2030, 6, 15, 12, 0, n, 0, time.UTC)
	request := json.RawMessage(`{"taskDefinition":"sleep360","count":2,"overrides":{"containerOverrides":[{"name":"app","command":["sh","-c","sleep 3"]}]}}`)
	task := run.Task{ARN: fmt.Sprintf("arn:aws:ecs:eu-west-1:123456789012:task/default/%032d", n), Raw: request, LaunchedAt: at, SeenAt: at}
	return &run.Run{
		ID: fmt.Sprintf("%026d", n), Incarnation: "abcdefgh", Owner: "local", Fingerprint: "print", Status: run.Submitted, Generation: 1,
		CreatedAt: at, Operation: run.RunTask, Family: "sleep360", Group: "g", Count: 2, Request: request, Resolved: request,
		Attempts: []run.Attempt{{Number: 1, Want: 2, BeganAt: at, Tasks: []run.Task{task, task}}},
		SweepAt:  time.Now().UTC().Truncate(time.Millisecond),
	}
}
