package awsecs_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/awsecs"
	"davit/internal/run"
	"davit/internal/taskdef"
)

func arns(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("arn:aws:ecs:eu-central-1:1:task/c/%03d", i)
	}
	return all
}

func TestDescribeInBatches(t *testing.T) {
	tests := map[int][]int{0: nil, 1: {1}, 100: {100}, 101: {100, 1}, 250: {100, 100, 50}}
	for n, batches := range tests {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			fake := newFake(t).on("DescribeTasks", ok(`{"tasks":[{"taskArn":"t"}],"failures":[{"arn":"m","reason":"MISSING"}]}`))
			all := arns(n)
			got, err := awsecs.New(fake.client()).Describe(t.Context(), "blue", all)
			if err != nil {
				t.Fatal(err)
			}
			var sizes []int
			var asked []string
			for _, c := range fake.calls() {
				in := value(t, c.body).(map[string]any)
				if in["cluster"] != "blue" || !cmp.Equal(in["include"], []any{"TAGS"}) {
					t.Errorf("cluster %v, include %v", in["cluster"], in["include"])
				}
				tasks := in["tasks"].([]any)
				sizes = append(sizes, len(tasks))
				for _, task := range tasks {
					asked = append(asked, task.(string))
				}
			}
			if !slices.Equal(sizes, batches) || !slices.Equal(asked, all) {
				t.Errorf("batches %v, want %v of the ARNs in order", sizes, batches)
			}
			if len(got.Tasks) != len(batches) || len(got.Missing) != len(batches) {
				t.Errorf("%d tasks and %d missing of %d answers", len(got.Tasks), len(got.Missing), len(batches))
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	tests := []struct {
		name  string
		reply reply
		want  *run.EngineError
	}{
		{"NoneThere", ok(`{"tasks":[]}`), nil},
		{"OtherFailure", ok(`{"tasks":[],"failures":[{"arn":"a","reason":"DENIED","detail":"not yours"}]}`),
			&run.EngineError{Operation: "DescribeTasks", Code: "DENIED", Message: "a not yours"}},
		{"Bare", ok(`{}`), &run.EngineError{Operation: "DescribeTasks", Unclear: true}},
		{"NoCluster", refusal(400, "ClusterNotFoundException", "Cluster not found."),
			&run.EngineError{Operation: "DescribeTasks", Code: "ClusterNotFoundException", Message: "Cluster not found.", Unknown: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("DescribeTasks", tt.reply)
			got, err := awsecs.New(fake.client()).Describe(t.Context(), "", []string{"a"})
			checkError(t, tt.want, err)
			if len(got.Tasks)+len(got.Missing) != 0 {
				t.Errorf("got %v", got)
			}
			if in := value(t, fake.calls()[0].body).(map[string]any); in["cluster"] != nil {
				t.Errorf("cluster %v was sent for the default", in["cluster"])
			}
		})
	}
}

// Tags are asked for, so a task that shows none has none; of a launch call's answer that cannot be said.
func TestDescribeTellsThatThereAreNoTags(t *testing.T) {
	fake := newFake(t).on("DescribeTasks", ok(`{"tasks":[{"taskArn":"a"},{"taskArn":"b","tags":[]},{"taskArn":"c","tags":[{"key":"k","value":"v"}]}]}`)).
		on("RunTask", ok(`{"tasks":[{"taskArn":"a"}]}`))
	engine := awsecs.New(fake.client())
	got, err := engine.Describe(t.Context(), "", []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"taskArn":"a","tags":[],"version":0}`, `{"taskArn":"b","tags":[],"version":0}`, `{"taskArn":"c","tags":[{"key":"k","value":"v"}],"version":0}`,
	} {
		if diff := cmp.Diff(value(t, want), value(t, string(got.Tasks[i]))); diff != "" {
			t.Error(diff)
		}
	}
	if in := value(t, fake.calls()[0].body).(map[string]any); !cmp.Equal(in["include"], []any{"TAGS"}) {
		t.Errorf("include %v, want TAGS", in["include"])
	}
	placed, err := engine.Launch(t.Context(), run.RunTask, []byte(runInput))
	if err != nil || cmp.Equal(value(t, string(placed.Tasks[0])), value(t, `{"taskArn":"a","tags":[],"version":0}`)) {
		t.Errorf("%s %v", placed.Tasks, err)
	}
}

// A batch that fails takes the others with it: half an answer would read as tasks that are gone.
func TestDescribeIsAllOrNothing(t *testing.T) {
	fake := newFake(t).on("DescribeTasks", ok(`{"tasks":[{"taskArn":"t"}]}`), refusal(400, "AccessDeniedException", "no"))
	got, err := awsecs.New(fake.client()).Describe(t.Context(), "", arns(300))
	_ = engineError(t, err)
	if n := len(fake.calls()); n != 2 || got.Tasks != nil {
		t.Errorf("%d calls and %d tasks, want 2 and none", n, len(got.Tasks))
	}
}

// What does no harm twice is tried three times, with short pauses.
func TestRetries(t *testing.T) {
	good := map[string]reply{
		"DescribeTasks":          ok(`{"tasks":[{"taskArn":"a"}]}`),
		"ListTasks":              ok(`{"taskArns":["a"]}`),
		"StopTask":               ok(`{"task":{"taskArn":"a"}}`),
		"DescribeTaskDefinition": ok(`{"taskDefinition":{"family":"a","status":"ACTIVE"}}`),
		"DescribeClusters":       ok(`{"clusters":[{"status":"ACTIVE"}]}`),

		"DeregisterTaskDefinition": ok(`{"taskDefinition":{"family":"a","status":"INACTIVE"}}`),
		"ListTaskDefinitions":      ok(`{"taskDefinitionArns":[]}`),
	}
	failures := map[string]struct {
		reply reply
		tries int
	}{
		"throttle": {refusal(400, "ThrottlingException", "Rate exceeded"), 3},
		"500":      {refusal(500, "ServerException", "oops"), 3},
		"503":      {reply{status: 503, body: "<html>"}, 3},
		"broken":   {reply{err: errors.New("connection reset by peer")}, 3},
		"denied":   {refusal(400, "AccessDeniedException", "no"), 1},
	}
	for op := range good {
		for name, failure := range failures {
			t.Run(op+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					fake := newFake(t).on(op, failure.reply)
					began := time.Now()
					_ = engineError(t, ask(t, fake, op))
					if n := len(fake.calls()); n != failure.tries {
						t.Errorf("%d tries, want %d", n, failure.tries)
					}
					if took := time.Since(began); took > 4*time.Second {
						t.Errorf("it took %v", took)
					}
					if failure.tries == 1 {
						return
					}
					fake = newFake(t).on(op, failure.reply, failure.reply, good[op])
					if err := ask(t, fake, op); err != nil {
						t.Errorf("the third try was good, yet %v", err)
					}
				})
			})
		}
	}
}

func ask(t *testing.T, fake *fakeECS, op string) error {
	t.Helper()
	client := fake.client()
	var err error
	switch op {
	case "DescribeTasks":
		_, err = awsecs.NewDescriber(client).Describe(t.Context(), "", []string{"a"})
	case "ListTasks":
		_, err = awsecs.NewLister(client).List(t.Context(), run.TaskQuery{})
	case "StopTask":
		_, err = awsecs.NewStopper(client).Stop(t.Context(), "", "a", "")
	case "DescribeTaskDefinition":
		_, err = awsecs.NewCatalog(client).Definition(t.Context(), "a")
	case "DescribeClusters":
		err = awsecs.NewCatalog(client).Cluster(t.Context(), "a")
	case "DeregisterTaskDefinition":
		_, err = awsecs.NewRegistrar(client).Deregister(t.Context(), "a:1")
	case "ListTaskDefinitions":
		_, err = awsecs.NewRegistrar(client).List(t.Context(), taskdef.Query{Limit: 1})
	default:
		t.Fatalf("no call of %s here", op)
	}
	return err
}

// checkError compares the domain's errors, their causes aside; want nil is success.
func checkError(t *testing.T, want *run.EngineError, err error) {
	t.Helper()
	if want == nil {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, engineError(t, err), withoutCause); diff != "" {
		t.Error(diff)
	}
}

func TestListReadsEveryPage(t *testing.T) {
	fake := newFake(t).on("ListTasks",
		ok(`{"taskArns":["a","b"],"nextToken":"2"}`), ok(`{"taskArns":[],"nextToken":"3"}`), ok(`{"taskArns":["c"]}`))
	got, err := awsecs.New(fake.client()).List(t.Context(), run.TaskQuery{Cluster: "blue", Family: "app", Stopped: true})
	if err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Fatalf("%v, %v", got, err)
	}
	var sent []any
	for _, c := range fake.calls() {
		sent = append(sent, value(t, c.body))
	}
	want := value(t, `[{"cluster":"blue","family":"app","desiredStatus":"STOPPED","maxResults":100},
		{"cluster":"blue","family":"app","desiredStatus":"STOPPED","maxResults":100,"nextToken":"2"},
		{"cluster":"blue","family":"app","desiredStatus":"STOPPED","maxResults":100,"nextToken":"3"}]`)
	if diff := cmp.Diff(want, any(sent)); diff != "" {
		t.Error(diff)
	}
}

// ECS takes startedBy as the only filter, so nothing that is ECS's default goes beside it.
func TestListByStartedByAlone(t *testing.T) {
	fake := newFake(t).on("ListTasks", ok(`{"taskArns":[]}`))
	if got, err := awsecs.New(fake.client()).List(t.Context(), run.TaskQuery{StartedBy: "davit-x-01"}); err != nil || len(got) != 0 {
		t.Fatalf("%v, %v", got, err)
	}
	if diff := cmp.Diff(value(t, `{"startedBy":"davit-x-01","maxResults":100}`), value(t, fake.calls()[0].body)); diff != "" {
		t.Error(diff)
	}
}

func TestListIsWholeOrAnError(t *testing.T) {
	tests := []struct {
		name    string
		replies []reply
		calls   int
		want    run.EngineError
	}{
		{"NeverEnds", []reply{ok(`{"taskArns":["a"],"nextToken":"n"}`)}, 10, run.EngineError{Message: "more than 10 pages of tasks match", Truncated: true}},
		{"LaterPageFails", []reply{ok(`{"taskArns":["a"],"nextToken":"n"}`), refusal(400, "AccessDeniedException", "no")}, 2,
			run.EngineError{Code: "AccessDeniedException", Message: "no"}},
		{"Bare", []reply{ok(`{}`)}, 1, run.EngineError{Unclear: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("ListTasks", tt.replies...)
			got, err := awsecs.New(fake.client()).List(t.Context(), run.TaskQuery{})
			tt.want.Operation = "ListTasks"
			checkError(t, &tt.want, err)
			if n := len(fake.calls()); n != tt.calls || !tt.want.Truncated && got != nil {
				t.Errorf("%d calls and %v, want %d and nothing", n, got, tt.calls)
			}
		})
	}
}

func TestStop(t *testing.T) {
	gone := &run.EngineError{Operation: "StopTask", Code: "InvalidParameterException", Message: "The referenced task was not found.", Unknown: true}
	tests := []struct {
		name                 string
		cluster, reason      string
		reply                reply
		wantSent, wantAnswer string
		want                 *run.EngineError
	}{
		{"OK", "blue", "enough", ok(`{"task":{"taskArn":"a","desiredStatus":"STOPPED","stoppingAt":1763751234}}`),
			`{"cluster":"blue","task":"a","reason":"enough"}`, `{"taskArn":"a","desiredStatus":"STOPPED","stoppingAt":"2025-11-21T18:53:54.000Z","version":0}`, nil},
		{"Gone", "", "", refusal(400, gone.Code, gone.Message), `{"task":"a"}`, "", gone},
		{"Bare", "", "", ok(`{}`), `{"task":"a"}`, "", &run.EngineError{Operation: "StopTask", Unclear: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("StopTask", tt.reply)
			got, err := awsecs.New(fake.client()).Stop(t.Context(), tt.cluster, "a", tt.reason)
			checkError(t, tt.want, err)
			if diff := cmp.Diff(value(t, tt.wantSent), value(t, fake.calls()[0].body)); diff != "" {
				t.Error(diff)
			}
			if tt.wantAnswer != "" && !cmp.Equal(value(t, tt.wantAnswer), value(t, string(got))) {
				t.Errorf("got %s, want %s", got, tt.wantAnswer)
			}
		})
	}
}
