package localecs_test

import (
	"net/http"
	"os"
	"reflect"
	"regexp"
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

// The list in docs/local.md is that of the operations that are answered, and every other one is refused as ECS refuses a feature.
func TestDocumentedOperations(t *testing.T) {
	text, err := os.ReadFile("../../docs/local.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(text), "\n### Operations\n")
	list, _, ended := strings.Cut(list, "\n#")
	if !found || !ended {
		t.Fatal("docs/local.md has no part with the operations")
	}
	documented := regexp.MustCompile(`\b[A-Z][a-z]+[A-Z][A-Za-z]+\b`).FindAllString(list, -1)
	server := newServer(t, localecs.Options{})
	answered := []string{}
	for m := range reflect.TypeFor[*ecs.Client]().Methods() {
		if m.Name == "Options" {
			continue
		}
		w := post(server, m.Name, "{}", nil)
		if !strings.Contains(w.Body.String(), "UnsupportedFeatureException") {
			answered = append(answered, m.Name)
		} else if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), m.Name) {
			t.Errorf("%s: %d %s", m.Name, w.Code, w.Body)
		}
	}
	slices.Sort(documented)
	if diff := cmp.Diff(answered, slices.Compact(documented)); diff != "" {
		t.Errorf("answered (-) and documented (+):\n%s", diff)
	}
}

func TestListTaskDefinitionFamilies(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		for _, family := range []string{"web", "web-old", "job"} {
			b.register(family, worker("app", "forever"))
		}
		b.register("web", worker("app", "forever"))
		b.deregister("web:1")
		b.deregister("web-old:1")
		for _, tt := range []struct {
			in   ecs.ListTaskDefinitionFamiliesInput
			want string
		}{
			{ecs.ListTaskDefinitionFamiliesInput{}, "job web web-old"},
			{ecs.ListTaskDefinitionFamiliesInput{Status: types.TaskDefinitionFamilyStatusAll}, "job web web-old"},
			{ecs.ListTaskDefinitionFamiliesInput{Status: types.TaskDefinitionFamilyStatusActive}, "job web"},
			{ecs.ListTaskDefinitionFamiliesInput{Status: types.TaskDefinitionFamilyStatusInactive}, "web-old"},
			{ecs.ListTaskDefinitionFamiliesInput{FamilyPrefix: new("web")}, "web web-old"},
			{ecs.ListTaskDefinitionFamiliesInput{FamilyPrefix: new("x")}, ""},
		} {
			for _, size := range []int32{1, 100} {
				in := tt.in
				in.MaxResults = &size
				var got []string
				pages := ecs.NewListTaskDefinitionFamiliesPaginator(b.client, &in)
				for pages.HasMorePages() {
					out, err := pages.NextPage(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, out.Families...)
				}
				if strings.Join(got, " ") != tt.want {
					t.Errorf("%+v: %v, want %s", tt.in, got, tt.want)
				}
			}
		}
		_, err := b.client.ListTaskDefinitionFamilies(t.Context(), &ecs.ListTaskDefinitionFamiliesInput{Status: "SOME"})
		wantCode(t, err, "InvalidParameterException")
	})
}

func (b *fixture) deregister(ref string) {
	b.Helper()
	_, err := b.client.DeregisterTaskDefinition(b.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &ref})
	if err != nil {
		b.Fatalf("DeregisterTaskDefinition(%s): %v", ref, err)
	}
}

func (b *fixture) deleteDefinitions(refs ...string) *ecs.DeleteTaskDefinitionsOutput {
	b.Helper()
	out, err := b.client.DeleteTaskDefinitions(b.Context(), &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: refs})
	if err != nil {
		b.Fatalf("DeleteTaskDefinitions(%v): %v", refs, err)
	}
	return out
}

func TestADeletedRevisionGoesWithItsLastTask(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		b.register("idle", worker("app", "forever"))
		task := b.runOne("job")
		b.deregister("job:1")
		b.deregister("idle:1")
		for range 2 { // deleting it again changes nothing
			out := b.deleteDefinitions("job:1", "idle:1")
			switch {
			case len(out.TaskDefinitions) != 2:
				t.Fatalf("DeleteTaskDefinitions: len(out.TaskDefinitions) is %v, want 2", len(out.TaskDefinitions))
			case out.TaskDefinitions[0].Status != types.TaskDefinitionStatusDeleteInProgress:
				t.Fatalf("DeleteTaskDefinitions: out.TaskDefinitions[0].Status is %v, want %v", out.TaskDefinitions[0].Status, types.TaskDefinitionStatusDeleteInProgress)
			case out.TaskDefinitions[0].DeleteRequestedAt == nil:
				t.Fatal("DeleteTaskDefinitions: out.TaskDefinitions[0].DeleteRequestedAt is nil")
			}
		}
		_, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job:1")})
		wantCode(t, err, "InvalidParameterException")
		b.checkDeleting("idle:1", "job:1")
		time.Sleep(time.Hour)
		b.checkDeleting("job:1") // which has a task that runs
		b.checkGone("idle:1")
		b.stop(task, "")
		synctest.Wait()
		b.reopen()
		b.checkDeleting()
		b.checkGone("job:1")
		if got := b.register("job", worker("app", "forever")); !strings.HasSuffix(got, "job:2") {
			t.Errorf("a deleted revision's number was used again: %s", got)
		}
	})
}

