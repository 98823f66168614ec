package localecs_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/scripted"
)

// describeInstance is one instance as it is now.
func (b *fixture) describeInstance(arn string) types.ContainerInstance {
	b.Helper()
	out, err := b.client.DescribeContainerInstances(b.Context(), &ecs.DescribeContainerInstancesInput{ContainerInstances: []string{arn}})
	switch {
	case err != nil:
		b.Fatalf("error %v", err)
	case len(out.ContainerInstances) != 1:
		b.Fatalf("len(out.ContainerInstances) is %v, want 1", len(out.ContainerInstances))
	}
	return out.ContainerInstances[0]
}

func attributesOf(i types.ContainerInstance) map[string]string {
	all := map[string]string{}
	for _, a := range i.Attributes {
		all[*a.Name] = str(a.Value)
	}
	return all
}

func TestDescribedInstance(t *testing.T) {
	machine := placement.Machine{CPU: 2048, Memory: 4096, GPUs: 2, Attributes: map[string]string{"stack": "prod", "ecs.instance-type": "m5.large"}, Lacks: []string{"ecs.ami-id"}}
	inBubble(t, localecs.Options{Machines: []placement.Machine{machine, {}}, CPU: 512, Memory: 1024}, scripts, func(t *testing.T, b *fixture) {
		list, err := b.client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Filter: new("attribute:stack exists")})
		switch {
		case err != nil:
			t.Fatalf("error %v", err)
		case len(list.ContainerInstanceArns) != 1:
			t.Fatalf("len(list.ContainerInstanceArns) is %v, want 1", len(list.ContainerInstanceArns))
		}
		arn := list.ContainerInstanceArns[0]
		c := worker("app", "minute")
		c.PortMappings = []types.PortMapping{{HostPort: new(int32(53)), Protocol: types.TransportProtocolUdp}, {HostPort: new(int32(80))}}
		c.ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: new("1")}}
		b.register("job", c)
		out, err := b.client.StartTask(t.Context(), &ecs.StartTaskInput{TaskDefinition: new("job"), ContainerInstances: []string{arn}})
		switch {
		case err != nil:
			t.Fatalf("error %v", err)
		case len(out.Tasks) != 1:
			t.Fatalf("len(out.Tasks) is %v, want 1", len(out.Tasks))
		}
		synctest.Wait()
		i := b.describeInstance(arn)
		has := attributesOf(i)
		switch _, found := has["ecs.ami-id"]; {
		case found:
			t.Error("found is true, want false")
		case has["stack"] != "prod":
			t.Errorf("has[\"stack\"] is %v, want prod", has["stack"])
		case has["ecs.instance-type"] != "m5.large":
			t.Errorf("has[\"ecs.instance-type\"] is %v, want m5.large", has["ecs.instance-type"])
		case has["ecs.os-type"] != "linux":
			t.Errorf("has[\"ecs.os-type\"] is %v, want linux", has["ecs.os-type"])
		case has["ecs.availability-zone"] != "locala":
			t.Errorf("has[\"ecs.availability-zone\"] is %v, want locala", has["ecs.availability-zone"])
		}
		switch {
		case !strings.HasPrefix(*i.Ec2InstanceId, "i-"):
			t.Errorf("*i.Ec2InstanceId is %q, want %q at its beginning", *i.Ec2InstanceId, "i-")
		case !i.AgentConnected:
			t.Error("i.AgentConnected is false, want true")
		case *i.Status != "ACTIVE":
			t.Errorf("*i.Status is %v, want ACTIVE", *i.Status)
		case i.RunningTasksCount != 1:
			t.Errorf("i.RunningTasksCount is %v, want 1", i.RunningTasksCount)
		case i.RegisteredAt == nil:
			t.Error("i.RegisteredAt is nil")
		}
		checkResources(t, "registered", i.RegisteredResources, "CPU 2048, MEMORY 4096, PORTS [22 2375 2376 51678 51679 51680], PORTS_UDP [], GPU [GPU-0-0 GPU-0-1]")
		checkResources(t, "remaining", i.RemainingResources, "CPU 1792, MEMORY 3584, PORTS [22 80 2375 2376 51678 51679 51680], PORTS_UDP [53], GPU [GPU-0-1]")
		task := b.task(*out.Tasks[0].TaskArn)
		if got := task.Containers[0].GpuIds; !cmp.Equal(got, []string{"GPU-0-0"}) || *task.AvailabilityZone != "locala" || *task.Attributes[0].Name != "ecs.cpu-architecture" {
			t.Errorf("GPUs %v, zone %s, attributes %v", got, *task.AvailabilityZone, task.Attributes)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		checkResources(t, "remaining in the end", b.describeInstance(arn).RemainingResources,
			"CPU 2048, MEMORY 4096, PORTS [22 2375 2376 51678 51679 51680], PORTS_UDP [], GPU [GPU-0-0 GPU-0-1]")
	})
}

