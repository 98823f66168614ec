package ecsspec

import "testing"

func TestRefusal_IsInECSsWords(t *testing.T) {
	for _, tt := range []struct{ members, want string }{
		{`"networkMode":"awsvpc",` + port(`"hostPort":80,"containerPort":8080`), "When networkMode=awsvpc, the host ports and container ports in port mappings must match."},
		{registered(`"image":"{{x}}"`), "Container.image contains invalid characters."},
		{`"taskRoleArn":"arn:aws:iam::1:role/x"`, "Role is not valid"},
		{onFargateWith(`"privileged":true`, ""), "Fargate compatible task definitions do not support privileged"},
		{onFargateWith(`"logConfiguration":{"logDriver":"json-file"}`, ""), "Fargate compatible task definitions do not support log driver json-file"},
		{onFargateWith(`"resourceRequirements":[{"type":"GPU","value":"1"}]`, ""), "Fargate compatible task definitions do not support GPU"},
		{onFargateWith("", `"pidMode":"host"`), "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'."},
		{registered(`"memory":513`), "The 'memory' setting for container 'c' is greater than for the task."},
		{`"runtimePlatform":{"cpuArchitecture":"SPARC"}`, `Invalid 'runtimePlatform.cpuArchitecture' setting: "SPARC" was given; allowed: "X86_64" or "ARM64".`},
		{registered(`"environment":[{"value":"v"}]`), "Invalid setting for container 'c'. 'containerDefinitions[0].environment[0].name': a value is required here."},
		{registered(`"environment":[{"name":"n","value":"***"}]`), ""},
		{registered(`"image":"a"`), ""},
	} {
		if got := (Spec{}).Refusal(string(registerTaskDefinition), []byte(smallest(t, registerTaskDefinition, tt.members))); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.members, got, tt.want)
		}
	}
	for body, want := range map[string]string{
		`{"taskDefinition":"a","networkConfiguration":{"awsvpcConfiguration":{"subnets":[""]}}}`: "Invalid 'networkConfiguration.awsvpcConfiguration.subnets[0]' setting: the value is empty.",
		`{"taskDefinition":"a","clientToken":""}`:                                                "",
	} {
		if got := (Spec{}).Refusal("RunTask", []byte(body)); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}
