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
				if err != nil || len(out.ContainerInstances) != 1 {
					t.Fatalf("DescribeContainerInstances: %+v, %v", out, err)
				}
				i := out.ContainerInstances[0]
				if _, kept := attributesOf(i)["stack"]; kept || *i.Status != "ACTIVE" || !i.AgentConnected || len(i.Tags) > 0 {
					t.Errorf("%+v", i)
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
	if err != nil || out.Cluster.RegisteredContainerInstancesCount != 1 {
		b.Fatalf("CreateCluster: %+v, %v", out, err)
	}
}

// onlyInstance is the ARN of a cluster's instance.
func (b *fixture) onlyInstance(cluster string) string {
	b.Helper()
	list, err := b.client.ListContainerInstances(b.Context(), &ecs.ListContainerInstancesInput{Cluster: &cluster})
	if err != nil || len(list.ContainerInstanceArns) != 1 {
		b.Fatalf("ListContainerInstances: %+v, %v", list, err)
	}
	return list.ContainerInstanceArns[0]
}
