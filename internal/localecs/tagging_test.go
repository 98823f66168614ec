package localecs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
)

func tags(pairs ...string) []types.Tag {
	all := []types.Tag{}
	for _, pair := range pairs {
		key, v, _ := strings.Cut(pair, "=")
		all = append(all, types.Tag{Key: &key, Value: &v})
	}
	return all
}

func pairs(all []types.Tag) string {
	out := []string{}
	for _, t := range all {
		out = append(out, str(t.Key)+"="+str(t.Value))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (b *fixture) tagsOf(arn string) string {
	b.Helper()
	out, err := b.client.ListTagsForResource(b.Context(), &ecs.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		b.Fatalf("ListTagsForResource(%s): %v", arn, err)
	}
	return pairs(out.Tags)
}

func (b *fixture) tag(arn string, pairs ...string) error {
	_, err := b.client.TagResource(b.Context(), &ecs.TagResourceInput{ResourceArn: &arn, Tags: tags(pairs...)})
	return err
}

// taggable is one resource of each kind that can be tagged, and how its describe call shows its tags.
func (b *fixture) taggable() map[string]func() []types.Tag {
	definition := b.register("job", worker("app", "forever"))
	task := b.runOne("job")
	cluster, instance := "arn:aws:ecs:local:000000000000:cluster/default", b.instanceID("")
	return map[string]func() []types.Tag{
		definition: func() []types.Tag {
			out, err := b.client.DescribeTaskDefinition(b.Context(), &ecs.DescribeTaskDefinitionInput{
				TaskDefinition: &definition, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
			})
			if err != nil {
				b.Fatal(err)
			}
			return out.Tags
		},
		task: func() []types.Tag {
			out, err := b.client.DescribeTasks(b.Context(), &ecs.DescribeTasksInput{
				Tasks: []string{task}, Include: []types.TaskField{types.TaskFieldTags},
			})
			if err != nil {
				b.Fatal(err)
			}
			return out.Tasks[0].Tags
		},
		cluster: func() []types.Tag {
			out, err := b.client.DescribeClusters(b.Context(), &ecs.DescribeClustersInput{Include: []types.ClusterField{types.ClusterFieldTags}})
			if err != nil {
				b.Fatal(err)
			}
			return out.Clusters[0].Tags
		},
		instance: func() []types.Tag {
			out, err := b.client.DescribeContainerInstances(b.Context(), &ecs.DescribeContainerInstancesInput{
				ContainerInstances: []string{instance}, Include: []types.ContainerInstanceField{types.ContainerInstanceFieldTags},
			})
			if err != nil {
				b.Fatal(err)
			}
			return out.ContainerInstances[0].Tags
		},
	}
}

func TestTagging(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for arn, described := range b.taggable() {
			if got := b.tagsOf(arn); got != "" {
				t.Errorf("%s has tags at once: %s", arn, got)
			}
			if err := b.tag(arn, "a=1", "b=2", "c="); err != nil {
				t.Fatalf("%s: %v", arn, err)
			}
			if err := b.tag(arn, "b=3"); err != nil {
				t.Fatalf("%s: %v", arn, err)
			}
			_, err := b.client.UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"a", "none"}})
			if err != nil {
				t.Fatalf("%s: %v", arn, err)
			}
			if got := b.tagsOf(arn); got != "b=3 c=" {
				t.Errorf("%s has the tags %s", arn, got)
			}
			if got := pairs(described()); got != "b=3 c=" {
				t.Errorf("%s is described with the tags %s", arn, got)
			}
		}
	})
}

func TestTagsSurviveARestart(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		definition := b.register("job", worker("app", "forever"))
		arns := []string{definition, "arn:aws:ecs:local:000000000000:cluster/default", b.instanceID("")}
		for _, arn := range arns {
			if err := b.tag(arn, "a=1"); err != nil {
				t.Fatal(err)
			}
		}
		b.reopen()
		for _, arn := range arns {
			if got := b.tagsOf(arn); got != "a=1" {
				t.Errorf("%s has the tags %q", arn, got)
			}
		}
	})
}

