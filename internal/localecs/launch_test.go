package localecs_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/task"
)

func TestProcessOfAContainer(t *testing.T) {
	t.Setenv("PATH", "/of/the/host")
	t.Setenv("SECRET_OF_HOST", "x")
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		c := worker("app", "run")
		c.EntryPoint = []string{"minute", "-v"}
		c.Environment = []types.KeyValuePair{{Name: new("A"), Value: new("1")}, {Name: new("B"), Value: new("2")}}
		b.register("job", c)
		out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{
			Name: new("app"), Command: []string{"other", "way"}, Environment: []types.KeyValuePair{{Name: new("B"), Value: new("3")}},
		}}}})
		synctest.Wait()
		id := strings.Split(*out.Tasks[0].TaskArn, "/")[2]
		folder := filepath.Join(b.opt.Dir, "tasks", id, "app")
		got := b.runner.Started()[0]
		want := []string{"A=1", "B=3", "HOME=" + folder + "/home", "PATH=/of/the/host", "TMPDIR=" + folder + "/tmp"}
		if diff := cmp.Diff(want, got.Env); diff != "" {
			t.Errorf("environment (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"minute", "-v", "other", "way"}, got.Argv); diff != "" {
			t.Errorf("command (-want +got):\n%s", diff)
		}
		if got.Dir != folder+"/work" || got.Output != task.LogFile(b.opt.Dir, id, "app") {
			t.Errorf("folder %s, output %s", got.Dir, got.Output)
		}
	})
}

func TestWorkingDirectory(t *testing.T) {
	there := t.TempDir()
	file := filepath.Join(there, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, folder, want, reason string }{
		{"exists", there, there, ""},
		{"is not there", "/nowhere/at/all", "OWN/root/nowhere/at/all", ""},
		{"leads nowhere", "/nowhere/../../../app", "OWN/root/app", ""},
		{"relative", "work", "", "CannotStartContainerError: workingDirectory must be an absolute path"},
		{"is a file", file, "", fmt.Sprintf("CannotStartContainerError: workingDirectory %q is a file of this machine", file)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				c := worker("app", "minute")
				c.WorkingDirectory = &tt.folder
				b.register("job", c)
				shown := b.task(b.runOne("job"))
				if tt.reason == "" {
					own := strings.TrimSuffix(task.LogFile(b.opt.Dir, path.Base(*shown.TaskArn), "app"), ".log")
					want := strings.Replace(tt.want, "OWN", own, 1)
					if got := b.runner.Started()[0].Dir; got != want {
						t.Errorf("started in %s, want %s", got, want)
					}
					if info, err := os.Stat(want); err != nil || !info.IsDir() {
						t.Errorf("it is no folder: %v", err)
					}
					return
				}
				checkEnd(t, shown, types.TaskStopCodeTaskFailedToStart, tt.reason, []int{-1})
				if got := str(shown.Containers[0].Reason); got != tt.reason {
					t.Errorf("the container's reason is %q", got)
				}
			})
		})
	}
}

