package localecs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"davit/internal/localecs"
)

func TestRegister_ShowsWhatECSFillsIn(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		c := worker("app", "minute")
		c.PortMappings = []types.PortMapping{{ContainerPort: new(int32(80))}}
		c.HealthCheck = &types.HealthCheck{Command: []string{"/healthcheck"}}
		out, err := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: new("job"), NetworkMode: types.NetworkModeAwsvpc, ContainerDefinitions: []types.ContainerDefinition{c},
			Volumes: []types.Volume{{Name: new("v"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{FileSystemId: new("fs-1")}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		shown := out.TaskDefinition.ContainerDefinitions[0]
		port := types.PortMapping{ContainerPort: new(int32(80)), HostPort: new(int32(80)), Protocol: types.TransportProtocolTcp}
		check := &types.HealthCheck{Command: []string{"/healthcheck"}, Interval: new(int32(30)), Timeout: new(int32(5)), Retries: new(int32(3))}
		ignore := cmpopts.IgnoreUnexported(types.PortMapping{}, types.HealthCheck{})
		if diff := cmp.Diff([]types.PortMapping{port}, shown.PortMappings, ignore); diff != "" {
			t.Errorf("port mappings (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(check, shown.HealthCheck, ignore); diff != "" {
			t.Errorf("health check (-want +got):\n%s", diff)
		}
		if root := out.TaskDefinition.Volumes[0].EfsVolumeConfiguration.RootDirectory; root == nil || *root != "/" {
			t.Errorf("got root directory %v, want /", root)
		}
	})
}

func TestClusters_ShowEmptyLists(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		made, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("other")})
		if err != nil {
			t.Fatal(err)
		}
		described, err := b.client.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"other"}})
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]types.Cluster{"created": *made.Cluster, "described": described.Clusters[0]} {
			for list, isNil := range map[string]bool{
				"tags": c.Tags == nil, "settings": c.Settings == nil, "statistics": c.Statistics == nil,
				"capacityProviders": c.CapacityProviders == nil, "defaultCapacityProviderStrategy": c.DefaultCapacityProviderStrategy == nil,
			} {
				if isNil {
					t.Errorf("%s: got no %s, want an empty list", name, list)
				}
			}
		}
	})
}

// A container instance belongs to one cluster, so that its id is of that cluster alone.
func TestInstances_HaveAnotherIDInEachCluster(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("other")}); err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, cluster := range []string{"default", "other"} {
			out, err := b.client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Cluster: &cluster})
			if err != nil {
				t.Fatal(err)
			}
			arn := out.ContainerInstanceArns[0]
			ids[arn[len(arn)-32:]] = true
			shown, err := b.client.DescribeContainerInstances(t.Context(), &ecs.DescribeContainerInstancesInput{Cluster: &cluster, ContainerInstances: []string{arn}})
			if err != nil || len(shown.ContainerInstances) != 1 || *shown.ContainerInstances[0].ContainerInstanceArn != arn {
				t.Errorf("%s: got %v and error %v, want the instance", arn, shown, err)
			}
		}
		if len(ids) != 2 {
			t.Errorf("got ids %v, want one a cluster", ids)
		}
	})
}

// ECS's pages allow no space, and ECS's own tasks say "AWS Step Functions".
func TestRunTask_StartedByWithASpace_IsTaken(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		out := b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), StartedBy: new("AWS Step Functions")})
		if len(out.Tasks) != 1 || *out.Tasks[0].StartedBy != "AWS Step Functions" {
			t.Errorf("got %v, want a task started by AWS Step Functions", out.Tasks)
		}
	})
}

// Docker makes no check of a command that begins with neither CMD nor CMD-SHELL, which ECS registers.
func TestHealthCheck_BareCommand_IsRegisteredAndNeverMade(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		c := worker("app", "minute")
		c.HealthCheck = &types.HealthCheck{Command: []string{"/healthcheck"}}
		b.register("job", c)
		arn := b.runOne("job")
		if got := b.task(arn).HealthStatus; got != types.HealthStatusUnknown {
			t.Errorf("got health %s, want UNKNOWN", got)
		}
		if n := b.runner.Running(); n != 1 {
			t.Errorf("got %d processes, want 1", n)
		}
	})
}

func TestRules_WordsOfARule_AreAnException(t *testing.T) {
	rules := func(operation string, input []byte) string {
		if len(input) == 0 {
			t.Errorf("%s: no input", operation)
		}
		return operation + " is 100% refused"
	}
	inBubble(t, localecs.Options{Rules: rules}, scripts, func(t *testing.T, b *fixture) {
		_, err := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: new("job"), ContainerDefinitions: []types.ContainerDefinition{worker("app", "minute")},
		})
		wantRefusal(t, "register", err, "ClientException", "RegisterTaskDefinition is 100% refused")
		_, err = b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job")})
		wantRefusal(t, "run", err, "InvalidParameterException", "RunTask is 100% refused")
	})
}
