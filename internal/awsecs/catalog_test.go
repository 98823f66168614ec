package awsecs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/awsecs"
	"davit/internal/run"
)

const logged = `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-central-1:1:task-definition/app:7","family":"app","revision":7,"status":"ACTIVE",
	"containerDefinitions":[
		{"name":"app","image":"x","logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/g","awslogs-region":"eu-central-1",
			"awslogs-stream-prefix":"app","awslogs-create-group":"true"}}},
		{"name":"side","essential":false,"logConfiguration":{"logDriver":"splunk","options":{"splunk-token":"secret"}}},
		{"name":"plain","essential":true}]}}`

func TestDefinition(t *testing.T) {
	fake := newFake(t).on("DescribeTaskDefinition", ok(logged))
	got, err := awsecs.NewCatalog(fake.client()).Definition(t.Context(), "app")
	if err != nil {
		t.Fatal(err)
	}
	want := run.Definition{
		ARN: "arn:aws:ecs:eu-central-1:1:task-definition/app:7", Family: "app", Revision: 7,
		Containers: []run.Container{
			{Name: "app", Essential: true, LogDriver: "awslogs", LogOptions: map[string]string{
				"awslogs-group": "/g", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "app"}},
			{Name: "side", LogDriver: "splunk"},
			{Name: "plain", Essential: true},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(value(t, `{"taskDefinition":"app"}`), value(t, fake.calls()[0].body)); diff != "" {
		t.Error(diff)
	}
}

func TestDefinitionThatCannotBeUsed(t *testing.T) {
	tests := []struct {
		name  string
		reply reply
		want  run.EngineError
	}{
		{"Undescribable", refusal(400, "ClientException", "Unable to describe task definition."),
			run.EngineError{Code: "ClientException", Message: "Unable to describe task definition.", Unknown: true}},
		{"NotFound", refusal(400, "ClientException", "TaskDefinition not found."),
			run.EngineError{Code: "ClientException", Message: "TaskDefinition not found.", Unknown: true}},
		{"Inactive", ok(`{"taskDefinition":{"family":"app","status":"INACTIVE"}}`),
			run.EngineError{Message: "the task definition is INACTIVE", Unknown: true}},
		{"BeingDeleted", ok(`{"taskDefinition":{"family":"app","status":"DELETE_IN_PROGRESS"}}`),
			run.EngineError{Message: "the task definition is DELETE_IN_PROGRESS", Unknown: true}},
		{"OtherRefusal", refusal(400, "ClientException", "Invalid revision number. Number: x"),
			run.EngineError{Code: "ClientException", Message: "Invalid revision number. Number: x"}},
		{"Denied", refusal(400, "AccessDeniedException", "no"), run.EngineError{Code: "AccessDeniedException", Message: "no"}},
		{"Bare", ok(`{}`), run.EngineError{Unclear: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("DescribeTaskDefinition", tt.reply)
			_, err := awsecs.NewCatalog(fake.client()).Definition(t.Context(), "app:1")
			tt.want.Operation = "DescribeTaskDefinition"
			checkError(t, &tt.want, err)
		})
	}
}

func TestCluster(t *testing.T) {
	active := ok(`{"clusters":[{"clusterName":"blue","status":"ACTIVE"}],"failures":[]}`)
	tests := []struct {
		name    string
		cluster string
		reply   reply
		sent    string
		want    *run.EngineError
	}{
		{"Active", "blue", active, `{"clusters":["blue"]}`, nil},
		{"Default", "", active, `{}`, nil},
		{"Missing", "blue", ok(`{"clusters":[],"failures":[{"arn":"arn:blue","reason":"MISSING"}]}`), `{"clusters":["blue"]}`,
			&run.EngineError{Code: "MISSING", Message: "arn:blue", Unknown: true}},
		{"OtherFailure", "blue", ok(`{"clusters":[],"failures":[{"arn":"arn:blue","reason":"DENIED"}]}`), `{"clusters":["blue"]}`,
			&run.EngineError{Code: "DENIED", Message: "arn:blue"}},
		{"Inactive", "blue", ok(`{"clusters":[{"clusterName":"blue","status":"INACTIVE"}]}`), `{"clusters":["blue"]}`,
			&run.EngineError{Message: "the cluster is INACTIVE", Unknown: true}},
		{"NotFound", "blue", refusal(400, "ClusterNotFoundException", "Cluster not found."), `{"clusters":["blue"]}`,
			&run.EngineError{Code: "ClusterNotFoundException", Message: "Cluster not found.", Unknown: true}},
		{"Denied", "blue", refusal(400, "AccessDeniedException", "no"), `{"clusters":["blue"]}`,
			&run.EngineError{Code: "AccessDeniedException", Message: "no"}},
		{"Bare", "blue", ok(`{}`), `{"clusters":["blue"]}`, &run.EngineError{Unclear: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("DescribeClusters", tt.reply)
			err := awsecs.NewCatalog(fake.client()).Cluster(t.Context(), tt.cluster)
			if tt.want != nil {
				tt.want.Operation = "DescribeClusters"
			}
			checkError(t, tt.want, err)
			if diff := cmp.Diff(value(t, tt.sent), value(t, fake.calls()[0].body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