func (b *fixture) checkDeleting(want ...string) {
	b.Helper()
	got := b.definitions(ecs.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusDeleteInProgress}, 100)
	if !slices.Equal(got, want) {
		b.Errorf("being deleted: %v, want %v", got, want)
	}
}

func (b *fixture) checkGone(ref string) {
	b.Helper()
	_, err := b.client.DescribeTaskDefinition(b.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &ref})
	wantCode(b.T, err, "ClientException")
	out, err := b.client.ListTaskDefinitionFamilies(b.Context(), &ecs.ListTaskDefinitionFamiliesInput{})
	if family, _, _ := strings.Cut(ref, ":"); err != nil || slices.Contains(out.Families, family) {
		b.Errorf("%s is still there: %v %v", family, out, err)
	}
}

func TestDeleteTaskDefinitionsFailures(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		active := b.register("job", worker("app", "forever"))
		out := b.deleteDefinitions(active, "job", "job:2", "none:1")
		got := []string{}
		for _, f := range out.Failures {
			got = append(got, *f.Arn+": "+*f.Reason)
		}
		switch diff := cmp.Diff([]string{
			active + ": The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
			"job: The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
			"job:2: The specified task definition does not exist. Specify a valid account, family, revision and try again.",
			"none:1: The specified task definition does not exist. Specify a valid account, family, revision and try again.",
		}, got); {
		case diff != "":
			t.Errorf("diff is %v, want ", diff)
		case len(out.TaskDefinitions) > 0:
			t.Errorf("len(out.TaskDefinitions) is %v, want at most %v", len(out.TaskDefinitions), 0)
		}
		for _, refs := range [][]string{{}, slices.Repeat([]string{"job:1"}, 11)} {
			_, err := b.client.DeleteTaskDefinitions(t.Context(), &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: refs})
			wantCode(t, err, "InvalidParameterException")
		}
	})
}

func TestDeleteCluster(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		blue := new("blue")
		if _, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: blue, Tags: tags("a=1")}); err != nil {
			t.Fatal(err)
		}
		task := *b.run(&ecs.RunTaskInput{TaskDefinition: new("job"), Cluster: blue}).Tasks[0].TaskArn
		_, err := b.client.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: blue})
		wantCode(t, err, "ClusterContainsTasksException")
		if _, err := b.client.StopTask(t.Context(), &ecs.StopTaskInput{Cluster: blue, Task: &task}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for range 2 { // deleting it again changes nothing
			out, err := b.client.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: blue})
			switch {
			case err != nil:
				t.Fatalf("DeleteCluster: error %v", err)
			case *out.Cluster.Status != "INACTIVE":
				t.Fatalf("DeleteCluster: *out.Cluster.Status is %v, want INACTIVE", *out.Cluster.Status)
			case len(out.Cluster.Tags) > 0:
				t.Fatalf("DeleteCluster: len(out.Cluster.Tags) is %v, want at most %v", len(out.Cluster.Tags), 0)
			}
		}
		b.reopen()
		b.checkInactive(blue)
		out, err := b.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: blue})
		switch {
		case err != nil:
			t.Errorf("CreateCluster: error %v", err)
		case *out.Cluster.Status != "ACTIVE":
			t.Errorf("CreateCluster: *out.Cluster.Status is %v, want ACTIVE", *out.Cluster.Status)
		case len(out.Cluster.Tags) > 0:
			t.Errorf("CreateCluster: len(out.Cluster.Tags) is %v, want at most %v", len(out.Cluster.Tags), 0)
		}
		_, err = b.client.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: new("none")})
		wantCode(t, err, "ClusterNotFoundException")
	})
}

// checkInactive looks at a deleted cluster: it is described still, listed no more, and takes no calls.
func (b *fixture) checkInactive(name *string) {
	b.Helper()
	out, err := b.client.DescribeClusters(b.Context(), &ecs.DescribeClustersInput{Clusters: []string{*name}})
	switch {
	case err != nil:
		b.Errorf("DescribeClusters: error %v", err)
	case len(out.Clusters) != 1:
		b.Errorf("DescribeClusters: len(out.Clusters) is %v, want 1", len(out.Clusters))
	case *out.Clusters[0].Status != "INACTIVE":
		b.Errorf("DescribeClusters: *out.Clusters[0].Status is %v, want INACTIVE", *out.Clusters[0].Status)
	case out.Clusters[0].RegisteredContainerInstancesCount != 0:
		b.Errorf("DescribeClusters: out.Clusters[0].RegisteredContainerInstancesCount is %v, want 0", out.Clusters[0].RegisteredContainerInstancesCount)
	}
	list, err := b.client.ListClusters(b.Context(), &ecs.ListClustersInput{})
	switch {
	case err != nil:
		b.Errorf("ListClusters: error %v", err)
	case len(list.ClusterArns) != 1:
		b.Errorf("ListClusters: len(list.ClusterArns) is %v, want 1", len(list.ClusterArns))
	}
	_, err = b.client.RunTask(b.Context(), &ecs.RunTaskInput{TaskDefinition: new("job"), Cluster: name})
	wantCode(b.T, err, "ClusterNotFoundException")
	if err == nil || !strings.Contains(err.Error(), "The referenced cluster was inactive.") {
		b.Errorf("RunTask: %v", err)
	}
	err = b.tag(*out.Clusters[0].ClusterArn, "a=1")
	wantCode(b.T, err, "InvalidParameterException")
}

