package ecsspec

import (
	"strings"

	"davit/internal/ecsjson"
	"davit/internal/run"
)

// The hints that several members share.
const (
	describedHint = "DescribeTaskDefinition shows it and ECS fills it in, so it may go"
	keyHint       = "an idempotency key is the header Idempotency-Key, or clientToken in the body"
	overrideHint  = "it belongs into an item of overrides.containerOverrides, beside the container's name"
	taskHint      = "it belongs into overrides"
	networkHint   = "it belongs into networkConfiguration.awsvpcConfiguration"
	policyHint    = "it belongs into policy"
	retryHint     = "it belongs into policy.retry"
	containerHint = "it belongs into an item of containerDefinitions"
	launchHint    = "it is RunTask's, which POST /runs takes, not a task definition's"
)

// definitionHints say where top-level members belong that a task definition does not have.
var definitionHints = hintsOf(map[string]string{
	describedHint: "taskDefinitionArn revision status requiresAttributes compatibilities registeredAt registeredBy deregisteredAt deleteRequestedAt",
	containerHint: "image command entryPoint environment environmentFiles secrets portMappings mountPoints logConfiguration healthCheck essential " +
		"dependsOn links stopTimeout startTimeout dockerLabels ulimits memoryReservation",
	launchHint: "count launchType cluster networkConfiguration overrides capacityProviderStrategy startedBy group",
	"that is the whole answer of DescribeTaskDefinition: give what is inside it": "taskDefinition",
	keyHint: "clientToken idempotencyKey idempotency_key Idempotency-Key",
})

// launchHints say where top-level members belong that RunTask and StartTask do not have.
var launchHints = hintsOf(map[string]string{
	"it is EventBridge's; here it is taskDefinition":                            "TaskDefinitionArn taskDefinitionArn family",
	"it is EventBridge's; here it is count":                                     "TaskCount taskCount desiredCount DesiredCount",
	"it is EventBridge's; its members belong at the top, as RunTask names them": "EcsParameters ecsParameters",
	"overrides belongs at the top, under the name overrides":                    "Input input ContainerOverride containerOverride",
	taskHint:                               "containerOverrides ContainerOverrides cpu memory taskRoleArn executionRoleArn ephemeralStorage",
	overrideHint:                           "command Command environment Environment environmentFiles resourceRequirements",
	networkHint:                            "subnets Subnets securityGroups SecurityGroups assignPublicIp AssignPublicIp",
	"it belongs into networkConfiguration": "awsvpcConfiguration AwsvpcConfiguration",
	keyHint:                                "idempotency_key idempotencyKey IdempotencyKey Idempotency-Key idempotency-key key",
	policyHint:                             "retry timeoutSeconds startTimeoutSeconds launchTimeoutSeconds deadlineSeconds overlap placement verdict",
	retryHint:                              "maxAttempts intervalSeconds backoffRate maxIntervalSeconds",
	"it is a parameter of the query: POST /runs?dryRun=true":         "dryRun",
	"it is of an answer of Davit; what is sent again is its request": "runId owner status resolved attempts createdAt request",
})

func hintsOf(byHint map[string]string) map[string]string {
	hints := map[string]string{}
	for hint, names := range byHint {
		for name := range strings.FieldsSeq(names) {
			hints[name] = hint
		}
	}
	return hints
}

// hinted returns the detail of a member that an operation does not have, with where it belongs or why it may go.
func hinted(op run.Operation, f ecsjson.Fault) string {
	var hints map[string]string
	switch op {
	case run.RunTask, run.StartTask:
		hints = launchHints
	case registerTaskDefinition:
		hints = definitionHints
	}
	name, top := strings.CutPrefix(f.Pointer, "/")
	hint := hints[name]
	if !top || hint == "" || strings.Contains(name, "/") {
		return f.Detail
	}
	what, _, _ := strings.Cut(f.Detail, "; ")
	what, _, _ = strings.Cut(what, ", which takes ")
	return what + "; " + hint
}
