package localecs_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/placement"
)

// fleet is four machines: a big and a small one in zone a, a small one in b, and one with GPUs in b.
func fleet() []placement.Machine {
	zoned := func(name, zone string, cpu, gpus int) placement.Machine {
		return placement.Machine{CPU: cpu, Memory: 8192, GPUs: gpus, Attributes: map[string]string{"name": name, "ecs.availability-zone": zone}}
	}
	all := []placement.Machine{zoned("big", "a", 4096, 0), zoned("small", "a", 1024, 0), zoned("other", "b", 1024, 0), zoned("gpu", "b", 1024, 2)}
	all[3].Lacks = []string{"ecs.capability.task-eni"}
	return all
}

// names are the instances by the attribute that names them.
func (b *fixture) names() map[string]string {
	b.Helper()
	out, err := b.client.ListAttributes(b.Context(), &ecs.ListAttributesInput{TargetType: types.TargetTypeContainerInstance, AttributeName: new("name")})
	if err != nil {
		b.Fatal(err)
	}
	names := map[string]string{}
	for _, a := range out.Attributes {
		names[*a.TargetId] = *a.Value
		names[*a.Value] = *a.TargetId
	}
	return names
}

// where returns on which instances the tasks are, and why others are nowhere.
func (b *fixture) where(out *ecs.RunTaskOutput) string {
	b.Helper()
	names := b.names()
	var all []string
	for _, t := range out.Tasks {
		all = append(all, names[str(t.ContainerInstanceArn)])
	}
	for _, f := range out.Failures {
		all = append(all, strings.TrimSpace(names[str(f.Arn)]+" "+*f.Reason))
	}
	return strings.Join(all, ", ")
}

func memberOf(expression string) types.PlacementConstraint {
	return types.PlacementConstraint{Type: types.PlacementConstraintTypeMemberOf, Expression: &expression}
}

func distinct() types.PlacementConstraint {
	return types.PlacementConstraint{Type: types.PlacementConstraintTypeDistinctInstance}
}

func strategies(texts ...string) []types.PlacementStrategy {
	var all []types.PlacementStrategy
	for _, text := range texts {
		kind, field, found := strings.Cut(text, " ")
		one := types.PlacementStrategy{Type: types.PlacementStrategyType(kind)}
		if found {
			one.Field = &field
		}
		all = append(all, one)
	}
	return all
}

