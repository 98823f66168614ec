package awsecs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/awsecs"
	"davit/internal/run"
	"davit/internal/taskdef"
)

func TestRegister(t *testing.T) {
	fake := newFake(t).on("RegisterTaskDefinition", ok(`{"taskDefinition":{"family":"app","revision":2,"status":"ACTIVE","registeredAt":1763751234.5},
		"tags":[{"key":"davit:content-hash","value":"h"}]}`))
	input := `{"family":"app","containerDefinitions":[{"name":"app","image":"x","command":["true"]}],"tags":[{"key":"davit:content-hash","value":"h"}]}`
	got, err := awsecs.NewRegistrar(fake.client()).Register(t.Context(), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(value(t, input), value(t, fake.calls()[0].body)); diff != "" {
		t.Error(diff)
	}
	want := `{"family":"app","revision":2,"status":"ACTIVE","registeredAt":"2025-11-21T18:53:54.500Z"}`
	if diff := cmp.Diff(value(t, want), value(t, string(got.Definition))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]taskdef.Tag{{Key: "davit:content-hash", Value: "h"}}, got.Tags); diff != "" {
		t.Error(diff)
	}
}

func TestRegisterRefused(t *testing.T) {
	tests := []struct {
		name  string
		reply reply
		want  run.EngineError
	}{
		{"Client", refusal(400, "ClientException", "No Fargate configuration exists"), run.EngineError{Code: "ClientException", Message: "No Fargate configuration exists"}},
		{"Limit", refusal(400, "LimitExceededException", "full"), run.EngineError{Code: "LimitExceededException", Message: "full"}},
		{"Server", refusal(500, "ServerException", "oops"), run.EngineError{Code: "ServerException", Message: "oops", Unclear: true}},
		{"Bare", ok(`{}`), run.EngineError{Unclear: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("RegisterTaskDefinition", tt.reply)
			_, err := awsecs.NewRegistrar(fake.client()).Register(t.Context(), []byte(`{"family":"a","containerDefinitions":[]}`))
			tt.want.Operation = "RegisterTaskDefinition"
			checkError(t, &tt.want, err)
			if n := len(fake.calls()); n != 1 {
				t.Errorf("%d requests, want exactly 1: each could make a revision", n)
			}
		})
	}
}

