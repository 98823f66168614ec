package passthrough_test

import (
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/ecsspec"
	"davit/internal/run"
)

// update writes testdata/bytes.json anew. The file was made by version 1d4d5c3: what it holds stays as it is, new bodies are added.
var update = flag.Bool("update", false, "write testdata/bytes.json anew")

// kept is what came of one body: the stored bytes and those that ECS was sent, or why it was refused.
type kept struct {
	Request     string          `json:"request,omitempty"`
	Resolved    string          `json:"resolved,omitempty"`
	Policy      string          `json:"policy,omitempty"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Cluster     string          `json:"cluster,omitempty"`
	Count       int             `json:"count,omitempty"`
	Operation   string          `json:"operation,omitempty"`
	Sent        string          `json:"sent,omitempty"`
	Violations  []run.Violation `json:"violations,omitempty"`
}

// bytesCase is one body, spelled oddly, and what comes of it under each of settings; those that are missing are as "plain".
type bytesCase struct {
	Body string          `json:"body"`
	Want map[string]kept `json:"want"`
}

// setting is a stack, and what ECS knows when the body is submitted.
type setting struct {
	stack   run.Stack
	catalog knownCatalog
}

// knownCatalog has one task definition and every cluster but "missing"; away: every look-up fails.
type knownCatalog struct {
	networkMode string
	away        bool
}

func (c knownCatalog) Definition(context.Context, string) (run.Definition, error) {
	if c.away {
		return run.Definition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Code: "ThrottlingException"}
	}
	return run.Definition{
		ARN: "arn:aws:ecs:eu-west-1:1:task-definition/job:7", Family: "job", Revision: 7, NetworkMode: c.networkMode,
		Containers: []run.Container{{Name: "app", Essential: true}},
	}, nil
}

func (c knownCatalog) Cluster(_ context.Context, name string) error {
	if name == "missing" {
		return &run.EngineError{Operation: "DescribeClusters", Unknown: true}
	}
	return nil
}

const oddDefaults = `{ "tags" : [ {"key":"caf\u00e9<\/b>", "val\u0075e": "\u2028 & \b"} ], "enableExecuteCommand":false,
	"launchType":"FARGATE", "platformVersion":"LATEST", "group":null, "networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}},
	"overrides":{"cpu":"256","containerOverrides":[{"name":"app","cpu":1.0e1}]},"cluster":"jo\u0062s" }`

var settings = map[string]setting{
	"plain":         {run.Stack{ExecuteCommand: true}, knownCatalog{}},
	"exec off":      {run.Stack{}, knownCatalog{away: true}},
	"away":          {run.Stack{ExecuteCommand: true}, knownCatalog{away: true}},
	"defaults":      {run.Stack{Defaults: json.RawMessage(oddDefaults)}, knownCatalog{networkMode: "awsvpc"}},
	"bridge":        {run.Stack{Defaults: json.RawMessage(oddDefaults)}, knownCatalog{networkMode: "bridge"}},
	"defaults away": {run.Stack{Defaults: json.RawMessage(oddDefaults)}, knownCatalog{away: true}},
	"misfit":        {run.Stack{Defaults: json.RawMessage(`{"overrides":{"containerOverrides":[{"name":"other"}]},"enableExecuteCommand":true}`)}, knownCatalog{}},
}

// recording records what Create got, and sets the same incarnation in every record.
type recording struct {
	run.Store
	created *run.Run
}

func (s *recording) Create(ctx context.Context, r *run.Run) (*run.Run, bool, error) {
	r.Incarnation = "bbbbbbbb"
	kept := *r
	s.created = &kept
	return s.Store.Create(ctx, r)
}

// sentInput is an engine that keeps a launch call's input, and refuses it.
type sentInput struct {
	run.Engine
	input json.RawMessage
}

func (e *sentInput) Launch(_ context.Context, op run.Operation, input json.RawMessage) (run.Placement, error) {
	e.input = input
	return run.Placement{}, &run.EngineError{Operation: string(op), Code: "InvalidParameterException", Message: "no"}
}

// bytesOf submits a body and launches what came of it.
func bytesOf(t *testing.T, body string, in setting, openStore func(*testing.T) run.Store) kept {
	t.Helper()
	store := &recording{Store: openStore(t)}
	f := newFixture(t, store)
	submitter := &run.Submitter{Keeper: f.keeper(), Stack: in.stack, Spec: ecsspec.Spec{}, Catalog: in.catalog}
	_, err := submitter.Submit(t.Context(), run.SubmitRequest{Caller: "somebody", Key: "key", HasKey: true, Body: []byte(body)})
	if err != nil {
		return kept{Violations: run.ViolationsOf(err)}
	}
	r, engine := store.created, &sentInput{}
	launcher := &run.Launcher{Keeper: f.keeper(), Engine: engine, Catalog: in.catalog}
	if _, err := launcher.Step(t.Context(), run.StepInput{Execution: f.started}); err != nil {
		t.Fatal(err)
	}
	policy, err := json.Marshal(r.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return kept{
		Request: string(r.Request), Resolved: string(r.Resolved), Policy: string(policy), Fingerprint: r.Fingerprint,
		Cluster: r.Cluster, Count: r.Count, Operation: string(r.Operation), Sent: string(engine.input),
	}
}

func TestSubmit_OddlySpelledBody_KeepsTheBytesOfEarlierVersions(t *testing.T) {
	path := filepath.Join("testdata", "bytes.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []bytesCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		got := map[string]kept{}
		for name, in := range settings {
			got[name] = bytesOf(t, c.Body, in, stores["bbolt"])
		}
		if *update {
			plain := got["plain"]
			maps.DeleteFunc(got, func(name string, k kept) bool { return name != "plain" && cmp.Equal(k, plain) })
			cases[i].Want = got
			continue
		}
		for name := range settings {
			if _, differs := c.Want[name]; !differs {
				c.Want[name] = c.Want["plain"]
			}
		}
		if diff := cmp.Diff(c.Want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Body, diff)
		}
	}
	if !*update {
		return
	}
	if text, err = json.MarshalIndent(cases, "", "\t"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}
