package localecs_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/task"
)

const restarted = "Local ECS was restarted. The processes of the task ended with the one before."

func TestRestartStopsWhatRan(t *testing.T) {
	tests := []struct {
		name, command string
		before        func(b *fixture, arn string)
		code          types.TaskStopCode
		reason        string
		ran           bool
	}{
		{"running", "forever", nil, types.TaskStopCodeTerminationNotice, restarted, true},
		{"pending", "hangs", nil, types.TaskStopCodeTerminationNotice, restarted, false},
		{"being stopped", "deaf", func(b *fixture, arn string) { b.stop(arn, "mine") }, types.TaskStopCodeUserInitiated, "mine", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", worker("app", tt.command))
				arn := b.runOne("job")
				synctest.Wait()
				if tt.before != nil {
					tt.before(b, arn)
				}
				before := b.task(arn)
				b.reopen()
				task := b.task(arn)
				checkEnd(t, task, tt.code, tt.reason, []int{-1})
				if (task.StartedAt != nil) != tt.ran || task.Version <= before.Version {
					t.Errorf("startedAt %v, version %d after %d", task.StartedAt, task.Version, before.Version)
				}
			})
		})
	}
}

func TestRestartKeepsEverythingElse(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "fail3"))
		second := b.register("job", worker("app", "minute"))
		if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("other")}); err != nil {
			t.Fatal(err)
		}
		out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job:1"), Cluster: new("other"), StartedBy: new("me")})
		time.Sleep(time.Minute)
		before := b.ofOther(*out.Tasks[0].TaskArn)
		b.reopen()
		if diff := cmp.Diff(before, b.ofOther(*out.Tasks[0].TaskArn)); diff != "" {
			t.Errorf("an ended task changed (-before +after):\n%s", diff)
		}
		if got := b.register("job", worker("app", "minute")); got == second || !strings.HasSuffix(got, ":3") {
			t.Errorf("the next revision is %s", got)
		}
	})
}

// ofOther is a task of the cluster other, as JSON with Go's names.
func (b *fixture) ofOther(arn string) string {
	b.Helper()
	out, err := b.client.DescribeTasks(b.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}, Cluster: new("other")})
	switch {
	case err != nil:
		b.Fatalf("DescribeTasks: error %v", err)
	case len(out.Tasks) != 1:
		b.Fatalf("DescribeTasks: len(out.Tasks) is %v, want 1", len(out.Tasks))
	}
	text, err := json.MarshalIndent(out.Tasks[0], "", " ")
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func TestStoppedTasksAreForgotten(t *testing.T) {
	for _, restart := range []bool{false, true} {
		inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
			b.register("job", worker("app", "minute"))
			arn := b.runOne("job")
			id := arn[strings.LastIndexByte(arn, '/')+1:]
			folder := b.opt.Dir + "/tasks/" + id
			time.Sleep(time.Minute + time.Second)
			if restart {
				b.reopen()
			}
			time.Sleep(59*time.Minute + 58*time.Second)
			if got := b.describe(id); len(got.Tasks) != 1 {
				t.Errorf("missing within the hour: %+v", got.Failures)
			}
			time.Sleep(2 * time.Second)
			switch got := b.describe(arn); {
			case len(got.Failures) != 1:
				t.Errorf("after the hour: len(got.Failures) is %v, want 1", len(got.Failures))
			case *got.Failures[0].Reason != "MISSING":
				t.Errorf("after the hour: *got.Failures[0].Reason is %v, want MISSING", *got.Failures[0].Reason)
			case *got.Failures[0].Arn != arn:
				t.Errorf("after the hour: *got.Failures[0].Arn is %v, want %v", *got.Failures[0].Arn, arn)
			}
			if restart {
				b.reopen()
			}
			time.Sleep(22 * time.Hour)
			if _, err := os.Stat(folder); err != nil {
				t.Errorf("the output is gone within 24 hours: %v", err)
			}
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			if _, err := os.Stat(folder); !os.IsNotExist(err) {
				t.Errorf("the folder is still there after 25 hours: %v", err)
			}
		})
	}
}

// What was answered must be in the file by then, as a kill -9 would leave it.
func TestWhatWasAnsweredIsOnDisk(t *testing.T) {
	copied := t.TempDir()
	opt := localecs.Options{Delays: task.Delays{Provisioning: time.Hour}} // nothing else is written meanwhile
	inBubble(t, opt, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		in := withToken("t1", 1)
		arn := *b.run(in).Tasks[0].TaskArn
		data, err := os.ReadFile(b.opt.Dir + "/ecs.db")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+"/ecs.db", data, 0o600); err != nil {
			t.Fatal(err)
		}
		opt := b.opt
		opt.Dir = copied
		after := open(t, opt)
		defer func() { _ = after.server.Close() }()
		checkEnd(t, after.task(arn), types.TaskStopCodeTerminationNotice, restarted, []int{-1})
		if got := *after.run(withToken("t1", 1)).Tasks[0].TaskArn; got != arn {
			t.Errorf("the token launched %s, want the first task", got)
		}
	})
}

func TestOnlyOneServerOnAFolder(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		if second, err := localecs.Open(b.opt); err == nil {
			t.Error("a second server opened the folder")
			_ = second.Close()
		}
	})
}

// inbox collects events.
type inbox struct {
	mu     sync.Mutex
	events []event
	raw    [][]byte
	block  bool
}