func checkResources(t *testing.T, what string, all []types.Resource, want string) {
	t.Helper()
	var texts []string
	for _, r := range all {
		if *r.Type == "INTEGER" {
			texts = append(texts, fmt.Sprint(*r.Name, " ", r.IntegerValue))
		} else {
			texts = append(texts, fmt.Sprint(*r.Name, " ", r.StringSetValue))
		}
	}
	if got := strings.Join(texts, ", "); got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// TestInstanceStates drains and deregisters instances of one cluster, which is nothing to another, and survives a restart.
func TestInstanceStates(t *testing.T) {
	inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
		registerPlaced(b)
		if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("second")}); err != nil {
			t.Fatal(err)
		}
		names := b.names()
		b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), PlacementConstraints: []types.PlacementConstraint{memberOf("attribute:name == gpu")}})
		b.setState("DRAINING", names["big"], names["small"])
		_, err := b.client.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: new(names["gpu"])})
		wantRefusal(t, "with a task", err, "InvalidParameterException", "Found running tasks on the instance.")
		gone, err := b.client.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: new(names["gpu"]), Force: new(true)})
		switch {
		case err != nil:
			t.Fatalf("error %v", err)
		case *gone.ContainerInstance.Status != "INACTIVE":
			t.Fatalf("*gone.ContainerInstance.Status is %v, want INACTIVE", *gone.ContainerInstance.Status)
		case gone.ContainerInstance.AgentConnected:
			t.Fatal("gone.ContainerInstance.AgentConnected is true, want false")
		}
		for _, again := range []string{"", " after a restart"} {
			if again != "" {
				b.reopen()
			}
			checkStates(b, again, names)
		}
		b.setState("ACTIVE", names["big"])
		if on := b.where(b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), PlacementStrategy: strategies("spread instanceId")})); on != "big" {
			t.Errorf("back in the cluster: on %s", on)
		}
	})
}

func (b *fixture) setState(status types.ContainerInstanceStatus, arns ...string) {
	b.Helper()
	out, err := b.client.UpdateContainerInstancesState(b.Context(), &ecs.UpdateContainerInstancesStateInput{Status: status, ContainerInstances: arns})
	switch {
	case err != nil:
		b.Fatalf("UpdateContainerInstancesState: error %v", err)
	case len(out.ContainerInstances) != len(arns):
		b.Fatalf("UpdateContainerInstancesState: len(out.ContainerInstances) is %v, want %v", len(out.ContainerInstances), len(arns))
	case *out.ContainerInstances[0].Status != string(status):
		b.Fatalf("UpdateContainerInstancesState: *out.ContainerInstances[0].Status is %v, want %v", *out.ContainerInstances[0].Status, string(status))
	}
}