func TestPlacement(t *testing.T) {
	first := strategies("spread instanceId") // the first instance, when all are empty
	tests := map[string]struct {
		in   ecs.RunTaskInput
		want string
	}{
		"memberOf": {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{memberOf("attribute:name == other")}}, "other"},
		"memberOf twice": {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{
			memberOf("attribute:ecs.availability-zone in [b]"), memberOf("not(attribute:name matches o.*)")}}, "gpu"},
		"the definition's": {ecs.RunTaskInput{TaskDefinition: new("zone-a"), Count: new(int32(2)), PlacementConstraints: []types.PlacementConstraint{
			memberOf("attribute:name != big")}}, "small, small"},
		"none matches": {ecs.RunTaskInput{Count: new(int32(2)), PlacementConstraints: []types.PlacementConstraint{memberOf("attribute:name == none")}},
			"big MemberOf placement constraint unsatisfied., big MemberOf placement constraint unsatisfied."},
		"the closest match tells": {ecs.RunTaskInput{Count: new(int32(5)), PlacementConstraints: []types.PlacementConstraint{memberOf("attribute:name == other")}},
			"other, other, other, other, other RESOURCE:CPU"},
		"distinctInstance": {ecs.RunTaskInput{Count: new(int32(5)), PlacementStrategy: first, PlacementConstraints: []types.PlacementConstraint{distinct()}},
			"big, small, other, gpu, big DistinctInstance placement constraint unsatisfied."},
		"spread instances":    {ecs.RunTaskInput{Count: new(int32(6)), PlacementStrategy: strategies("spread host")}, "big, small, other, gpu, big, small"},
		"spread zones":        {ecs.RunTaskInput{Count: new(int32(4)), PlacementStrategy: strategies("spread attribute:ecs.availability-zone")}, "big, other, big, other"},
		"spread without":      {ecs.RunTaskInput{Count: new(int32(2)), PlacementStrategy: strategies("spread attribute:none")}, "big, big"},
		"binpack cpu":         {ecs.RunTaskInput{Count: new(int32(5)), PlacementStrategy: strategies("binpack cpu")}, "small, small, small, small, other"},
		"binpack memory":      {ecs.RunTaskInput{Count: new(int32(2)), PlacementStrategy: strategies("binpack MEMORY")}, "big, big"},
		"spread then binpack": {ecs.RunTaskInput{Count: new(int32(4)), PlacementStrategy: strategies("spread attribute:ecs.availability-zone", "binpack cpu")}, "small, other, small, other"},
		"five in a row": {ecs.RunTaskInput{Count: new(int32(4)), PlacementStrategy: strategies(
			"spread attribute:none", "spread attribute:ecs.availability-zone", "spread instanceId", "binpack cpu", "binpack memory")}, "small, other, gpu, big"},
		"GPU":            {ecs.RunTaskInput{TaskDefinition: new("gpu"), Count: new(int32(3))}, "gpu, gpu, big RESOURCE:GPU"},
		"ports":          {ecs.RunTaskInput{TaskDefinition: new("web"), Count: new(int32(5)), PlacementStrategy: first}, "big, small, other, gpu, big RESOURCE:PORTS"},
		"reserved port":  {ecs.RunTaskInput{TaskDefinition: new("ssh"), PlacementStrategy: first}, "big RESOURCE:PORTS"},
		"host mode port": {ecs.RunTaskInput{TaskDefinition: new("host"), Count: new(int32(2)), PlacementConstraints: []types.PlacementConstraint{memberOf("attribute:name == big")}}, "big, big RESOURCE:PORTS"},
		"attribute": {ecs.RunTaskInput{TaskDefinition: new("vpc"), NetworkConfiguration: network(), PlacementConstraints: []types.PlacementConstraint{
			memberOf("attribute:name == gpu")}}, "gpu ATTRIBUTE"},
		"memory": {ecs.RunTaskInput{TaskDefinition: new("huge")}, "big RESOURCE:MEMORY"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
				registerPlaced(b)
				if tt.in.TaskDefinition == nil {
					tt.in.TaskDefinition = new("job")
				}
				if diff := cmp.Diff(tt.want, b.where(b.run(&tt.in))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func network() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
}

// registerPlaced registers definitions that need something of their instance.
func registerPlaced(b *fixture) {
	b.Helper()
	b.register("job", worker("app", "minute"))
	gpu, web, ssh, host, huge := worker("app", "minute"), worker("app", "minute"), worker("app", "minute"), worker("app", "minute"), worker("app", "minute")
	gpu.ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: new("1")}}
	web.PortMappings = []types.PortMapping{{ContainerPort: new(int32(80)), HostPort: new(int32(8080))}, {ContainerPort: new(int32(81))}}
	ssh.PortMappings = []types.PortMapping{{ContainerPort: new(int32(22)), HostPort: new(int32(22))}}
	host.PortMappings = []types.PortMapping{{ContainerPort: new(int32(80)), Protocol: types.TransportProtocolUdp}}
	huge.Memory = new(int32(8193))
	for family, c := range map[string]types.ContainerDefinition{"gpu": gpu, "web": web, "ssh": ssh, "huge": huge} {
		b.register(family, c)
	}
	for _, in := range []ecs.RegisterTaskDefinitionInput{
		{Family: new("host"), NetworkMode: types.NetworkModeHost, ContainerDefinitions: []types.ContainerDefinition{host}},
		{Family: new("vpc"), NetworkMode: types.NetworkModeAwsvpc, ContainerDefinitions: []types.ContainerDefinition{web}},
		{Family: new("zone-a"), ContainerDefinitions: []types.ContainerDefinition{worker("app", "minute")}, PlacementConstraints: []types.TaskDefinitionPlacementConstraint{
			{Type: types.TaskDefinitionPlacementConstraintTypeMemberOf, Expression: new("attribute:ecs.availability-zone == a")}}},
	} {
		if _, err := b.client.RegisterTaskDefinition(b.Context(), &in); err != nil {
			b.Fatal(err)
		}
	}
}

