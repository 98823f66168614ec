package localecs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/placement"
)

// strategy reads items such as "FARGATE:1:2": provider, base and weight.
func strategy(texts ...string) []types.CapacityProviderStrategyItem {
	all := []types.CapacityProviderStrategyItem{} // the client itself refuses nil
	for _, text := range texts {
		var item types.CapacityProviderStrategyItem
		parts := strings.Split(text, ":")
		item.CapacityProvider = &parts[0]
		_, _ = fmt.Sscan(parts[1]+" "+parts[2], &item.Base, &item.Weight)
		all = append(all, item)
	}
	return all
}

// pools are two machines of the capacity provider steady and one of spiky.
func pools() []placement.Machine {
	all := fleet()[:3]
	for i, provider := range []string{"steady", "steady", "spiky"} {
		all[i].CapacityProvider = provider
	}
	return all
}

func (b *fixture) registerFargate(family string) {
	b.Helper()
	_, err := b.client.RegisterTaskDefinition(b.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: &family, NetworkMode: types.NetworkModeAwsvpc, Cpu: new("256"), Memory: new("512"),
		RuntimePlatform:      &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64},
		ContainerDefinitions: []types.ContainerDefinition{worker("app", "minute")},
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *fixture) associate(providers []string, defaults ...string) error {
	_, err := b.client.PutClusterCapacityProviders(b.Context(), &ecs.PutClusterCapacityProvidersInput{
		Cluster: new("default"), CapacityProviders: providers, DefaultCapacityProviderStrategy: strategy(defaults...),
	})
	return err
}

// launched returns what tasks were launched on.
func launched(tasks []types.Task) []string {
	var all []string
	for _, t := range tasks {
		all = append(all, string(t.LaunchType)+" "+str(t.CapacityProviderName))
	}
	slices.Sort(all)
	return all
}

func TestProvidersOfACluster(t *testing.T) {
	inBubble(t, localecs.Options{Machines: pools()}, scripts, func(t *testing.T, b *fixture) {
		registerPlaced(b)
		if err := b.associate([]string{"steady", "spiky"}, "steady:1:1", "spiky:0:3"); err != nil {
			t.Fatal(err)
		}
		b.reopen()
		for _, tt := range []struct {
			in   ecs.RunTaskInput
			want string
		}{
			{ecs.RunTaskInput{Count: new(int32(5))}, "EC2 spiky, EC2 spiky, EC2 spiky, EC2 steady, EC2 steady"},
			{ecs.RunTaskInput{Count: new(int32(2)), LaunchType: types.LaunchTypeEc2}, "EC2 <nil>, EC2 <nil>"},
			{ecs.RunTaskInput{Count: new(int32(2)), CapacityProviderStrategy: strategy("steady:0:0")}, "EC2 steady, EC2 steady"},
		} {
			tt.in.TaskDefinition = new("job")
			out := b.run(&tt.in)
			if got := strings.Join(launched(out.Tasks), ", "); got != tt.want {
				t.Errorf("%s, want %s, failures %+v", got, tt.want, out.Failures)
			}
			for _, task := range out.Tasks {
				of := str(b.describeInstance(*task.ContainerInstanceArn).CapacityProviderName)
				if p := str(task.CapacityProviderName); p != "<nil>" && p != of {
					t.Errorf("a task of %s is on an instance of %s", p, of)
				}
			}
		}
		wantRefusal(t, "in use", b.associate([]string{"spiky"}), "ResourceInUseException", "in use")
		b.setState("DRAINING", b.names()["other"])
		_, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job"), CapacityProviderStrategy: strategy("spiky:0:1")})
		wantRefusal(t, "an empty provider", err, "InvalidParameterException", "No Container Instances were found in your capacity provider.")
	})
}