func checkStates(b *fixture, again string, names map[string]string) {
	b.Helper()
	if on := b.where(b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Count: new(int32(2)), PlacementStrategy: strategies("spread host")})); on != "other, other" {
		b.Errorf("placed on %s%s", on, again)
	}
	out, err := b.client.StartTask(b.Context(), &ecs.StartTaskInput{TaskDefinition: new("job"), ContainerInstances: []string{names["big"], names["gpu"]}})
	switch {
	case err != nil:
		b.Errorf("error %v", err)
	case len(out.Failures) != 2:
		b.Errorf("len(out.Failures) is %v, want 2", len(out.Failures))
	case *out.Failures[0].Reason != "INACTIVE":
		b.Errorf("*out.Failures[0].Reason is %v, want INACTIVE", *out.Failures[0].Reason)
	case *out.Failures[1].Reason != "INACTIVE":
		b.Errorf("*out.Failures[1].Reason is %v, want INACTIVE", *out.Failures[1].Reason)
	case *out.Failures[1].Arn != names["gpu"]:
		b.Errorf("*out.Failures[1].Arn is %v, want %v", *out.Failures[1].Arn, names["gpu"])
	}
	for status, want := range map[types.ContainerInstanceStatus]int{"": 3, "ACTIVE": 1, "DRAINING": 2} {
		list, err := b.client.ListContainerInstances(b.Context(), &ecs.ListContainerInstancesInput{Status: status})
		switch {
		case err != nil:
			b.Errorf("error %v", err)
		case len(list.ContainerInstanceArns) != want:
			b.Errorf("len(list.ContainerInstanceArns) is %v, want %v", len(list.ContainerInstanceArns), want)
		}
	}
	clusters, err := b.client.DescribeClusters(b.Context(), &ecs.DescribeClustersInput{Clusters: []string{"default", "second"}})
	switch {
	case err != nil:
		b.Errorf("error %v", err)
	case clusters.Clusters[0].RegisteredContainerInstancesCount != 3:
		b.Errorf("clusters.Clusters[0].RegisteredContainerInstancesCount is %v, want 3", clusters.Clusters[0].RegisteredContainerInstancesCount)
	case clusters.Clusters[1].RegisteredContainerInstancesCount != 4:
		b.Errorf("clusters.Clusters[1].RegisteredContainerInstancesCount is %v, want 4", clusters.Clusters[1].RegisteredContainerInstancesCount)
	}
}

// TestStartTaskPlacement: the caller chooses the instance, and yet it must be one that the task can have.
func TestStartTaskPlacement(t *testing.T) {
	inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
		registerPlaced(b)
		names := b.names()
		b.server.Faults().DisconnectAgent(names["small"], true)
		for _, tt := range []struct{ family, on, want string }{
			{"job", "gpu", ""},
			{"zone-a", "big", ""},
			{"zone-a", "other", "MemberOf placement constraint unsatisfied."},
			{"web", "other", ""},
			{"web", "other", "RESOURCE:PORTS"},
			{"gpu", "big", "RESOURCE:GPU"},
			{"vpc", "gpu", "ATTRIBUTE"},
			{"job", "small", "AGENT"},
		} {
			in := ecs.StartTaskInput{TaskDefinition: &tt.family, ContainerInstances: []string{names[tt.on]}}
			if tt.family == "vpc" {
				in.NetworkConfiguration = network()
			}
			out, err := b.client.StartTask(t.Context(), &in)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range out.Failures {
				got += *f.Reason
			}
			if got != tt.want || len(out.Tasks)+len(out.Failures) != 1 {
				t.Errorf("%s on %s: %q, want %q", tt.family, tt.on, got, tt.want)
			}
		}
	})
}

func TestStatesThatCannotChange(t *testing.T) {
	inBubble(t, localecs.Options{Instances: 2}, scripts, func(t *testing.T, b *fixture) {
		gone := b.instanceID("")
		if _, err := b.client.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: &gone}); err != nil {
			t.Fatal(err)
		}
		out, err := b.client.UpdateContainerInstancesState(t.Context(), &ecs.UpdateContainerInstancesStateInput{
			Status: "ACTIVE", ContainerInstances: []string{gone, "none", b.instanceID("")}})
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case len(out.ContainerInstances) != 1:
			t.Errorf("len(out.ContainerInstances) is %v, want 1", len(out.ContainerInstances))
		case len(out.Failures) != 2:
			t.Errorf("len(out.Failures) is %v, want 2", len(out.Failures))
		case *out.Failures[0].Reason != "INACTIVE":
			t.Errorf("*out.Failures[0].Reason is %v, want INACTIVE", *out.Failures[0].Reason)
		case *out.Failures[1].Reason != "MISSING":
			t.Errorf("*out.Failures[1].Reason is %v, want MISSING", *out.Failures[1].Reason)
		}
		if i := b.describeInstance(gone); *i.Status != "INACTIVE" {
			t.Errorf("*i.Status is %v, want INACTIVE", *i.Status)
		}
	})
}

func TestNoInstances(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		b.setState("DRAINING", "arn:aws:ecs:local:000000000000:container-instance/default/"+b.instanceID("arn:aws:ecs:local:000000000000:container-instance/default/"))
		_, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job")})
		wantRefusal(t, "all drained", err, "InvalidParameterException", "No Container Instances were found in your cluster.")
	})
}

