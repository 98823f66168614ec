package localecs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
)

func TestRevisionsRiseAndAreNeverReused(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		const prefix = "arn:aws:ecs:local:000000000000:task-definition/job:"
		for _, want := range []string{"1", "2"} {
			if got := b.register("job", worker("app", "minute")); got != prefix+want {
				t.Errorf("registered %s, want %s", got, prefix+want)
			}
		}
		out, err := b.client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: new("job:2")})
		switch {
		case err != nil:
			t.Fatalf("deregistered: error %v", err)
		case out.TaskDefinition.Status != types.TaskDefinitionStatusInactive:
			t.Fatalf("deregistered: out.TaskDefinition.Status is %v, want %v", out.TaskDefinition.Status, types.TaskDefinitionStatusInactive)
		case out.TaskDefinition.DeregisteredAt == nil:
			t.Fatal("deregistered: out.TaskDefinition.DeregisteredAt is nil")
		}
		for ref, want := range map[string]string{"job": "1", "job:2": "2", prefix + "1": "1"} {
			got, err := b.client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &ref})
			switch {
			case err != nil:
				t.Errorf("error %v", err)
			case *got.TaskDefinition.TaskDefinitionArn != prefix+want:
				t.Errorf("*got.TaskDefinition.TaskDefinitionArn is %v, want %v", *got.TaskDefinition.TaskDefinitionArn, prefix+want)
			}
		}
		if got := b.register("job", worker("app", "minute")); got != prefix+"3" {
			t.Errorf("registered %s, want %s3", got, prefix)
		}
		for _, ref := range []string{"job:4", "none", "job:x"} {
			_, err := b.client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &ref})
			wantCode(t, err, "ClientException")
		}
		for _, ref := range []string{"job", "job:4"} {
			_, err := b.client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &ref})
			wantCode(t, err, "ClientException")
		}
	})
}

func TestRegisterRefuses(t *testing.T) {
	named := func(names ...string) []types.ContainerDefinition {
		all := []types.ContainerDefinition{} // the client itself refuses nil
		for _, n := range names {
			all = append(all, worker(n, "x"))
		}
		return all
	}
	noMemory, noImage := worker("app", "x"), worker("app", "x")
	noMemory.Memory, noImage.Image = nil, nil
	tests := []struct {
		name string
		in   ecs.RegisterTaskDefinitionInput
		text string
	}{
		{"family", ecs.RegisterTaskDefinitionInput{Family: new("a b"), ContainerDefinitions: named("app")}, "Family"},
		{"no containers", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: named()}, "empty"},
		{"eleven containers", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: named(strings.Split("abcdefghijk", "")...)}, "10"},
		{"container name", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: named("../up")}, "Container.name"},
		{"same name twice", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: named("a", "a")}, "more than once"},
		{"none essential", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{sidecar("a", "x")}}, "essential"},
		{"no memory", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{noMemory}}, "memory"},
		{"no image", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{noImage}}, "image"},
		{"task cpu", ecs.RegisterTaskDefinitionInput{Cpu: new("much"), ContainerDefinitions: named("a")}, "'cpu'"},
		{"task memory", ecs.RegisterTaskDefinitionInput{Memory: new("-1"), ContainerDefinitions: named("a")}, "'memory'"},
		{"Fargate network", ecs.RegisterTaskDefinitionInput{RequiresCompatibilities: []types.Compatibility{"FARGATE"}, ContainerDefinitions: named("a")}, "awsvpc"},
		{"unknown dependency", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{after(worker("a", "x"), "b", "START")}}, "depends"},
		{"unknown condition", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{after(worker("a", "x"), "b", "SOON"), sidecar("b", "x")}}, "condition"},
		{"end of an essential one", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{after(worker("a", "x"), "b", "SUCCESS"), worker("b", "x")}}, "essential"},
		{"circle", ecs.RegisterTaskDefinitionInput{ContainerDefinitions: []types.ContainerDefinition{after(worker("a", "x"), "b", "START"), after(worker("b", "x"), "a", "START")}}, "circle"},
	}
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for _, tt := range tests {
			if tt.in.Family == nil {
				tt.in.Family = new("job")
			}
			_, err := b.client.RegisterTaskDefinition(t.Context(), &tt.in)
			wantCode(t, err, "ClientException")
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s: %v does not say %q", tt.name, err, tt.text)
			}
		}
		if got := b.register("job", worker("app", "x")); !strings.HasSuffix(got, ":1") {
			t.Errorf("a refused definition used up a revision: %s", got)
		}
	})
}