func TestProviderRefusals(t *testing.T) {
	tests := map[string]struct {
		strategy []types.CapacityProviderStrategyItem
		text     string
	}{
		"unknown":        {strategy("mine:0:1"), "The specified capacity provider 'mine' was not found. Specify a valid capacity provider and try again."},
		"not associated": {strategy("spiky:0:1"), "cannot contain a capacity provider that is not associated with the cluster"},
		"mixed":          {strategy("FARGATE:0:1", "steady:0:1"), "cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers"},
		"twice":          {strategy("FARGATE:0:1", "FARGATE:0:1"), "'FARGATE' more than once"},
		"two bases":      {strategy("FARGATE:1:1", "FARGATE_SPOT:1:1"), "Only one capacity provider in a strategy can have a base."},
		"no weight":      {strategy("FARGATE:1:0", "FARGATE_SPOT:0:0"), "weight greater than 0"},
		"weight":         {strategy("FARGATE:0:1001"), "weight must be between 0 and 1000"},
		"base":           {strategy("FARGATE:100001:1"), "base must be between 0 and 100000"},
		"twenty-one":     {slices.Repeat(strategy("FARGATE:0:1"), 21), "20"},
		"no support":     {strategy("FARGATE:0:1"), "Task definition does not support launch_type FARGATE."},
	}
	associated := []string{"FARGATE", "FARGATE_SPOT", "steady"}
	inBubble(t, localecs.Options{Machines: pools()}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		if err := b.associate(associated); err != nil {
			t.Fatal(err)
		}
		for name, tt := range tests {
			_, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job"), CapacityProviderStrategy: tt.strategy})
			wantRefusal(t, name, err, "InvalidParameterException", tt.text)
			if name == "no support" {
				continue
			}
			_, err = b.client.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
				Cluster: new("default"), CapacityProviders: associated, DefaultCapacityProviderStrategy: tt.strategy})
			wantRefusal(t, name+" as default", err, "InvalidParameterException", tt.text)
		}
	})
}

// TestNewClusterHasNoProviders: Fargate too must be associated with a cluster, which the default one of a new folder is.
func TestNewClusterHasNoProviders(t *testing.T) {
	inBubble(t, localecs.Options{Machines: pools()}, scripts, func(t *testing.T, b *fixture) {
		b.registerFargate("job")
		for name, providers := range map[string][]string{"bare": nil, "spot": {"FARGATE_SPOT"}} {
			if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: &name, CapacityProviders: providers}); err != nil {
				t.Fatal(err)
			}
		}
		in := ecs.RunTaskInput{TaskDefinition: new("job"), NetworkConfiguration: network(), CapacityProviderStrategy: strategy("FARGATE_SPOT:0:1")}
		for cluster, ok := range map[string]bool{"bare": false, "spot": true, "default": true} {
			in.Cluster = &cluster
			if _, err := b.client.RunTask(t.Context(), &in); (err == nil) != ok {
				t.Errorf("%s: %v", cluster, err)
			}
		}
		_, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("odd"), DefaultCapacityProviderStrategy: strategy("FARGATE:0:1")})
		wantRefusal(t, "default not associated", err, "InvalidParameterException", "not associated")
		out, err := b.client.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{"FARGATE", "steady", "none"}})
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case len(out.CapacityProviders) != 2:
			t.Errorf("len(out.CapacityProviders) is %v, want 2", len(out.CapacityProviders))
		case *out.CapacityProviders[1].Name != "steady":
			t.Errorf("*out.CapacityProviders[1].Name is %v, want steady", *out.CapacityProviders[1].Name)
		case len(out.Failures) != 1:
			t.Errorf("len(out.Failures) is %v, want 1", len(out.Failures))
		case *out.Failures[0].Reason != "MISSING":
			t.Errorf("*out.Failures[0].Reason is %v, want MISSING", *out.Failures[0].Reason)
		}
		out, err = b.client.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{Cluster: new("spot")})
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case len(out.CapacityProviders) != 1:
			t.Errorf("len(out.CapacityProviders) is %v, want 1", len(out.CapacityProviders))
		case out.CapacityProviders[0].Type != types.CapacityProviderTypeFargateSpot:
			t.Errorf("out.CapacityProviders[0].Type is %v, want %v", out.CapacityProviders[0].Type, types.CapacityProviderTypeFargateSpot)
		}
	})
}