func TestRunTaskRefusals(t *testing.T) {
	many := strings.Repeat("x", 8200)
	tests := map[string]struct {
		in   ecs.RunTaskInput
		code string
		text string
	}{
		"unknown definition":  {ecs.RunTaskInput{TaskDefinition: new("none")}, "ClientException", "TaskDefinition not found."},
		"unknown revision":    {ecs.RunTaskInput{TaskDefinition: new("job:9")}, "ClientException", "TaskDefinition not found."},
		"inactive definition": {ecs.RunTaskInput{TaskDefinition: new("old:1")}, "InvalidParameterException", "TaskDefinition is inactive"},
		"no active revision":  {ecs.RunTaskInput{TaskDefinition: new("old")}, "ClientException", "TaskDefinition not found."},
		"unknown cluster":     {ecs.RunTaskInput{Cluster: new("none")}, "ClusterNotFoundException", "Cluster not found."},
		"count 0":             {ecs.RunTaskInput{Count: new(int32(0))}, "InvalidParameterException", "count"},
		"count 11":            {ecs.RunTaskInput{Count: new(int32(11))}, "InvalidParameterException", "count"},
		"long startedBy":      {ecs.RunTaskInput{StartedBy: new(strings.Repeat("a", 129))}, "InvalidParameterException", "startedBy"},
		"odd startedBy":       {ecs.RunTaskInput{StartedBy: new("a\tb")}, "InvalidParameterException", "startedBy"},
		"long token":          {ecs.RunTaskInput{ClientToken: new(strings.Repeat("a", 65))}, "InvalidParameterException", "clientToken"},
		"unknown launch type": {ecs.RunTaskInput{LaunchType: "SOME"}, "InvalidParameterException", "launchType"},
		"not for Fargate":     {ecs.RunTaskInput{LaunchType: types.LaunchTypeFargate}, "InvalidParameterException", "FARGATE"},
		"type and strategy": {ecs.RunTaskInput{LaunchType: types.LaunchTypeEc2,
			CapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE")}}}, "InvalidParameterException", "both"},
		"unknown provider": {ecs.RunTaskInput{
			CapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: new("mine")}}}, "InvalidParameterException", "'mine'"},
		"tags of a service": {ecs.RunTaskInput{PropagateTags: types.PropagateTagsService}, "InvalidParameterException", "SERVICE"},
		"network":           {ecs.RunTaskInput{NetworkConfiguration: &types.NetworkConfiguration{}}, "InvalidParameterException", "networkMode"},
		"no network":        {ecs.RunTaskInput{TaskDefinition: new("vpc")}, "InvalidParameterException", "awsvpc"},
		"memberOf": {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{
			{Type: types.PlacementConstraintTypeMemberOf, Expression: new("x")}}}, "InvalidParameterException", "Invalid memberOf expression: at character 1"},
		"long overrides":    {ecs.RunTaskInput{Overrides: override("app", many)}, "InvalidParameterException", "8192"},
		"unknown container": {ecs.RunTaskInput{Overrides: override("none", "x")}, "InvalidParameterException", "Override for container named none"},
		"secrets":           {ecs.RunTaskInput{TaskDefinition: new("secret")}, "ClientException", "secrets"},
		"mount points":      {ecs.RunTaskInput{TaskDefinition: new("mount")}, "ClientException", "mountPoints"},
		"environment files": {ecs.RunTaskInput{TaskDefinition: new("files")}, "ClientException", "--s3-dir"},
		"files of override": {ecs.RunTaskInput{Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{
			{Name: new("app"), EnvironmentFiles: envFiles("b/k.env")}}}}, "ClientException", "--s3-dir"},
	}
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		registerOdd(b)
		for _, name := range slices.Sorted(maps.Keys(tests)) {
			tt := tests[name]
			if tt.in.TaskDefinition == nil {
				tt.in.TaskDefinition = new("job")
			}
			_, err := b.client.RunTask(b.Context(), &tt.in)
			wantCode(t, err, tt.code)
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s: %v does not say %q", name, err, tt.text)
			}
		}
		if n := len(b.runner.Started()); n != 0 {
			t.Errorf("%d processes started", n)
		}
	})
}

func override(name, command string) *types.TaskOverride {
	return &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: &name, Command: []string{command}}}}
}

// registerOdd registers job and definitions that cannot be run.
func registerOdd(b *fixture) {
	b.register("job", worker("app", "minute"))
	old := b.register("old", worker("app", "minute"))
	if _, err := b.client.DeregisterTaskDefinition(b.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &old}); err != nil {
		b.Fatal(err)
	}
	secret, mount := worker("app", "minute"), worker("app", "minute")
	secret.Secrets = []types.Secret{{Name: new("A"), ValueFrom: new("arn:x")}}
	mount.MountPoints = []types.MountPoint{{SourceVolume: new("v"), ContainerPath: new("/v")}}
	b.register("secret", secret)
	b.register("mount", mount)
	files := worker("app", "minute")
	files.EnvironmentFiles = envFiles("b/k.env")
	b.register("files", files)
	_, err := b.client.RegisterTaskDefinition(b.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: new("vpc"), NetworkMode: types.NetworkModeAwsvpc, ContainerDefinitions: []types.ContainerDefinition{worker("app", "minute")},
	})
	if err != nil {
		b.Fatal(err)
	}
}