func TestListTaskDefinitions(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for range 11 {
			b.register("a", worker("app", "x"))
		}
		b.register("a-b", worker("app", "x"))
		if _, err := b.client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: new("a:3")}); err != nil {
			t.Fatal(err)
		}
		all := []string{"a:1", "a:2", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9", "a:10", "a:11", "a-b:1"}
		reversed := slices.Clone(all)
		slices.Reverse(reversed)
		for _, tt := range []struct {
			in   ecs.ListTaskDefinitionsInput
			want []string
		}{
			{ecs.ListTaskDefinitionsInput{}, all},
			{ecs.ListTaskDefinitionsInput{Sort: types.SortOrderDesc}, reversed},
			{ecs.ListTaskDefinitionsInput{FamilyPrefix: new("a-b")}, []string{"a-b:1"}},
			{ecs.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusInactive}, []string{"a:3"}},
		} {
			for _, size := range []int32{1, 4, 100} {
				if diff := cmp.Diff(tt.want, b.definitions(tt.in, size)); diff != "" {
					t.Errorf("%+v, pages of %d (-want +got):\n%s", tt.in, size, diff)
				}
			}
		}
	})
}

// definitions reads a list to its end, page by page.
func (b *fixture) definitions(in ecs.ListTaskDefinitionsInput, size int32) (names []string) {
	b.Helper()
	in.MaxResults = &size
	for range 100 {
		out, err := b.client.ListTaskDefinitions(b.Context(), &in)
		if err != nil {
			b.Fatal(err)
		}
		for _, arn := range out.TaskDefinitionArns {
			names = append(names, arn[strings.LastIndexByte(arn, '/')+1:])
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return names
		}
	}
	b.Fatal("the list does not end")
	return nil
}

func TestClusters(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for range 2 { // creating one again changes nothing
			out, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("blue")})
			switch {
			case err != nil:
				t.Fatalf("CreateCluster: error %v", err)
			case *out.Cluster.ClusterArn != "arn:aws:ecs:local:000000000000:cluster/blue":
				t.Fatalf("CreateCluster: *out.Cluster.ClusterArn is %v, want arn:aws:ecs:local:000000000000:cluster/blue", *out.Cluster.ClusterArn)
			}
		}
		b.register("job", worker("app", "minute"))
		b.runOne("job")
		b.task(b.runOne("job"))
		out, err := b.client.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"default", "blue", "none"}})
		switch {
		case err != nil:
			t.Fatalf("DescribeClusters: error %v", err)
		case len(out.Clusters) != 2:
			t.Fatalf("DescribeClusters: len(out.Clusters) is %v, want 2", len(out.Clusters))
		case len(out.Failures) != 1:
			t.Fatalf("DescribeClusters: len(out.Failures) is %v, want 1", len(out.Failures))
		case *out.Failures[0].Reason != "MISSING":
			t.Fatalf("DescribeClusters: *out.Failures[0].Reason is %v, want MISSING", *out.Failures[0].Reason)
		}
		for i, want := range []string{"default ACTIVE 2", "blue ACTIVE 0"} {
			c := out.Clusters[i]
			if got := fmt.Sprint(*c.ClusterName, " ", *c.Status, " ", c.RunningTasksCount); got != want {
				t.Errorf("cluster %s, want %s", got, want)
			}
		}
		list, err := b.client.ListClusters(t.Context(), &ecs.ListClustersInput{})
		switch {
		case err != nil:
			t.Errorf("ListClusters: error %v", err)
		case len(list.ClusterArns) != 2:
			t.Errorf("ListClusters: len(list.ClusterArns) is %v, want 2", len(list.ClusterArns))
		}
		_, err = b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("a b")})
		wantCode(t, err, "InvalidParameterException")
	})
}
