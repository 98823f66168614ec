package localecs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
)

// TestAClusterCreatedAgainHasNewInstances: of what was done to those of the deleted one nothing is left, a restart or not.
func TestAClusterCreatedAgainHasNewInstances(t *testing.T) {
	for name, restart := range map[string]bool{"at once": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.setState(types.ContainerInstanceStatusDraining, b.onlyInstance("default"))
				arn := b.retireBlue()
				if _, err := b.client.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: new("blue")}); err != nil {
					t.Fatal(err)
				}
				if restart {
					b.reopen()
				}
				b.createBlue()
				out, err := b.client.DescribeContainerInstances(t.Context(), &ecs.DescribeContainerInstancesInput{
					Cluster: new("blue"), ContainerInstances: []string{arn}, Include: []types.ContainerInstanceField{types.ContainerInstanceFieldTags},
				})
				switch {
				case err != nil:
					t.Fatalf("DescribeContainerInstances: error %v", err)
				case len(out.ContainerInstances) != 1:
					t.Fatalf("DescribeContainerInstances: len(out.ContainerInstances) is %v, want 1", len(out.ContainerInstances))
				}
				i := out.ContainerInstances[0]
				switch _, kept := attributesOf(i)["stack"]; {
				case kept:
					t.Error("kept is true, want false")
				case *i.Status != "ACTIVE":
					t.Errorf("*i.Status is %v, want ACTIVE", *i.Status)
				case !i.AgentConnected:
					t.Error("i.AgentConnected is false, want true")
				case len(i.Tags) > 0:
					t.Errorf("len(i.Tags) is %v, want at most %v", len(i.Tags), 0)
				}
				if i := b.describeInstance(b.onlyInstance("default")); *i.Status != "DRAINING" {
					t.Errorf("the instance of another cluster is %s", *i.Status)
				}
			})
		})
	}
}

// retireBlue tags the instance of a cluster blue, sets an attribute, deregisters it, and returns its ARN.
func (b *fixture) retireBlue() string {
	b.Helper()
	b.createBlue()
	arn := b.onlyInstance("blue")
	if err := b.tag(arn, "rack=7"); err != nil {
		b.Fatal(err)
	}
	stack := types.Attribute{Name: new("stack"), Value: new("prod"), TargetId: &arn}
	if _, err := b.client.PutAttributes(b.Context(), &ecs.PutAttributesInput{Cluster: new("blue"), Attributes: []types.Attribute{stack}}); err != nil {
		b.Fatal(err)
	}
	in := &ecs.DeregisterContainerInstanceInput{Cluster: new("blue"), ContainerInstance: &arn}
	if _, err := b.client.DeregisterContainerInstance(b.Context(), in); err != nil {
		b.Fatal(err)
	}
	wantRefusal(b.T, "a tag for one that is gone", b.tag(arn, "rack=8"), "InvalidParameterException", "The specified container instance is inactive.")
	return arn
}

func (b *fixture) createBlue() {
	b.Helper()
	out, err := b.client.CreateCluster(b.Context(), &ecs.CreateClusterInput{ClusterName: new("blue")})
	switch {
	case err != nil:
		b.Fatalf("CreateCluster: error %v", err)
	case out.Cluster.RegisteredContainerInstancesCount != 1:
		b.Fatalf("CreateCluster: out.Cluster.RegisteredContainerInstancesCount is %v, want 1", out.Cluster.RegisteredContainerInstancesCount)
	}
}

// onlyInstance is the ARN of a cluster's instance.
func (b *fixture) onlyInstance(cluster string) string {
	b.Helper()
	list, err := b.client.ListContainerInstances(b.Context(), &ecs.ListContainerInstancesInput{Cluster: &cluster})
	switch {
	case err != nil:
		b.Fatalf("ListContainerInstances: error %v", err)
	case len(list.ContainerInstanceArns) != 1:
		b.Fatalf("ListContainerInstances: len(list.ContainerInstanceArns) is %v, want 1", len(list.ContainerInstanceArns))
	}
	return list.ContainerInstanceArns[0]
}
