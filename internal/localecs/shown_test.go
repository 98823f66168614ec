package localecs_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
	"davit/internal/localecs/task"
)

// registerAwsvpc registers a definition of the network mode awsvpc.
func (b *fixture) registerAwsvpc(family string, disk *types.EphemeralStorage, containers ...types.ContainerDefinition) {
	b.Helper()
	_, err := b.client.RegisterTaskDefinition(b.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: &family, NetworkMode: types.NetworkModeAwsvpc, Cpu: new("256"), Memory: new("512"), EphemeralStorage: disk,
		ContainerDefinitions: containers,
	})
	if err != nil {
		b.Fatalf("RegisterTaskDefinition: %v", err)
	}
}

func onFargate(in *ecs.RunTaskInput) *ecs.RunTaskInput {
	in.LaunchType = types.LaunchTypeFargate
	in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1", "subnet-2"}}}
	return in
}

func TestAttachmentOfATask(t *testing.T) {
	in := new(inbox)
	delays := task.Delays{Provisioning: time.Second, Deprovisioning: time.Second}
	inBubble(t, localecs.Options{Events: in.deliver, Delays: delays}, scripts, func(t *testing.T, b *fixture) {
		b.registerAwsvpc("job", nil, worker("app", "minute"), sidecar("side", "forever"))
		launched := b.run(onFargate(&ecs.RunTaskInput{TaskDefinition: new("job")})).Tasks[0]
		checkAttachment(t, launched, "PRECREATED")
		if launched.Connectivity != "" || launched.ConnectivityAt != nil {
			t.Errorf("in PROVISIONING: connectivity %s at %v", launched.Connectivity, launched.ConnectivityAt)
		}
		time.Sleep(10 * time.Second)
		task := b.task(*launched.TaskArn)
		checkAttachment(t, task, "ATTACHED")
		if task.Connectivity != "CONNECTED" || task.ConnectivityAt == nil || task.ConnectivityAt.Sub(*task.CreatedAt) != time.Second {
			t.Errorf("connectivity %s at %v, created at %v", task.Connectivity, task.ConnectivityAt, task.CreatedAt)
		}
		time.Sleep(time.Hour / 2)
		checkAttachment(t, b.task(*launched.TaskArn), "DELETED")
		var last struct {
			Detail struct {
				Attachments []struct{ Type, Status string }
			}
		}
		if err := json.Unmarshal(in.raw[len(in.raw)-1], &last); err != nil {
			t.Fatal(err)
		}
		switch got := last.Detail.Attachments; {
		case len(got) != 1:
			t.Errorf("len(got) is %v, want 1", len(got))
		case got[0].Type != "eni":
			t.Errorf("got[0].Type is %v, want eni", got[0].Type)
		case got[0].Status != "DELETED":
			t.Errorf("got[0].Status is %v, want DELETED", got[0].Status)
		}
	})
}

func checkAttachment(t *testing.T, task types.Task, status string) {
	t.Helper()
	if len(task.Attachments) != 1 {
		t.Fatalf("%d attachments, want 1", len(task.Attachments))
	}
	a := task.Attachments[0]
	details := map[string]string{}
	for _, kv := range a.Details {
		details[*kv.Name] = *kv.Value
	}
	if *a.Type != "ElasticNetworkInterface" || *a.Status != status {
		t.Errorf("attachment %s %s, want %s", *a.Type, *a.Status, status)
	}
	if diff := cmp.Diff(map[string]string{"subnetId": "subnet-1", "privateIPv4Address": "127.0.0.1"}, details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	for _, c := range task.Containers {
		switch n := c.NetworkInterfaces; {
		case len(n) != 1:
			t.Errorf("len(n) is %v, want 1", len(n))
		case *n[0].AttachmentId != *a.Id:
			t.Errorf("*n[0].AttachmentId is %v, want %v", *n[0].AttachmentId, *a.Id)
		case *n[0].PrivateIpv4Address != "127.0.0.1":
			t.Errorf("*n[0].PrivateIpv4Address is %v, want 127.0.0.1", *n[0].PrivateIpv4Address)
		}
	}
}

func TestNoAttachmentWithoutAwsvpc(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		task := b.task(b.runOne("job"))
		switch {
		case len(task.Attachments) != 0:
			t.Errorf("len(task.Attachments) is %v, want 0", len(task.Attachments))
		case len(task.Containers[0].NetworkInterfaces) != 0:
			t.Errorf("len(task.Containers[0].NetworkInterfaces) is %v, want 0", len(task.Containers[0].NetworkInterfaces))
		case len(task.Containers[0].ManagedAgents) != 0:
			t.Errorf("len(task.Containers[0].ManagedAgents) is %v, want 0", len(task.Containers[0].ManagedAgents))
		case task.EphemeralStorage != nil:
			t.Errorf("task.EphemeralStorage is %v, want nil", task.EphemeralStorage)
		}
	})
}

func TestManagedAgents(t *testing.T) {
	inBubble(t, localecs.Options{Delays: task.Delays{Pending: time.Second}}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		arn := *b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), EnableExecuteCommand: true}).Tasks[0].TaskArn
		for _, want := range []string{"PENDING ", "STOPPED The local ECS has no ECS Exec."} {
			task := b.task(arn)
			agents := task.Containers[0].ManagedAgents
			switch {
			case len(agents) != 1:
				t.Errorf("%s: len(agents) is %v, want 1", *task.LastStatus, len(agents))
			case agents[0].Name != "ExecuteCommandAgent":
				t.Errorf("%s: agents[0].Name is %v, want ExecuteCommandAgent", *task.LastStatus, agents[0].Name)
			case *agents[0].LastStatus+" "+deref(agents[0].Reason) != want:
				t.Errorf("%s: the agent is %s %s, want %s", *task.LastStatus, *agents[0].LastStatus, deref(agents[0].Reason), want)
			case !task.EnableExecuteCommand:
				t.Errorf("%s: task.EnableExecuteCommand is false, want true", *task.LastStatus)
			}
			time.Sleep(2 * time.Second)
		}
	})
}