func TestFargatePlacement(t *testing.T) {
	inBubble(t, localecs.Options{CPU: 600}, scripts, func(t *testing.T, b *fixture) {
		b.registerFargate("job")
		fargate := func(in ecs.RunTaskInput) (*ecs.RunTaskOutput, error) {
			in.TaskDefinition, in.LaunchType, in.NetworkConfiguration = new("job"), types.LaunchTypeFargate, network()
			return b.client.RunTask(t.Context(), &in)
		}
		for name, tt := range map[string]struct {
			in         ecs.RunTaskInput
			code, text string
		}{
			"constraint": {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{distinct()}}, "InvalidParameterException", "Placement constraints are not supported with FARGATE launch type."},
			"strategy":   {ecs.RunTaskInput{PlacementStrategy: strategies("random")}, "InvalidParameterException", "Placement strategies are not supported with FARGATE launch type."},
			"size": {ecs.RunTaskInput{Overrides: &types.TaskOverride{Memory: new("4096")}}, "ClientException",
				"No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values."},
		} {
			_, err := fargate(tt.in)
			wantRefusal(t, name, err, tt.code, tt.text)
		}
		b.setState("DRAINING", b.instanceID("")) // which is nothing to Fargate
		out, err := fargate(ecs.RunTaskInput{Count: new(int32(3)), Overrides: &types.TaskOverride{Memory: new("1 GB")}})
		switch {
		case err != nil:
			t.Fatalf("error %v", err)
		case len(out.Tasks) != 2:
			t.Fatalf("len(out.Tasks) is %v, want 2", len(out.Tasks))
		case len(out.Failures) != 1:
			t.Fatalf("len(out.Failures) is %v, want 1", len(out.Failures))
		case out.Failures[0].Arn != nil:
			t.Fatalf("out.Failures[0].Arn is %v, want nil", out.Failures[0].Arn)
		case !strings.HasPrefix(*out.Failures[0].Reason, "Capacity is unavailable at this time."):
			t.Fatalf("*out.Failures[0].Reason is %q, want %q at its beginning", *out.Failures[0].Reason, "Capacity is unavailable at this time.")
		}
		synctest.Wait()
		task := out.Tasks[0]
		switch {
		case len(task.Attributes) != 1:
			t.Errorf("len(task.Attributes) is %v, want 1", len(task.Attributes))
		case *task.Attributes[0].Name != "ecs.cpu-architecture":
			t.Errorf("*task.Attributes[0].Name is %v, want ecs.cpu-architecture", *task.Attributes[0].Name)
		case *task.Attributes[0].Value != "arm64":
			t.Errorf("*task.Attributes[0].Value is %v, want arm64", *task.Attributes[0].Value)
		case *task.AvailabilityZone != "locala":
			t.Errorf("*task.AvailabilityZone is %v, want locala", *task.AvailabilityZone)
		case *task.Memory != "1024":
			t.Errorf("*task.Memory is %v, want 1024", *task.Memory)
		}
		if n := b.describeInstance(b.instanceID("")).RunningTasksCount; n != 0 {
			t.Errorf("%d Fargate tasks are counted on the instance", n)
		}
	})
}

