package localecs_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"davit/internal/fuzzing"
	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
)

// operations are what the local ECS has, and one that it has not.
var operations = []string{
	"RunTask", "StartTask", "StopTask", "DescribeTasks", "ListTasks", "RegisterTaskDefinition", "DescribeTaskDefinition", "DeregisterTaskDefinition",
	"ListTaskDefinitions", "CreateCluster", "DescribeClusters", "ListClusters", "ListContainerInstances", "DescribeContainerInstances", "CreateService",
	"PutAttributes", "DeleteAttributes", "ListAttributes", "UpdateContainerInstancesState", "PutClusterCapacityProviders", "DescribeCapacityProviders",
}

// Whatever is sent to an operation is answered in ECS's shape, never with a fault of the server's own; and a definition that is registered
// is described as it was answered.
func FuzzCall(f *testing.F) {
	for _, body := range fuzzing.Bodies(f) {
		f.Add(uint8(0), body)
		f.Add(uint8(5), body)
	}
	for i := range operations {
		f.Add(uint8(i), []byte(`{}`))
		f.Add(uint8(i), []byte(`{"cluster":"default","taskDefinition":"f:1","task":"f","tasks":["0123456789abcdef0123456789abcdef"],"clusters":["default"]}`))
	}
	f.Add(uint8(0), []byte(`{"taskDefinition":"f","count":10,"overrides":{"containerOverrides":[{"name":"a","environment":[{"name":"A","value":"b"}]}]},"tags":[{"key":"k"}]}`))
	f.Add(uint8(1), []byte(`{"taskDefinition":"f","containerInstances":["x","x"]}`))
	f.Add(uint8(15), []byte(`{"attributes":[{"name":"a","value":"b","targetType":"container-instance","targetId":"x"}]}`))
	f.Add(uint8(8), []byte(`{"familyPrefix":"f","status":"ACTIVE","sort":"DESC","maxResults":1}`))
	f.Add(uint8(12), []byte(`{"cluster":"default","filter":"attribute:a == b","status":"ACTIVE"}`))
	f.Add(uint8(4), []byte(`{"desiredStatus":"STOPPED","family":"f","maxResults":1,"nextToken":"x","startedBy":"s"}`))
	f.Add(uint8(5), []byte(`{"family":"f","cpu":".25 vCPU","memory":"1 GB","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","containerDefinitions":[{"name":"a","image":"i","dependsOn":[{"containerName":"a","condition":"START"}]}]}`))
	served := &reused{}
	f.Cleanup(func() { served.close(f) })
	f.Fuzz(func(t *testing.T, operation uint8, body []byte) {
		server := served.next(t)
		name := operations[int(operation)%len(operations)]
		registered := answer(t, server, name, body)
		if name == "RegisterTaskDefinition" && registered != nil {
			described(t, server, registered)
		}
	})
}

// reused is a server that takes many calls, as opening one costs more than all that it answers; and not so many that they slow it down.
type reused struct {
	server *localecs.Server
	dir    string
	calls  int
}

func (s *reused) next(t testing.TB) *localecs.Server {
	const most = 200
	if s.calls++; s.server != nil && s.calls <= most {
		return s.server
	}
	s.close(t)
	var err error
	if s.dir, err = os.MkdirTemp("", "davit-fuzz"); err != nil {
		t.Fatal(err)
	}
	s.server, err = localecs.Open(localecs.Options{Dir: s.dir, Runner: scripted.New(nil, nil), NoSync: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.calls = 1
	answer(t, s.server, "RegisterTaskDefinition", []byte(`{"family":"f","containerDefinitions":[{"name":"a","image":"i","memory":4,"command":["x"]}]}`))
	return s.server
}

func (s *reused) close(t testing.TB) {
	if s.server == nil {
		return
	}
	if err := errors.Join(s.server.Close(), os.RemoveAll(s.dir)); err != nil {
		t.Error(err)
	}
	s.server = nil
}

// answer is the answer to a call that was carried out, nil to one that was refused.
func answer(t testing.TB, h http.Handler, operation string, body []byte) map[string]json.RawMessage {
	t.Helper()
	w := post(h, operation, string(body), nil)
	var members map[string]json.RawMessage
	if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil || w.Code >= 500 {
		t.Fatalf("%s %s: status %d, %s (%v)", operation, body, w.Code, w.Body, err)
	}
	if w.Code == http.StatusOK {
		return members
	}
	var refusal struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(w.Body.Bytes(), &refusal) != nil:
		t.Error("json.Unmarshal(w.Body.Bytes(), &refusal) is not nil")
	case !strings.HasSuffix(refusal.Type, "Exception"):
		t.Errorf("refusal.Type is %q, want %q at its end", refusal.Type, "Exception")
	case refusal.Message == "":
		t.Errorf("refusal.Message is %v", refusal.Message)
	case len(refusal.Message) > 4096:
		t.Errorf("len(refusal.Message) is %v, want at most %v", len(refusal.Message), 4096)
	}
	return nil
}

// described reads a definition that was registered.
func described(t *testing.T, h http.Handler, registered map[string]json.RawMessage) {
	t.Helper()
	var definition struct{ TaskDefinitionArn string }
	if err := json.Unmarshal(registered["taskDefinition"], &definition); err != nil {
		t.Fatal(err)
	}
	read := answer(t, h, "DescribeTaskDefinition", []byte(`{"taskDefinition":"`+definition.TaskDefinitionArn+`"}`))
	if string(read["taskDefinition"]) != string(registered["taskDefinition"]) {
		t.Errorf("%s was registered as %s", read["taskDefinition"], registered["taskDefinition"])
	}
}