func TestTagRefusals(t *testing.T) {
	const root = "arn:aws:ecs:local:000000000000:"
	fifty := []string{}
	for i := range 50 {
		fifty = append(fifty, fmt.Sprintf("k%d=v", i))
	}
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		definition := b.register("job", worker("app", "forever"))
		stopped := b.runOne("job")
		b.stop(stopped, "")
		b.task(stopped)
		for name, tt := range map[string]struct {
			arn, code, text string
			tags            []string
		}{
			"no ARN":              {"default", "InvalidParameterException", "ARN", nil},
			"another region":      {"arn:aws:ecs:us-east-1:000000000000:cluster/default", "InvalidParameterException", "ARN", nil},
			"unknown cluster":     {root + "cluster/none", "ClusterNotFoundException", "Cluster not found.", nil},
			"unknown definition":  {root + "task-definition/none:1", "ClientException", "does not exist", nil},
			"no revision":         {root + "task-definition/job", "ClientException", "does not exist", nil},
			"unknown task":        {root + "task/default/none", "InvalidParameterException", "not found", nil},
			"another's task":      {strings.Replace(stopped, "default", "none", 1), "InvalidParameterException", "not found", nil},
			"stopped task":        {stopped, "InvalidParameterException", "The specified task is stopped. Specify a running task and try again.", nil},
			"unknown instance":    {root + "container-instance/default/none", "InvalidParameterException", "not found", nil},
			"instance of no one":  {root + "container-instance/none/x", "ClusterNotFoundException", "Cluster not found.", nil},
			"service":             {root + "service/default/web", "InvalidParameterException", "not found", nil},
			"empty key":           {definition, "InvalidParameterException", "1 to 128", []string{"=v"}},
			"long key":            {definition, "InvalidParameterException", "1 to 128", []string{strings.Repeat("é", 129) + "=v"}},
			"long value":          {definition, "InvalidParameterException", "256", []string{"k=" + strings.Repeat("é", 257)}},
			"AWS's":               {definition, "InvalidParameterException", "aws:", []string{"AWS:k=v"}},
			"AWS's value":         {definition, "InvalidParameterException", "aws:", []string{"k=aws:v"}},
			"key twice":           {definition, "InvalidParameterException", "more than once", []string{"k=v", "k=v"}},
			"fifty-one":           {definition, "InvalidParameterException", "50", append([]string{"one=more"}, fifty...)},
			"one beside the 49th": {definition, "", "", fifty},
			"the fifty-first":     {definition, "InvalidParameterException", "50", []string{"one=more"}},
		} {
			if name == "the fifty-first" {
				if err := b.tag(definition, fifty...); err != nil {
					t.Fatal(err)
				}
			}
			err := b.tag(tt.arn, tt.tags...)
			wantCode(t, err, tt.code)
			if err != nil && !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s: %v does not say %q", name, err, tt.text)
			}
		}
		_, err := b.client.UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: &definition, TagKeys: []string{"aws:x"}})
		wantCode(t, err, "InvalidParameterException")
	})
}

// What a tag must be holds wherever tags are given.
func TestTagsAreCheckedWhereverTheyAreGiven(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		bad := tags("aws:k=v")
		_, run := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job"), Tags: bad})
		_, start := b.client.StartTask(t.Context(), &ecs.StartTaskInput{
			TaskDefinition: new("job"), ContainerInstances: []string{b.instanceID("")}, Tags: bad,
		})
		_, register := b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: new("job"), ContainerDefinitions: []types.ContainerDefinition{worker("app", "forever")}, Tags: bad,
		})
		_, create := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: new("blue"), Tags: bad})
		for _, err := range []error{run, start, register, create} {
			wantCode(t, err, "InvalidParameterException")
		}
	})
}

func TestAStopTakesATasksTagsAway(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		b.register("short", worker("app", "fail3"))
		task := *b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Tags: tags("a=1")}).Tasks[0].TaskArn
		ended := *b.run(&ecs.RunTaskInput{TaskDefinition: new("short"), Tags: tags("a=1")}).Tasks[0].TaskArn
		b.stop(task, "enough")
		for arn, want := range map[string]string{task: "", ended: "a=1"} {
			out, err := b.client.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}, Include: []types.TaskField{types.TaskFieldTags}})
			if err != nil {
				t.Fatal(err)
			}
			if got := pairs(out.Tasks[0].Tags); got != want {
				t.Errorf("%s has the tags %q, want %q", arn, got, want)
			}
		}
	})
}
