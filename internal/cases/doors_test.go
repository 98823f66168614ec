package cases_test

import (
	"net/http"
	"testing"
)

// fargate begins a definition that requires Fargate.
const fargate = `"requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"512",`

// container is a definition of one container with the members given.
func container(members string) string {
	return `"containerDefinitions":[{"name":"a","memory":64,"image":"busybox"` + members + `}]`
}

// TestDoors_RefuseTheSame plays what only one of the doors refused, or neither, although ECS does.
func TestDoors_RefuseTheSame(t *testing.T) {
	for name, tt := range map[string]struct{ definition, rule, field, words string }{
		"image": {`"containerDefinitions":[{"name":"a","memory":64,"image":"{{x}}"}]`, "RD-04", "/containerDefinitions/0/image", "Container.image contains invalid characters."},
		"role":  {`"taskRoleArn":"arn:aws:iam::1:role/x",` + container(""), "RD-21", "/taskRoleArn", "Role is not valid"},
		"architecture": {
			`"runtimePlatform":{"cpuArchitecture":"SPARC"},` + container(""), "DV-24", "/runtimePlatform/cpuArchitecture", "runtimePlatform.cpuArchitecture",
		},
		"privileged": {fargate + container(`,"privileged":true`), "RD-26", "/containerDefinitions/0/privileged", "Fargate compatible task definitions do not support privileged"},
		"GPU": {
			fargate + container(`,"resourceRequirements":[{"type":"GPU","value":"1"}]`), "RD-26", "/containerDefinitions/0/resourceRequirements/0/type",
			"Fargate compatible task definitions do not support GPU",
		},
		"json-file": {
			fargate + container(`,"logConfiguration":{"logDriver":"json-file"}`), "RD-15", "/containerDefinitions/0/logConfiguration/logDriver",
			"Fargate compatible task definitions do not support log driver json-file",
		},
		"image of ECR": {
			fargate + `"containerDefinitions":[{"name":"a","image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"}]`, "RD-27", "/executionRoleArn",
			"Fargate requires task definition to have execution role ARN to support ECR images.",
		},
		"secrets": {
			container(`,"secrets":[{"name":"n","valueFrom":"v"}]`), "RD-27", "/executionRoleArn",
			"When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
		},
		"pidMode": {
			fargate + `"pidMode":"host",` + container(""), "RD-26", "/pidMode",
			"Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
		},
		"Docker volume": {
			fargate + `"volumes":[{"name":"v","dockerVolumeConfiguration":{"scope":"task"}}],` + container(""), "RD-26", "/volumes/0/dockerVolumeConfiguration",
			"Fargate compatible task definitions do not support dockerVolumeConfiguration",
		},
		"stopTimeout": {fargate + container(`,"stopTimeout":121`), "RD-26", "/containerDefinitions/0/stopTimeout", "'stopTimeout' must be at most 120"},
		"link":        {container(`,"links":["b"]`), "RD-07", "/containerDefinitions/0/links/0", "containerDefinitions[0].links[0]"},
		"host port": {
			container(`,"portMappings":[{"containerPort":1,"hostPort":80},{"containerPort":2,"hostPort":80}]`), "RD-08",
			"/containerDefinitions/0/portMappings/1/hostPort", "TCP host port '80' is mapped multiple times in task.",
		},
		"environment": {
			container(`,"environment":[{"value":"v"}]`), "RD-02", "/containerDefinitions/0/environment/0/name", "containerDefinitions[0].environment[0].name",
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(f *fixture) {
				body := `{"family":"x",` + tt.definition + `}`
				f.call(http.MethodPost, "/task-definitions", body).wantRule(tt.rule, tt.field)
				f.callECS("RegisterTaskDefinition", body).want(http.StatusBadRequest, "ClientException", tt.words)
			})
		})
	}
}
