package cases_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// cases are the files of testdata with what their inputs come to. A file that is no key here fails TestCases_EveryFileIsPlayed.
var cases = map[string]func(f *fixture, input string){
	"accepted-but-invalid-awsfirelens-without-firelens-container.taskdef.json": refusedDefinition("RD-28", "/containerDefinitions/0/logConfiguration/logDriver",
		"When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers."),
	"accepted-but-invalid-container-memory-above-task.taskdef.json": refusedDefinition("RD-06", "/containerDefinitions/0/memory",
		"The 'memory' setting for container 'a' is greater than for the task."),
	"accepted-but-invalid-fargate-awslogs-without-execution-role.taskdef.json": refusedDefinition("RD-27", "/executionRoleArn",
		"Fargate requires task definition to have execution role ARN to support log driver awslogs."),
	"accepted-but-invalid-fargate-host-sourcePath.taskdef.json": refusedDefinition("RD-26", "/volumes/0/host/sourcePath",
		"Fargate compatible task definitions do not support sourcePath"),
	"accepted-but-invalid-two-volumes-one-name.taskdef.json": refusedDefinition("RD-17", "/volumes/1/name", "volumes[1].name"),
	"ecs-endpoint-awsvpc-port-mismatch.taskdef.json": refusedDefinition("RD-08", "/containerDefinitions/0/portMappings/0/hostPort",
		"When networkMode=awsvpc, the host ports and container ports in port mappings must match."),
	"describe-only-members.taskdef.json":    describeOnlyMembers,
	"healthcheck-bare-command.taskdef.json": registeredDefinition,
	"key-null-member.txt":                   keyNullMember,
	"masked-values-round-trip.sh":           maskedValues,
	"starttask-unknown-instance.run.json":   unknownInstance,
	"subnets-empty-string.run.json":         emptySubnet,

	"app-never-starts-beside-essential-sidecar.taskdef.json": appNeverStarts,
	"app-never-starts-beside-essential-sidecar.run.json":     part,
	"essential-sidecar-killed-after-job.taskdef.json":        sidecarKilled,
	"two-essential-echo-race.taskdef.json":                   twoShortOnes,
}

func TestCases(t *testing.T) {
	for name, right := range cases {
		t.Run(name, func(t *testing.T) {
			play(t, func(f *fixture) { right(f, file(t, name)) })
		})
	}
}

func TestCases_EveryFileIsPlayed(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if cases[f.Name()] == nil && scheduleCases[f.Name()] == nil {
			t.Errorf("%s is played by no case", f.Name())
		}
	}
	if want := len(cases) + len(scheduleCases); len(files) != want {
		t.Errorf("got %d files, want %d, one a case", len(files), want)
	}
}

// refusedDefinition is a task definition that both doors refuse: the API with the rule at the field, the endpoint in ECS's words.
func refusedDefinition(rule, field, words string) func(*fixture, string) {
	return func(f *fixture, input string) {
		f.call(http.MethodPost, "/task-definitions", input).wantRule(rule, field)
		f.callECS("RegisterTaskDefinition", input).want(http.StatusBadRequest, "ClientException", words)
	}
}

// registeredDefinition is a task definition that both doors take.
func registeredDefinition(f *fixture, input string) {
	f.call(http.MethodPost, "/task-definitions", input).want(http.StatusCreated)
	f.callECS("RegisterTaskDefinition", input).want(http.StatusOK)
}

// describeOnlyMembers is what describing shows. Each member that ECS fills in is named as one that may go.
func describeOnlyMembers(f *fixture, input string) {
	for _, name := range []string{"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy"} {
		a := f.call(http.MethodPost, "/task-definitions", input)
		a.wantRule("DV-04", "/"+name)
		a.want(http.StatusBadRequest, `\"`+name+`\" is not a member of this object; DescribeTaskDefinition shows it and ECS fills it in, so it may go`)
	}
	f.callECS("RegisterTaskDefinition", input).want(http.StatusBadRequest, "Unknown parameter")
}