func deref(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func TestStorageOfFargate(t *testing.T) {
	size := func(n int32) *types.EphemeralStorage { return &types.EphemeralStorage{SizeInGiB: n} }
	for name, tt := range map[string]struct {
		own, override *types.EphemeralStorage
		want          int32
	}{"none": {nil, nil, 20}, "own": {size(30), nil, 30}, "override": {size(30), size(40), 40}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.registerAwsvpc("job", tt.own, worker("app", "minute"))
				in := &ecs.RunTaskInput{TaskDefinition: new("job"), Overrides: &types.TaskOverride{EphemeralStorage: tt.override}}
				task := b.run(onFargate(in)).Tasks[0]
				if task.EphemeralStorage.SizeInGiB != tt.want || task.FargateEphemeralStorage.SizeInGiB != tt.want {
					t.Errorf("storage %d and %d GiB, want %d", task.EphemeralStorage.SizeInGiB, task.FargateEphemeralStorage.SizeInGiB, tt.want)
				}
			})
		})
	}
}

func TestOverridesAreShown(t *testing.T) {
	inBubble(t, localecs.Options{CPU: 4096, Memory: 8192}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"), sidecar("side", "forever"))
		own := types.ContainerOverride{
			Name: new("app"), Command: []string{"fail3"}, Cpu: new(int32(1024)), Memory: new(int32(2048)), MemoryReservation: new(int32(1024)),
			Environment: []types.KeyValuePair{{Name: new("A"), Value: new("1")}},
		}
		in := &ecs.RunTaskInput{TaskDefinition: new("job"), Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{own, {}}}}
		task := b.run(in).Tasks[0]
		checkShown(t, task, []types.ContainerOverride{own, {Name: new("side")}}, "1280", "1536", []string{"1024 2048 1024", "256 512 "})
		checkRemaining(b, 4096-1280, 8192-1536)
		in.ClientToken, in.Overrides.Cpu, in.Overrides.Memory = nil, new("2 vCPU"), new("4 GB")
		checkShown(t, b.run(in).Tasks[0], []types.ContainerOverride{own, {Name: new("side")}}, "2048", "4096", []string{"1024 2048 1024", "256 512 "})
		checkRemaining(b, 4096-1280-2048, 8192-1536-4096)
		plain := b.run(&ecs.RunTaskInput{TaskDefinition: new("job")}).Tasks[0]
		checkShown(t, plain, []types.ContainerOverride{{Name: new("app")}, {Name: new("side")}}, "512", "1024", []string{"256 512 ", "256 512 "})
		time.Sleep(2 * time.Second)
		if got := *b.task(*task.TaskArn).Containers[0].ExitCode; got != 3 {
			t.Errorf("the command of the override ended with %d, want 3", got)
		}
	})
}

// checkShown compares a task's overrides and sizes; those of a container are cpu, memory and memoryReservation.
func checkShown(t *testing.T, task types.Task, overrides []types.ContainerOverride, cpu, memory string, sizes []string) {
	t.Helper()
	plain := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if diff := cmp.Diff(plain(overrides), plain(task.Overrides.ContainerOverrides)); diff != "" {
		t.Errorf("overrides (-want +got):\n%s", diff)
	}
	if *task.Cpu != cpu || *task.Memory != memory {
		t.Errorf("cpu %s, memory %s, want %s, %s", *task.Cpu, *task.Memory, cpu, memory)
	}
	for i, c := range task.Containers {
		if got := *c.Cpu + " " + *c.Memory + " " + deref(c.MemoryReservation); got != sizes[i] {
			t.Errorf("container %s has %s, want %s", *c.Name, got, sizes[i])
		}
	}
}

func TestTagsGoWithTheTask(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "graceful"))
		arn := *b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Tags: []types.Tag{{Key: new("a"), Value: new("1")}}}).Tasks[0].TaskArn
		for _, want := range []int{1, 0, 0} { // as it runs, after StopTask, and at its end
			time.Sleep(3 * time.Second)
			out, err := b.client.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}, Include: []types.TaskField{types.TaskFieldTags}})
			if err != nil {
				t.Fatal(err)
			}
			if got := out.Tasks[0]; len(got.Tags) != want || got.Tags == nil {
				t.Errorf("%s: tags %v, want %d", *got.LastStatus, got.Tags, want)
			}
			b.stop(arn, "enough")
		}
	})
}

func TestLongReasonsAreCut(t *testing.T) {
	pick := scripted.InTurn(scripted.Script{FailStart: strings.Repeat("é", 3000)})
	inBubble(t, localecs.Options{}, pick, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "x"))
		task := b.task(b.runOne("job"))
		for name, reason := range map[string]string{"task": str(task.StoppedReason), "container": str(task.Containers[0].Reason)} {
			if n := utf8.RuneCountInString(reason); n != 1024 || !strings.HasSuffix(reason, "é…") {
				t.Errorf("the %s's reason has %d characters", name, n)
			}
		}
	})
}