func TestDescribeDefinition(t *testing.T) {
	fake := newFake(t).on("DescribeTaskDefinition",
		ok(`{"taskDefinition":{"family":"app","revision":2,"status":"ACTIVE"},"tags":[{"key":"davit:content-hash","value":"h"},{"key":"team"}]}`),
		ok(`{"taskDefinition":{"family":"app","revision":1,"status":"INACTIVE","deregisteredAt":1763751234.5},"tags":[]}`),
		refusal(400, "ClientException", "Unable to describe task definition."), ok(`{}`))
	registrar := awsecs.NewRegistrar(fake.client())
	for _, tt := range []struct {
		name, want string
		tags       []taskdef.Tag
	}{
		{"app", `{"family":"app","revision":2,"status":"ACTIVE"}`, []taskdef.Tag{{Key: "davit:content-hash", Value: "h"}, {Key: "team"}}},
		{"app:1", `{"family":"app","revision":1,"status":"INACTIVE","deregisteredAt":"2025-11-21T18:53:54.500Z"}`, []taskdef.Tag{}},
	} {
		got, err := registrar.Describe(t.Context(), tt.name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.tags, got.Tags); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(value(t, tt.want), value(t, string(got.Definition))); diff != "" {
			t.Error(diff)
		}
		calls := fake.calls()
		if diff := cmp.Diff(value(t, `{"taskDefinition":"`+tt.name+`","include":["TAGS"]}`), value(t, calls[len(calls)-1].body)); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := registrar.Describe(t.Context(), "app:9"); !engineError(t, err).Unknown {
		t.Errorf("a revision that is not there: %v is not Unknown", err)
	}
	if _, err := registrar.Describe(t.Context(), "app"); !engineError(t, err).Unclear {
		t.Errorf("an empty reply: %v is not Unclear", err)
	}
}

func TestDeregister(t *testing.T) {
	none := "The specified task definition does not exist. Specify a valid account, family, revision and try again."
	tests := []struct {
		name  string
		reply reply
		tries int
		want  *run.EngineError
	}{
		{"OK", ok(`{"taskDefinition":{"family":"app","revision":2,"status":"INACTIVE"}}`), 1, nil},
		{"NotThere", refusal(400, "ClientException", none), 1, &run.EngineError{Code: "ClientException", Message: none, Unknown: true}},
		{"Denied", refusal(400, "AccessDeniedException", "no"), 1, &run.EngineError{Code: "AccessDeniedException", Message: "no"}},
		{"Bare", ok(`{}`), 1, &run.EngineError{Unclear: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("DeregisterTaskDefinition", tt.reply)
			got, err := awsecs.NewRegistrar(fake.client()).Deregister(t.Context(), "app:2")
			if tt.want != nil {
				tt.want.Operation = "DeregisterTaskDefinition"
			}
			checkError(t, tt.want, err)
			if n := len(fake.calls()); n != tt.tries {
				t.Errorf("%d requests, want %d", n, tt.tries)
			}
			if diff := cmp.Diff(value(t, `{"taskDefinition":"app:2"}`), value(t, fake.calls()[0].body)); diff != "" {
				t.Error(diff)
			}
			if tt.want == nil && (got.Tags != nil || !cmp.Equal(value(t, `{"family":"app","revision":2,"status":"INACTIVE"}`), value(t, string(got.Definition)))) {
				t.Errorf("%s with tags %v", got.Definition, got.Tags)
			}
		})
	}
}

func TestListDefinitions(t *testing.T) {
	tests := []struct {
		name  string
		query taskdef.Query
		reply reply
		sent  string
		page  taskdef.Page
		want  *run.EngineError
	}{
		{"All", taskdef.Query{Status: "ACTIVE", Limit: 20}, ok(`{"taskDefinitionArns":["a","b"]}`), `{"status":"ACTIVE","maxResults":20}`,
			taskdef.Page{ARNs: []string{"a", "b"}}, nil},
		{"FamilyAndPage", taskdef.Query{Family: "app", Status: "INACTIVE", Limit: 7, Token: "n"}, ok(`{"taskDefinitionArns":["a"],"nextToken":"m"}`),
			`{"familyPrefix":"app","status":"INACTIVE","maxResults":7,"nextToken":"n"}`, taskdef.Page{ARNs: []string{"a"}, Next: "m"}, nil},
		{"None", taskdef.Query{Status: "ACTIVE", Limit: 1000}, ok(`{"taskDefinitionArns":[]}`), `{"status":"ACTIVE","maxResults":100}`,
			taskdef.Page{ARNs: []string{}}, nil},
		{"Bare", taskdef.Query{Status: "ACTIVE", Limit: 1}, ok(`{}`), `{"status":"ACTIVE","maxResults":1}`, taskdef.Page{}, &run.EngineError{Unclear: true}},
		{"TokenRefused", taskdef.Query{Status: "ACTIVE", Limit: 1, Token: "x"}, refusal(400, "InvalidParameterException", "Invalid token."),
			`{"status":"ACTIVE","maxResults":1,"nextToken":"x"}`, taskdef.Page{}, &run.EngineError{Code: "InvalidParameterException", Message: "Invalid token."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t).on("ListTaskDefinitions", tt.reply)
			got, err := awsecs.NewRegistrar(fake.client()).List(t.Context(), tt.query)
			if tt.want != nil {
				tt.want.Operation = "ListTaskDefinitions"
			}
			checkError(t, tt.want, err)
			if diff := cmp.Diff(tt.page, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(value(t, tt.sent), value(t, fake.calls()[0].body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