func TestCapacity(t *testing.T) {
	tests := []struct {
		name          string
		cpu, memory   int
		count         int32
		tasks         int
		reason        string
		gpu, distinct bool
	}{
		{name: "room for all", cpu: 1024, memory: 2048, count: 4, tasks: 4},
		{name: "too little CPU", cpu: 600, memory: 9999, count: 3, tasks: 2, reason: "RESOURCE:CPU"},
		{name: "too little memory", cpu: 9999, memory: 512, count: 2, tasks: 1, reason: "RESOURCE:MEMORY"},
		{name: "none at all", cpu: 1, memory: 9999, count: 2, tasks: 0, reason: "RESOURCE:CPU"},
		{name: "no GPU", cpu: 9999, memory: 9999, count: 1, tasks: 0, reason: "RESOURCE:GPU", gpu: true},
		{name: "one an instance", cpu: 9999, memory: 9999, count: 2, tasks: 1, reason: "DistinctInstance placement constraint unsatisfied.", distinct: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{CPU: tt.cpu, Memory: tt.memory}, scripts, func(t *testing.T, b *fixture) {
				c := worker("app", "minute")
				if tt.gpu {
					c.ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: new("1")}}
				}
				b.register("job", c)
				in := &ecs.RunTaskInput{TaskDefinition: new("job"), Count: &tt.count}
				if tt.distinct {
					in.PlacementConstraints = []types.PlacementConstraint{{Type: types.PlacementConstraintTypeDistinctInstance}}
				}
				out := b.run(in)
				switch {
				case len(out.Tasks) != tt.tasks:
					t.Fatalf("len(out.Tasks) is %v, want %v", len(out.Tasks), tt.tasks)
				case len(out.Failures) != int(tt.count)-tt.tasks:
					t.Fatalf("len(out.Failures) is %v, want %v", len(out.Failures), int(tt.count)-tt.tasks)
				}
				for _, f := range out.Failures {
					if *f.Reason != tt.reason || !strings.HasPrefix(*f.Arn, "arn:aws:ecs:local:000000000000:container-instance/default/") {
						t.Errorf("failure %s %s, want %s", *f.Arn, *f.Reason, tt.reason)
					}
				}
				checkRemaining(b, tt.cpu-256*tt.tasks, tt.memory-512*tt.tasks)
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				checkRemaining(b, tt.cpu, tt.memory)
			})
		})
	}
}

// checkRemaining compares what the instance says is left.
func checkRemaining(b *fixture, cpu, memory int) {
	b.Helper()
	list, err := b.client.ListContainerInstances(b.Context(), &ecs.ListContainerInstancesInput{})
	if err != nil || len(list.ContainerInstanceArns) != 1 {
		b.Fatalf("ListContainerInstances: %v, %v", list, err)
	}
	out, err := b.client.DescribeContainerInstances(b.Context(), &ecs.DescribeContainerInstancesInput{
		ContainerInstances: append(list.ContainerInstanceArns, "unknown"),
	})
	switch {
	case err != nil:
		b.Fatalf("DescribeContainerInstances: error %v", err)
	case len(out.ContainerInstances) != 1:
		b.Fatalf("DescribeContainerInstances: len(out.ContainerInstances) is %v, want 1", len(out.ContainerInstances))
	case len(out.Failures) != 1:
		b.Fatalf("DescribeContainerInstances: len(out.Failures) is %v, want 1", len(out.Failures))
	case *out.Failures[0].Reason != "MISSING":
		b.Fatalf("DescribeContainerInstances: *out.Failures[0].Reason is %v, want MISSING", *out.Failures[0].Reason)
	}
	want := map[string]int32{"CPU": int32(cpu), "MEMORY": int32(memory)}
	got := map[string]int32{}
	for _, r := range out.ContainerInstances[0].RemainingResources {
		if *r.Type == "INTEGER" {
			got[*r.Name] = r.IntegerValue
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("remaining (-want +got):\n%s", diff)
	}
}

func TestStartTask(t *testing.T) {
	inBubble(t, localecs.Options{CPU: 256, Instances: 2}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		list, err := b.client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{})
		if err != nil || len(list.ContainerInstanceArns) != 2 {
			t.Fatalf("ListContainerInstances: %v, %v", list, err)
		}
		one := list.ContainerInstanceArns[0]
		out, err := b.client.StartTask(t.Context(), &ecs.StartTaskInput{
			TaskDefinition: new("job"), ContainerInstances: []string{one, "unknown", one}, StartedBy: new("me"),
		})
		switch {
		case err != nil:
			t.Fatalf("StartTask: error %v", err)
		case len(out.Tasks) != 1:
			t.Fatalf("StartTask: len(out.Tasks) is %v, want 1", len(out.Tasks))
		case len(out.Failures) != 2:
			t.Fatalf("StartTask: len(out.Failures) is %v, want 2", len(out.Failures))
		}
		if *out.Tasks[0].ContainerInstanceArn != one || *out.Failures[0].Reason != "MISSING" || *out.Failures[1].Reason != "RESOURCE:CPU" {
			t.Errorf("task on %s, failures %s and %s", *out.Tasks[0].ContainerInstanceArn, *out.Failures[0].Reason, *out.Failures[1].Reason)
		}
		for _, in := range []*ecs.StartTaskInput{
			{TaskDefinition: new("job"), ContainerInstances: []string{}},
			{TaskDefinition: new("job"), ContainerInstances: slices.Repeat([]string{"x"}, 11)},
			{TaskDefinition: new("job"), ContainerInstances: []string{one}, StartedBy: new(strings.Repeat("a", 37))},
		} {
			_, err := b.client.StartTask(t.Context(), in)
			wantCode(t, err, "InvalidParameterException")
		}
	})
}