func TestThereAreNoServices(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "forever"))
		task := b.runOne("job")
		list, err := b.client.ListServices(t.Context(), &ecs.ListServicesInput{})
		switch {
		case err != nil:
			t.Errorf("ListServices: error %v", err)
		case list.ServiceArns == nil:
			t.Error("ListServices: list.ServiceArns is nil")
		case len(list.ServiceArns) > 0:
			t.Errorf("ListServices: len(list.ServiceArns) is %v, want at most %v", len(list.ServiceArns), 0)
		case list.NextToken != nil:
			t.Errorf("ListServices: list.NextToken is %v, want nil", list.NextToken)
		}
		described, err := b.client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}})
		switch {
		case err != nil:
			t.Fatalf("DescribeServices: error %v", err)
		case len(described.Services) > 0:
			t.Fatalf("DescribeServices: len(described.Services) is %v, want at most %v", len(described.Services), 0)
		}
		want := "arn:aws:ecs:local:000000000000:service/default/web MISSING; "
		if got := failures(described.Failures); got != want {
			t.Errorf("DescribeServices: %s", got)
		}
		want = task + " TASK_NOT_VALID; arn:aws:ecs:local:000000000000:task/default/none MISSING; "
		read, err := b.client.GetTaskProtection(t.Context(), &ecs.GetTaskProtectionInput{Cluster: new("default"), Tasks: []string{task, "none"}})
		switch {
		case err != nil:
			t.Errorf("GetTaskProtection: error %v", err)
		case failures(read.Failures) != want:
			t.Errorf("GetTaskProtection: failures %q, want %q", failures(read.Failures), want)
		}
		set, err := b.client.UpdateTaskProtection(t.Context(), &ecs.UpdateTaskProtectionInput{
			Cluster: new("default"), Tasks: []string{task, "none"}, ProtectionEnabled: true,
		})
		switch {
		case err != nil:
			t.Errorf("UpdateTaskProtection: error %v", err)
		case failures(set.Failures) != want:
			t.Errorf("UpdateTaskProtection: failures %q, want %q", failures(set.Failures), want)
		case len(set.ProtectedTasks) > 0:
			t.Errorf("UpdateTaskProtection: len(set.ProtectedTasks) is %v, want at most %v", len(set.ProtectedTasks), 0)
		}
		_, err = b.client.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: new("web")})
		wantCode(t, err, "ServiceNotFoundException")
		for _, services := range [][]string{{}, slices.Repeat([]string{"web"}, 11)} {
			_, err = b.client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: services})
			wantCode(t, err, "InvalidParameterException")
		}
	})
}

func failures(all []types.Failure) string {
	var text strings.Builder
	for _, f := range all {
		text.WriteString(*f.Arn + " " + *f.Reason + "; ")
	}
	return text.String()
}

func TestIncludeIsWhatECSHas(t *testing.T) {
	server := newServer(t, localecs.Options{})
	post(server, "RegisterTaskDefinition", `{"family":"f","containerDefinitions":[{"name":"a","image":"i","memory":4}]}`, nil)
	for operation, tt := range map[string]struct{ in, allowed string }{
		"DescribeTasks":              {`"tasks":["x"]`, "[TAGS]"},
		"DescribeTaskDefinition":     {`"taskDefinition":"f"`, "[TAGS]"},
		"DescribeClusters":           {`"clusters":["default"]`, "[ATTACHMENTS, CONFIGURATIONS, SETTINGS, STATISTICS, TAGS]"},
		"DescribeContainerInstances": {`"containerInstances":["x"]`, "[TAGS, CONTAINER_INSTANCE_HEALTH]"},
	} {
		if w := post(server, operation, "{"+tt.in+`,"include":["TAGS"]}`, nil); w.Code != http.StatusOK {
			t.Errorf("%s: %s", operation, w.Body)
		}
		w := post(server, operation, "{"+tt.in+`,"include":["ALL"]}`, nil)
		checkAnswer(t, w, http.StatusBadRequest, "InvalidParameterException")
		if want := "include should be one of " + tt.allowed + "."; !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s does not say %q: %s", operation, want, w.Body)
		}
	}
}