func TestDisconnectedAgent(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		id := b.instanceID("arn:aws:ecs:local:000000000000:container-instance/default/")
		b.server.Faults().DisconnectAgent(id, true)
		switch out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job")}); {
		case len(out.Failures) != 1:
			t.Errorf("len(out.Failures) is %v, want 1", len(out.Failures))
		case *out.Failures[0].Reason != "AGENT":
			t.Errorf("*out.Failures[0].Reason is %v, want AGENT", *out.Failures[0].Reason)
		case !strings.HasSuffix(*out.Failures[0].Arn, id):
			t.Errorf("*out.Failures[0].Arn is %q, want %q at its end", *out.Failures[0].Arn, id)
		}
		if b.describeInstance(id).AgentConnected {
			t.Error("the agent is connected")
		}
		list, err := b.client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Filter: new("agentConnected == false")})
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case len(list.ContainerInstanceArns) != 1:
			t.Errorf("len(list.ContainerInstanceArns) is %v, want 1", len(list.ContainerInstanceArns))
		}
		b.server.Faults().DisconnectAgent(id, false)
		b.runOne("job")
	})
}

func TestAttributes(t *testing.T) {
	inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
		names := b.names()
		put := func(name, v string) error {
			_, err := b.client.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: []types.Attribute{{Name: &name, Value: &v, TargetId: new(names["other"])}}})
			return err
		}
		for name, v := range map[string]string{"stack": "prod", "name": "renamed", "path/of.it": `C:\a b@c`} {
			if err := put(name, v); err != nil {
				t.Fatal(err)
			}
		}
		bare := types.Attribute{Name: new("bare"), TargetId: new(strings.Split(names["big"], "/")[2]), TargetType: types.TargetTypeContainerInstance}
		switch out, err := b.client.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: []types.Attribute{bare}}); {
		case err != nil:
			t.Errorf("error %v", err)
		case *out.Attributes[0].TargetId != names["big"]:
			t.Errorf("*out.Attributes[0].TargetId is %v, want %v", *out.Attributes[0].TargetId, names["big"])
		case out.Attributes[0].Value != nil:
			t.Errorf("out.Attributes[0].Value is %v, want nil", out.Attributes[0].Value)
		}
		gone, err := b.client.DeleteAttributes(t.Context(), &ecs.DeleteAttributesInput{Attributes: []types.Attribute{
			{Name: new("name"), TargetId: new(names["small"])}, {Name: new("never"), TargetId: new(names["small"])}}})
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case len(gone.Attributes) != 1:
			t.Errorf("len(gone.Attributes) is %v, want 1", len(gone.Attributes))
		case *gone.Attributes[0].Value != "small":
			t.Errorf("*gone.Attributes[0].Value is %v, want small", *gone.Attributes[0].Value)
		}
		for range 2 { // the second time after a restart
			has := attributesOf(b.describeInstance(names["other"]))
			_, bare := attributesOf(b.describeInstance(names["big"]))["bare"]
			_, small := attributesOf(b.describeInstance(names["small"]))["name"]
			switch {
			case has["stack"] != "prod":
				t.Errorf("has[\"stack\"] is %v, want prod", has["stack"])
			case has["name"] != "renamed":
				t.Errorf("has[\"name\"] is %v, want renamed", has["name"])
			case has["path/of.it"] != `C:\a b@c`:
				t.Errorf("has[\"path/of.it\"] is %v, want `C:\\a b@c`", has["path/of.it"])
			case !bare:
				t.Error("bare is false, want true")
			case small:
				t.Error("small is true, want false")
			}
			b.reopen()
		}
		for n := range 8 { // stack, name and path/of.it are there
			if err := put(fmt.Sprint("more", n), "x"); (err == nil) != (n < 7) || n == 7 && codeOf(err) != "AttributeLimitExceededException" {
				t.Errorf("attribute %d: %v", n+4, err)
			}
		}
	})
}

func TestListAttributes(t *testing.T) {
	inBubble(t, localecs.Options{Machines: fleet()}, scripts, func(t *testing.T, b *fixture) {
		names := b.names()
		list := func(in ecs.ListAttributesInput) (got []string) {
			in.TargetType = types.TargetTypeContainerInstance
			for p := ecs.NewListAttributesPaginator(b.client, &in); p.HasMorePages(); {
				out, err := p.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range out.Attributes {
					got = append(got, names[*a.TargetId]+" "+*a.Name)
				}
			}
			return got
		}
		all := list(ecs.ListAttributesInput{})
		if paged := list(ecs.ListAttributesInput{MaxResults: new(int32(7))}); len(all) < 40 || !cmp.Equal(all, paged) {
			t.Errorf("%d at once, %d by sevens", len(all), len(paged))
		}
		if got := list(ecs.ListAttributesInput{AttributeName: new("ecs.availability-zone"), AttributeValue: new("b")}); len(got) != 2 {
			t.Errorf("in zone b: %v", got)
		}
	})
}

