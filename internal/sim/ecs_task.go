package sim

import (
	"encoding/json"
	"fmt"
	"time"
)

// ecsTask is a task as ECS has it.
type ecsTask struct {
	arn, startedBy, instance string
	run                      string
	attempt, sidecars        int
	created, shown           time.Time // shown: from when lists and descriptions have it
	started, stopped         time.Time
	stopping                 time.Time
	lastStatus, desired      string
	stopCode, reason         string
	exit                     int // -1: none
	version                  int64
	plan                     fateOfTask
}

// fateOfTask is what becomes of a task unless it is stopped.
type fateOfTask struct {
	pending, running, ends time.Duration // since the state before; ends 0: it runs until it is stopped
	never                  bool          // it fails before it runs
	exit                   int
	spot                   bool
	stop                   time.Duration // from StopTask to STOPPED
}

func (t *ecsTask) over() bool { return t.lastStatus == "STOPPED" }

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// describe is the task under ECS's field names.
func (t *ecsTask) describe(tags bool) json.RawMessage {
	m := map[string]any{
		"taskArn": t.arn, "clusterArn": clusterARN, "taskDefinitionArn": definitionARN, "group": "family:job", "startedBy": t.startedBy,
		"lastStatus": t.lastStatus, "desiredStatus": t.desired, "version": t.version, "createdAt": stamp(t.created), "launchType": "FARGATE",
	}
	for name, at := range map[string]time.Time{"startedAt": t.started, "stoppingAt": t.stopping, "stoppedAt": t.stopped} {
		if !at.IsZero() {
			m[name] = stamp(at)
		}
	}
	if t.instance != "" {
		m["containerInstanceArn"] = t.instance
	}
	if t.stopCode != "" {
		m["stopCode"], m["stoppedReason"] = t.stopCode, t.reason
	}
	container := map[string]any{"name": "main", "lastStatus": t.lastStatus}
	if t.exit >= 0 && t.over() {
		container["exitCode"] = t.exit
	}
	containers := []any{container}
	for i := range t.sidecars {
		side := map[string]any{"name": fmt.Sprint("sidecar-", i), "lastStatus": t.lastStatus, "containerArn": t.arn + fmt.Sprint("/", i), "image": "example/sidecar:1"}
		if t.over() {
			side["exitCode"] = 0
		}
		containers = append(containers, side)
	}
	m["containers"] = containers
	if tags {
		m["tags"] = []any{}
	}
	return encode(m)
}

// bare is all that a replayed token shows of a task that stopped.
func (t *ecsTask) bare() json.RawMessage {
	return encode(map[string]any{"taskArn": t.arn, "lastStatus": t.lastStatus, "desiredStatus": t.desired})
}

func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sim: %v", err)) // of maps and texts
	}
	return b
}