// TestWhatTasksMakeOfInstances has constraints that depend on the tasks that are there.
func TestWhatTasksMakeOfInstances(t *testing.T) {
	inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
		registerPlaced(b)
		place := func(group string, all ...types.PlacementConstraint) (*ecs.RunTaskOutput, string) {
			out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Group: &group, PlacementConstraints: all, PlacementStrategy: strategies("binpack cpu")})
			synctest.Wait()
			return out, b.where(out)
		}
		database, on := place("database", memberOf("attribute:name == other"))
		if on != "other" {
			t.Fatalf("the first is on %s", on)
		}
		for _, tt := range []struct{ group, expression, want string }{
			{"cache", "task:group == database", "other"},
			{"cache", "not(task:group == database) and attribute:ecs.availability-zone == b", "gpu"},
			{"cache", "runningTasksCount == 2", "other"},
			{"cache", "runningTasksCount > 5", "big MemberOf placement constraint unsatisfied."},
		} {
			if _, on := place(tt.group, memberOf(tt.expression)); on != tt.want {
				t.Errorf("%s: %s, want %s", tt.expression, on, tt.want)
			}
		}
		// a task that is to stop does not count, although it runs
		only := memberOf("attribute:name == other")
		if _, on := place("database", only, distinct()); on != "other DistinctInstance placement constraint unsatisfied." {
			t.Errorf("beside a task of its group: %s", on)
		}
		b.stop(*database.Tasks[0].TaskArn, "")
		if _, on := place("database", only, distinct()); on != "other" {
			t.Errorf("beside one that is to stop: %s", on)
		}
	})
}

func TestPlacementIsRepeatable(t *testing.T) {
	run := func(seed uint64, in ecs.RunTaskInput) (got string) {
		inBubble(t, localecs.Options{Machines: fleet(), Seed: seed}, scripts, func(t *testing.T, b *fixture) {
			registerPlaced(b)
			in.TaskDefinition, in.Count = new("job"), new(int32(10))
			got = b.where(b.run(&in))
		})
		return got
	}
	for name, in := range map[string]ecs.RunTaskInput{"random": {PlacementStrategy: strategies("random")}, "no strategy": {}} {
		one, again, other := run(1, in), run(1, in), run(2, in)
		if one != again {
			t.Errorf("%s: the same seed gave %s and %s", name, one, again)
		}
		if one == other {
			t.Errorf("%s: another seed gave %s too", name, one)
		}
	}
}

func TestPlacementRefusals(t *testing.T) {
	members := func(n int) (all []types.PlacementConstraint) {
		for range n {
			all = append(all, memberOf("attribute:name exists"))
		}
		return all
	}
	tests := map[string]struct {
		in   ecs.RunTaskInput
		text string
	}{
		"eleven constraints":         {ecs.RunTaskInput{PlacementConstraints: members(11)}, "placementConstraints cannot have more than 10 elements"},
		"eleven with the definition": {ecs.RunTaskInput{TaskDefinition: new("zone-a"), PlacementConstraints: members(10)}, "those of the task definition included"},
		"distinct expression": {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{
			{Type: types.PlacementConstraintTypeDistinctInstance, Expression: new("")}}}, "distinctInstance expression should not be specified."},
		"no expression":      {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{{Type: types.PlacementConstraintTypeMemberOf}}}, "memberOf expression should be specified."},
		"malformed":          {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{memberOf("attribute:a = b")}}, "Invalid memberOf expression: at character 13: an operator is missing"},
		"unknown constraint": {ecs.RunTaskInput{PlacementConstraints: []types.PlacementConstraint{{Type: "near"}}}, "[distinctInstance, memberOf]"},
		"six strategies":     {ecs.RunTaskInput{PlacementStrategy: strategies("random", "random", "random", "random", "random", "random")}, "placementStrategy cannot have more than 5"},
		"unknown strategy":   {ecs.RunTaskInput{PlacementStrategy: strategies("pile")}, "[random, spread, binpack]"},
		"binpack field":      {ecs.RunTaskInput{PlacementStrategy: strategies("binpack disk")}, "[cpu, memory]"},
		"spread field":       {ecs.RunTaskInput{PlacementStrategy: strategies("spread cpu")}, "instanceId, host or attribute:<name>"},
	}
	inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
		registerPlaced(b)
		for name, tt := range tests {
			if tt.in.TaskDefinition == nil {
				tt.in.TaskDefinition = new("job")
			}
			_, err := b.client.RunTask(t.Context(), &tt.in)
			wantRefusal(t, name, err, "InvalidParameterException", tt.text)
		}
	})
}

// wantRefusal checks an error's code and a part of its text.
func wantRefusal(t *testing.T, name string, err error, code, text string) {
	t.Helper()
	if codeOf(err) != code || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %s with %q", name, err, code, text)
	}
}
