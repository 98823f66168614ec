package run

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// Task is one ECS task of an attempt: as ECS describes it, and what Davit knows besides.
type Task struct {
	ARN string `json:"taskArn"`
	// Raw is ECS's description under its own field names, times RFC 3339; ended attempts keep a part of it (compact).
	Raw json.RawMessage `json:"task"`
	// LaunchedAt is when Davit learned of the task.
	LaunchedAt time.Time `json:"launchedAt"`
	// SeenAt is when ECS last showed the task.
	SeenAt time.Time `json:"seenAt"`
	// Stop is the order to stop it; nil: none.
	Stop *StopOrder `json:"stop,omitempty"`
	// Lost is set where the task is MISSING beyond doubt and no outcome was seen.
	Lost bool `json:"lost,omitempty"`

	state *TaskState
}

// TaskState is the few fields of a task that decide.
type TaskState struct {
	TaskARN       string           `json:"taskArn"`
	ClusterARN    string           `json:"clusterArn"`
	DefinitionARN string           `json:"taskDefinitionArn"`
	InstanceARN   string           `json:"containerInstanceArn"`
	LastStatus    string           `json:"lastStatus"`
	DesiredStatus string           `json:"desiredStatus"`
	StopCode      string           `json:"stopCode"`
	StoppedReason string           `json:"stoppedReason"`
	StartedBy     string           `json:"startedBy"`
	Version       int64            `json:"version"`
	CreatedAt     *time.Time       `json:"createdAt"`
	StartedAt     *time.Time       `json:"startedAt"`
	StoppedAt     *time.Time       `json:"stoppedAt"`
	Containers    []ContainerState `json:"containers"`
	// Tags is nil while ECS has not shown them, and empty when it has shown that there are none.
	Tags []json.RawMessage `json:"tags,omitzero"`
}

// ContainerState is the few fields of a task's container that decide.
type ContainerState struct {
	Name       string `json:"name"`
	LastStatus string `json:"lastStatus"`
	ExitCode   *int   `json:"exitCode"`
	Reason     string `json:"reason"`
}

// State reads the deciding fields. A field of an unexpected type reads as absent.
func (t *Task) State() *TaskState {
	if t.state == nil {
		s := readState(t.Raw)
		t.state = &s
	}
	return t.state
}

func readState(raw json.RawMessage) TaskState {
	var s TaskState
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return TaskState{}
	}
	s = TaskState{}
	for name, into := range map[string]any{
		"taskArn": &s.TaskARN, "clusterArn": &s.ClusterARN, "taskDefinitionArn": &s.DefinitionARN, "containerInstanceArn": &s.InstanceARN, "lastStatus": &s.LastStatus, "desiredStatus": &s.DesiredStatus,
		"stopCode": &s.StopCode, "stoppedReason": &s.StoppedReason, "startedBy": &s.StartedBy, "version": &s.Version,
		"createdAt": &s.CreatedAt, "startedAt": &s.StartedAt, "stoppedAt": &s.StoppedAt, "containers": &s.Containers, "tags": &s.Tags,
	} {
		if json.Unmarshal(members[name], into) != nil { // lenient on reads: what is not understood is absent
			reflect.ValueOf(into).Elem().SetZero()
		}
	}
	return s
}

// Ended reports whether nothing more will come of the task.
func (t *Task) Ended() bool { return t.Lost || t.State().stopped() }

// desiredStopped is the desiredStatus of a task that ECS stops, or has stopped.
const desiredStopped = "STOPPED"

// stopped reports whether the task is over. A status that ECS has had since is one only of a task that has a time of its stop.
func (s *TaskState) stopped() bool {
	switch s.LastStatus {
	case "STOPPED", "DELETED":
		return true
	case "", "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING":
		return false
	default:
		return s.StoppedAt != nil
	}
}

// ran reports whether the task was RUNNING, now or before it stopped.
func (s *TaskState) ran() bool {
	switch s.LastStatus {
	case "RUNNING", "DEACTIVATING":
		return true
	}
	return s.StartedAt != nil
}

// ShortID is the last part of the task's ARN.
func (t *Task) ShortID() string { return t.ARN[strings.LastIndexByte(t.ARN, '/')+1:] }

// compact drops what an ended attempt's task no longer needs: ids, stop codes, reasons and exit codes stay.
func (t *Task) compact() {
	var members map[string]json.RawMessage
	if json.Unmarshal(t.Raw, &members) != nil {
		return
	}
	kept := map[string]json.RawMessage{}
	for _, name := range []string{
		"taskArn", "clusterArn", "containerInstanceArn", "taskDefinitionArn", "startedBy", "lastStatus", "stopCode", "stoppedReason", "version",
		"createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt", "stoppedAt", "containers",
	} {
		if v, has := members[name]; has {
			kept[name] = v
		}
	}
	if raw, err := json.Marshal(kept); err == nil {
		t.Raw, t.state = raw, nil
	}
}