// keyNullMember submits each line's body with the same key: null is absent, so both are one run.
func keyNullMember(f *fixture, input string) {
	f.register("x", "")
	var ids []string
	for line := range strings.Lines(input) {
		_, body, _ := strings.Cut(line, "Idempotency-Key: k ")
		body = body[:strings.LastIndexByte(body, '}')+1]
		ids = append(ids, f.call(http.MethodPost, "/runs", body, "Idempotency-Key", "k").want(http.StatusAccepted).member("runId"))
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		f.t.Errorf("got runs %v, want the same twice", ids)
	}
}

// maskedValues does what the script does: it sends back what answers show, a definition first without its values and then with them.
func maskedValues(f *fixture, _ string) {
	const definition = `{"family":"rt","containerDefinitions":[{"name":"a","image":"busybox","memory":64,"environment":[{"name":"PW","value":"s3cret"}]}]}`
	f.call(http.MethodPost, "/task-definitions", definition).want(http.StatusCreated)
	f.call(http.MethodPost, "/task-definitions", f.edited("rt")).wantRule("DV-26", "/containerDefinitions/0/environment/0/value")
	f.call(http.MethodPost, "/task-definitions", f.edited("rt?values=true")).want(http.StatusCreated, `"revision":2`)
	f.call(http.MethodGet, "/task-definitions/rt:2?values=true", "").want(http.StatusOK, `"value":"s3cret"`, "busybox:2")

	const overrides = `{"taskDefinition":"rt","overrides":{"containerOverrides":[{"name":"a","environment":[{"name":"PW","value":"other"}]}]}}`
	id := f.call(http.MethodPost, "/runs", overrides).want(http.StatusAccepted).member("runId")
	f.end(id)
	var shown struct{ Request json.RawMessage }
	f.call(http.MethodGet, "/runs/"+id, "").into(&shown)
	f.call(http.MethodPost, "/runs", string(shown.Request)).wantRule("DV-26", "/overrides/containerOverrides/0/environment/0/value")
}

// edited describes a task definition and returns its family and containers with another image.
func (f *fixture) edited(path string) string {
	f.t.Helper()
	var shown struct {
		TaskDefinition struct {
			Family               string
			ContainerDefinitions json.RawMessage
		}
	}
	f.call(http.MethodGet, "/task-definitions/"+path, "").into(&shown)
	containers := strings.Replace(string(shown.TaskDefinition.ContainerDefinitions), "busybox", "busybox:2", 1)
	return `{"family":"` + shown.TaskDefinition.Family + `","containerDefinitions":` + containers + `}`
}

// unknownInstance starts on a container instance that is not there, which the run's reason names.
func unknownInstance(f *fixture, input string) {
	const instance = "2c3f3f0d-76db-42b2-8fdd-9edf1595e62e"
	f.register("settlement", "")
	r := f.end(f.call(http.MethodPost, "/runs", input).want(http.StatusAccepted).member("runId"))
	if !strings.Contains(r.StatusReason, "MISSING") || !strings.Contains(r.StatusReason, instance) {
		f.t.Errorf("got reason %q, want MISSING and %s in it", r.StatusReason, instance)
	}
	f.callECS("StartTask", input).want(http.StatusOK, `"reason":"MISSING"`, instance)
}

func emptySubnet(f *fixture, input string) {
	f.register("app", `"networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512",`)
	a := f.call(http.MethodPost, "/runs", input)
	a.wantRule("RT-14", "/networkConfiguration/awsvpcConfiguration/subnets/0")
	a.wantRule("RT-15", "/networkConfiguration/awsvpcConfiguration/securityGroups/0")
	f.callECS("RunTask", input).want(http.StatusBadRequest, "InvalidParameterException", "networkConfiguration.awsvpcConfiguration.subnets[0]")
}

// register registers a definition of one container, with further members, each with its comma.
func (f *fixture) register(family, members string) {
	f.t.Helper()
	body := `{` + members + `"family":"` + family + `","containerDefinitions":[{"name":"a","image":"busybox","memory":64}]}`
	f.call(http.MethodPost, "/task-definitions", body).want(http.StatusCreated)
}