type event struct {
	Version, ID, Source, Account, Region string
	DetailType                           string `json:"detail-type"`
	Time                                 time.Time
	Resources                            []string
	Detail                               struct {
		TaskArn, LastStatus, DesiredStatus, ClusterArn, StartedBy, StoppedReason string
		StopCode                                                                 string
		Version                                                                  int64
		CreatedAt, StartedAt, StoppedAt, UpdatedAt                               *time.Time
		HealthStatus                                                             *string
		Tags                                                                     []any
		Containers                                                               []struct {
			Name, LastStatus string
			ExitCode         *int
		}
	}
}

func (i *inbox) deliver(ctx context.Context, raw []byte) {
	if i.block {
		<-ctx.Done()
		return
	}
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		panic(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.events = append(i.events, e)
	i.raw = append(i.raw, raw)
}

// of are the states and versions that were told of a task.
func (i *inbox) of(arn string) (states []string, versions []int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, e := range i.events {
		if e.Detail.TaskArn == arn {
			states = append(states, e.Detail.LastStatus)
			versions = append(versions, e.Detail.Version)
		}
	}
	return states, versions
}

func TestEvents(t *testing.T) {
	in := new(inbox)
	inBubble(t, localecs.Options{Events: in.deliver}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "fail3"))
		out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), StartedBy: new("davit-x-01"), Tags: []types.Tag{{Key: new("a"), Value: new("b")}}})
		arn := *out.Tasks[0].TaskArn
		time.Sleep(time.Minute)
		synctest.Wait()
		states, versions := in.of(arn)
		wantStates := []string{"PROVISIONING", "PENDING", "RUNNING", "RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"}
		if diff := cmp.Diff(wantStates, states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int64{1, 2, 3, 4, 5, 6, 7}, versions); diff != "" {
			t.Errorf("versions (-want +got):\n%s", diff)
		}
		if got := b.task(arn).Version; got != 7 {
			t.Errorf("DescribeTasks says version %d, the last event 7", got)
		}
		checkEnvelope(t, in.events[len(in.events)-1], arn)
	})
}

func checkEnvelope(t *testing.T, e event, arn string) {
	t.Helper()
	switch {
	case e.Version != "0":
		t.Errorf("envelope: e.Version is %v, want 0", e.Version)
	case e.Source != "aws.ecs":
		t.Errorf("envelope: e.Source is %v, want aws.ecs", e.Source)
	case e.DetailType != "ECS Task State Change":
		t.Errorf("envelope: e.DetailType is %v, want ECS Task State Change", e.DetailType)
	case e.Region != "local":
		t.Errorf("envelope: e.Region is %v, want local", e.Region)
	case e.ID == "":
		t.Errorf("envelope: e.ID is %v", e.ID)
	case e.Time.IsZero():
		t.Error("envelope: e.Time.IsZero() is true, want false")
	}
	if diff := cmp.Diff([]string{arn}, e.Resources); diff != "" {
		t.Errorf("resources: %s", diff)
	}
	d := e.Detail
	switch {
	case d.StartedBy != "davit-x-01":
		t.Errorf("detail: d.StartedBy is %v, want davit-x-01", d.StartedBy)
	case d.StopCode != "EssentialContainerExited":
		t.Errorf("detail: d.StopCode is %v, want EssentialContainerExited", d.StopCode)
	case d.UpdatedAt == nil:
		t.Error("detail: d.UpdatedAt is nil")
	case d.StoppedAt == nil:
		t.Error("detail: d.StoppedAt is nil")
	case d.ClusterArn == "":
		t.Errorf("detail: d.ClusterArn is %v", d.ClusterArn)
	}
	switch {
	case d.Tags != nil:
		t.Errorf("an event has no tags and no health: d.Tags is %v, want nil", d.Tags)
	case d.HealthStatus != nil:
		t.Errorf("an event has no tags and no health: d.HealthStatus is %v, want nil", d.HealthStatus)
	}
	switch {
	case len(d.Containers) != 1:
		t.Errorf("containers: len(d.Containers) is %v, want 1", len(d.Containers))
	case d.Containers[0].ExitCode == nil:
		t.Error("containers: d.Containers[0].ExitCode is nil")
	case *d.Containers[0].ExitCode != 3:
		t.Errorf("containers: *d.Containers[0].ExitCode is %v, want 3", *d.Containers[0].ExitCode)
	}
}

func TestFinalEventsSurviveARestart(t *testing.T) {
	in := &inbox{block: true}
	inBubble(t, localecs.Options{Events: in.deliver}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "fail3"))
		b.register("long", worker("app", "forever"))
		ended, cut := b.runOne("job"), b.runOne("long")
		time.Sleep(time.Minute)
		b.task(ended)
		next := new(inbox)
		b.opt.Events = next.deliver
		b.reopen()
		synctest.Wait()
		for _, arn := range []string{ended, cut} {
			if states, _ := next.of(arn); len(states) != 1 || states[0] != "STOPPED" {
				t.Errorf("after the restart %s was told as %v, want STOPPED once", arn, states)
			}
		}
		b.task(ended)
		last := new(inbox)
		b.opt.Events = last.deliver
		b.reopen()
		synctest.Wait()
		if n := len(last.events); n != 0 {
			t.Errorf("%d events were told again", n)
		}
	})
}
