package localecs_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
)

func TestListTasks(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("a", worker("app", "forever"))
		b.register("b", worker("app", "fail3"))
		name := map[string]string{} // of a task's ARN
		start := func(as, family, startedBy string) {
			in := &ecs.RunTaskInput{TaskDefinition: &family}
			if startedBy != "" {
				in.StartedBy = &startedBy
			}
			name[*b.run(in).Tasks[0].TaskArn] = as
		}
		start("a1", "a", "me")
		start("a2", "a", "you")
		start("b1", "b", "me")
		time.Sleep(time.Minute) // b1 has ended
		start("b2", "b", "")
		synctest.Wait()
		instance := "arn:aws:ecs:local:000000000000:container-instance/default/"
		for _, tt := range []struct {
			in   ecs.ListTasksInput
			want string
		}{
			{ecs.ListTasksInput{}, "a1 a2 b2"},
			{ecs.ListTasksInput{Family: new("a")}, "a1 a2"},
			{ecs.ListTasksInput{Family: new("b"), DesiredStatus: types.DesiredStatusStopped}, "b1"},
			{ecs.ListTasksInput{DesiredStatus: types.DesiredStatusStopped}, "b1"},
			{ecs.ListTasksInput{DesiredStatus: types.DesiredStatusPending}, ""},
			{ecs.ListTasksInput{StartedBy: new("me")}, "a1"},
			{ecs.ListTasksInput{StartedBy: new("me"), DesiredStatus: types.DesiredStatusRunning}, "a1"},
			{ecs.ListTasksInput{StartedBy: new("nobody")}, ""},
			{ecs.ListTasksInput{LaunchType: types.LaunchTypeEc2}, "a1 a2 b2"},
			{ecs.ListTasksInput{LaunchType: types.LaunchTypeFargate}, ""},
			{ecs.ListTasksInput{ContainerInstance: new(b.instanceID(instance))}, "a1 a2 b2"},
		} {
			for _, size := range []int32{1, 2, 100} {
				if diff := cmp.Diff(strings.Fields(tt.want), b.list(tt.in, size, name)); diff != "" {
					t.Errorf("%+v, pages of %d (-want +got):\n%s", tt.in, size, diff)
				}
			}
		}
	})
}

func (b *fixture) instanceID(prefix string) string {
	b.Helper()
	out, err := b.client.ListContainerInstances(b.Context(), &ecs.ListContainerInstancesInput{})
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimPrefix(out.ContainerInstanceArns[0], prefix)
}

// list reads a list of tasks to its end, page by page, and names them.
func (b *fixture) list(in ecs.ListTasksInput, size int32, name map[string]string) []string {
	b.Helper()
	names := []string{}
	in.MaxResults = &size
	for range 100 {
		out, err := b.client.ListTasks(b.Context(), &in)
		if err != nil {
			b.Fatalf("ListTasks(%+v): %v", in, err)
		}
		for _, arn := range out.TaskArns {
			names = append(names, name[arn])
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return names
		}
	}
	b.Fatal("the list does not end")
	return nil
}

func TestListTasksRefusals(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for _, tt := range []struct {
			in   ecs.ListTasksInput
			code string
		}{
			{ecs.ListTasksInput{StartedBy: new("me"), Family: new("a")}, "InvalidParameterException"},
			{ecs.ListTasksInput{StartedBy: new("me"), DesiredStatus: types.DesiredStatusStopped}, "InvalidParameterException"},
			{ecs.ListTasksInput{MaxResults: new(int32(0))}, "InvalidParameterException"},
			{ecs.ListTasksInput{MaxResults: new(int32(101))}, "InvalidParameterException"},
			{ecs.ListTasksInput{NextToken: new("~")}, "InvalidParameterException"},
			{ecs.ListTasksInput{DesiredStatus: "DONE"}, "InvalidParameterException"},
			{ecs.ListTasksInput{ContainerInstance: new("none")}, "InvalidParameterException"},
			{ecs.ListTasksInput{Cluster: new("none")}, "ClusterNotFoundException"},
			{ecs.ListTasksInput{ServiceName: new("web")}, "ServiceNotFoundException"},
		} {
			_, err := b.client.ListTasks(t.Context(), &tt.in)
			wantCode(t, err, tt.code)
		}
	})
}

func TestDescribeTasksRefusals(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for _, tt := range []struct {
			in   ecs.DescribeTasksInput
			code string
		}{
			{ecs.DescribeTasksInput{Tasks: []string{}}, "InvalidParameterException"},
			{ecs.DescribeTasksInput{Tasks: slices.Repeat([]string{"x"}, 101)}, "InvalidParameterException"},
			{ecs.DescribeTasksInput{Tasks: []string{"x"}, Include: []types.TaskField{"ALL"}}, "InvalidParameterException"},
			{ecs.DescribeTasksInput{Tasks: []string{"arn:aws:ecs:local:000000000000:task/other/x"}}, "InvalidParameterException"},
			{ecs.DescribeTasksInput{Tasks: []string{"x"}, Cluster: new("none")}, "ClusterNotFoundException"},
		} {
			_, err := b.client.DescribeTasks(t.Context(), &tt.in)
			wantCode(t, err, tt.code)
		}
	})
}