func TestInstanceRefusals(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		arn := "arn:aws:ecs:local:000000000000:container-instance/default/" + b.instanceID("arn:aws:ecs:local:000000000000:container-instance/default/")
		for name, tt := range map[string]struct {
			a    types.Attribute
			code string
			text string
		}{
			"no target":     {types.Attribute{Name: new("a")}, "InvalidParameterException", "targetId must be specified"},
			"short target":  {types.Attribute{Name: new("a"), TargetId: new("x")}, "InvalidParameterException", "targetType must be specified"},
			"unknown type":  {types.Attribute{Name: new("a"), TargetId: &arn, TargetType: "task"}, "InvalidParameterException", "[container-instance]"},
			"unknown":       {types.Attribute{Name: new("a"), TargetId: new(arn + "x")}, "TargetNotFoundException", "could not be found"},
			"ECS's own":     {types.Attribute{Name: new("ecs.ami-id"), TargetId: &arn}, "InvalidParameterException", "ECS's own"},
			"name":          {types.Attribute{Name: new("a b"), TargetId: &arn}, "InvalidParameterException", "name"},
			"long name":     {types.Attribute{Name: new(strings.Repeat("a", 129)), TargetId: &arn}, "InvalidParameterException", "name"},
			"long value":    {types.Attribute{Name: new("a"), Value: new(strings.Repeat("a", 129)), TargetId: &arn}, "InvalidParameterException", "value"},
			"spaces around": {types.Attribute{Name: new("a"), Value: new("b "), TargetId: &arn}, "InvalidParameterException", "value"},
		} {
			_, err := b.client.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: []types.Attribute{tt.a}})
			wantRefusal(t, "put: "+name, err, tt.code, tt.text)
			_, err = b.client.DeleteAttributes(t.Context(), &ecs.DeleteAttributesInput{Attributes: []types.Attribute{tt.a}})
			wantRefusal(t, "delete: "+name, err, tt.code, tt.text)
		}
		_, err := b.client.ListAttributes(t.Context(), &ecs.ListAttributesInput{TargetType: types.TargetTypeContainerInstance, AttributeValue: new("x")})
		wantRefusal(t, "value alone", err, "InvalidParameterException", "attributeName")
		_, err = b.client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Filter: new("stack == prod")})
		wantRefusal(t, "filter", err, "InvalidParameterException", `Invalid filter: at character 1: "stack" is not a subject`)
		_, err = b.client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Status: "GONE"})
		wantRefusal(t, "status", err, "InvalidParameterException", "DRAINING")
		_, err = b.client.UpdateContainerInstancesState(t.Context(), &ecs.UpdateContainerInstancesStateInput{Status: "INACTIVE", ContainerInstances: []string{arn}})
		wantRefusal(t, "new status", err, "InvalidParameterException", "[ACTIVE, DRAINING]")
		_, err = b.client.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: new("x")})
		wantRefusal(t, "deregister", err, "InvalidParameterException", "The referenced container instance was not found.")
	})
}

func TestMachinesAreChecked(t *testing.T) {
	many := map[string]string{}
	for n := range 11 {
		many[fmt.Sprint("a", n)] = ""
	}
	for text, opt := range map[string]localecs.Options{
		"container instance 2: cpu, memory and gpus must not be negative": {Machines: []placement.Machine{{}, {CPU: -1}}},
		"gpus must be at most 64":                     {Machines: []placement.Machine{{GPUs: 65}}},
		`the attribute name "a b"`:                    {Machines: []placement.Machine{{Attributes: map[string]string{"a b": ""}}}},
		"at most 10 custom ones":                      {Machines: []placement.Machine{{Attributes: many}}},
		"not begin with aws, ecs or fargate":          {Machines: []placement.Machine{{CapacityProvider: "Fargate_mine"}}},
		"1001 container instances are more than 1000": {Instances: 1001},
	} {
		opt.Dir, opt.Runner = t.TempDir(), scripted.New(nil, scripts)
		if _, err := localecs.Open(opt); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v does not say %q", err, text)
		}
	}
}