func TestTagsGroupAndFargate(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		_, err := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: new("job"), NetworkMode: types.NetworkModeAwsvpc, Cpu: new(".25 vCPU"), Memory: new("1 GB"),
			ContainerDefinitions: []types.ContainerDefinition{worker("app", "minute")},
			Tags:                 []types.Tag{{Key: new("a"), Value: new("1")}, {Key: new("b"), Value: new("2")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		out := b.run(&ecs.RunTaskInput{
			TaskDefinition: new("job"), Count: new(int32(4)), PropagateTags: types.PropagateTagsTaskDefinition,
			Tags:                 []types.Tag{{Key: new("b"), Value: new("own")}},
			NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
			CapacityProviderStrategy: []types.CapacityProviderStrategyItem{
				{CapacityProvider: new("FARGATE"), Base: 1, Weight: 1}, {CapacityProvider: new("FARGATE_SPOT"), Weight: 2}},
		})
		on := map[string]int{}
		for _, task := range out.Tasks {
			on[str(task.CapacityProviderName)]++
		}
		if diff := cmp.Diff(map[string]int{"FARGATE": 2, "FARGATE_SPOT": 2}, on); diff != "" {
			t.Errorf("providers (-want +got):\n%s", diff)
		}
		task := out.Tasks[0]
		switch {
		case *task.Cpu != "256":
			t.Errorf("*task.Cpu is %v, want 256", *task.Cpu)
		case *task.Memory != "1024":
			t.Errorf("*task.Memory is %v, want 1024", *task.Memory)
		case *task.Group != "family:job":
			t.Errorf("*task.Group is %v, want family:job", *task.Group)
		case *task.PlatformVersion != "1.4.0":
			t.Errorf("*task.PlatformVersion is %v, want 1.4.0", *task.PlatformVersion)
		case task.ContainerInstanceArn != nil:
			t.Errorf("task.ContainerInstanceArn is %v, want nil", task.ContainerInstanceArn)
		}
		checkTags(b, *task.TaskArn)
	})
}

func checkTags(b *fixture, arn string) {
	b.Helper()
	if got := b.task(arn).Tags; got != nil {
		b.Errorf("tags without include: %v", got)
	}
	out, err := b.client.DescribeTasks(b.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}, Include: []types.TaskField{types.TaskFieldTags}})
	if err != nil {
		b.Fatal(err)
	}
	got := map[string]string{}
	for _, tag := range out.Tasks[0].Tags {
		got[*tag.Key] = *tag.Value
	}
	if diff := cmp.Diff(map[string]string{"a": "1", "b": "own"}, got); diff != "" {
		b.Errorf("tags (-want +got):\n%s", diff)
	}
}