func TestRegisterRefusesPlacement(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		constraint := func(kind, expression string) []types.TaskDefinitionPlacementConstraint {
			return []types.TaskDefinitionPlacementConstraint{{Type: types.TaskDefinitionPlacementConstraintType(kind), Expression: &expression}}
		}
		for name, tt := range map[string]struct {
			in         ecs.RegisterTaskDefinitionInput
			code, text string
		}{
			"distinct":  {ecs.RegisterTaskDefinitionInput{PlacementConstraints: constraint("distinctInstance", "x")}, "ClientException", "constraint.type 'distinctInstance' is not supported."},
			"malformed": {ecs.RegisterTaskDefinitionInput{PlacementConstraints: constraint("memberOf", "a == b")}, "InvalidParameterException", `"a" is not a subject`},
			"eleven":    {ecs.RegisterTaskDefinitionInput{PlacementConstraints: slices.Repeat(constraint("memberOf", "task:group exists"), 11)}, "ClientException", "10"},
			"on Fargate": {ecs.RegisterTaskDefinitionInput{PlacementConstraints: constraint("memberOf", "task:group exists"), NetworkMode: types.NetworkModeAwsvpc,
				Cpu: new("256"), Memory: new("512"), RequiresCompatibilities: []types.Compatibility{"FARGATE"}}, "ClientException", "not supported with FARGATE"},
			"Fargate size": {ecs.RegisterTaskDefinitionInput{NetworkMode: types.NetworkModeAwsvpc, Cpu: new("1 vCPU"), Memory: new("1 GB"),
				RequiresCompatibilities: []types.Compatibility{"FARGATE"}}, "ClientException", "No Fargate configuration exists for given values: 1024 CPU, 1024 memory."},
		} {
			tt.in.Family, tt.in.ContainerDefinitions = new("job"), []types.ContainerDefinition{worker("app", "minute")}
			_, err := b.client.RegisterTaskDefinition(t.Context(), &tt.in)
			wantRefusal(t, name, err, tt.code, tt.text)
		}
	})
}

func TestRequiredAttributes(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		c := worker("app", "minute")
		c.LogConfiguration = &types.LogConfiguration{LogDriver: types.LogDriverAwslogs}
		c.Privileged = new(true)
		out, err := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: new("job"), NetworkMode: types.NetworkModeAwsvpc, TaskRoleArn: new("arn:aws:iam::000000000000:role/r"), ContainerDefinitions: []types.ContainerDefinition{c},
			RuntimePlatform: &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureX8664, OperatingSystemFamily: types.OSFamilyWindowsServer2022Core},
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range out.TaskDefinition.RequiresAttributes {
			got = append(got, *a.Name+" "+str(a.Value))
		}
		want := []string{
			"com.amazonaws.ecs.capability.logging-driver.awslogs <nil>", "com.amazonaws.ecs.capability.privileged-container <nil>",
			"com.amazonaws.ecs.capability.task-iam-role <nil>", "ecs.capability.task-eni <nil>", "ecs.cpu-architecture x86_64", "ecs.os-type windows",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		placed := b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), NetworkConfiguration: network()})
		switch {
		case len(placed.Failures) != 1:
			t.Errorf("len(placed.Failures) is %v, want 1", len(placed.Failures))
		case *placed.Failures[0].Reason != "ATTRIBUTE":
			t.Errorf("*placed.Failures[0].Reason is %v, want ATTRIBUTE", *placed.Failures[0].Reason)
		}
	})
}

func TestTaskTags(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		_, err := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: new("job"), ContainerDefinitions: []types.ContainerDefinition{worker("app", "minute")},
			Tags: []types.Tag{{Key: new("a"), Value: new("1")}, {Key: new("b"), Value: new("2")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		own := []types.Tag{{Key: new("b"), Value: new("own")}}
		for _, tt := range []struct {
			propagate types.PropagateTags
			managed   bool
			want      string
		}{
			{"", false, "b=own"},
			{"NONE", true, "b=own aws:ecs:clusterName=default"},
			{"TASK_DEFINITION", false, "b=own a=1"},
			{"TASK_DEFINITION", true, "b=own a=1 aws:ecs:clusterName=default"},
		} {
			out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Tags: own, PropagateTags: tt.propagate, EnableECSManagedTags: tt.managed})
			var got []string
			for _, tag := range out.Tasks[0].Tags {
				got = append(got, *tag.Key+"="+*tag.Value)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("%q, managed %v: %s, want %s", tt.propagate, tt.managed, s, tt.want)
			}
		}
	})
}
