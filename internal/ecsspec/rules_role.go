package ecsspec

import (
	"regexp"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const (
	executionRoleField = "/executionRoleArn"
	secretsWords       = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
	logsWords          = "Fargate requires task definition to have execution role ARN to support log driver awslogs."
	ecrWords           = "Fargate requires task definition to have execution role ARN to support ECR images."
)

// executionRoleRules hold where ECS does something for the task before it starts, for which it needs the execution role.
var executionRoleRules = withSource(row.PageRegister, []rule{
	{id: "RD-27", on: onRegister, limit: "an execution role with secrets", words: secretsWords, check: unlessRole("secrets were given", hasSecrets)},
	{id: "RD-27", on: onRegister, limit: "for FARGATE an execution role with awslogs", words: logsWords, check: ifFargate(unlessRole("FARGATE is required, and awslogs was given", hasAWSLogs))},
	{id: "RD-27", on: onRegister, limit: "for FARGATE an execution role with an image of ECR", words: ecrWords, check: ifFargate(unlessRole("FARGATE is required, and an image of ECR was given", hasECRImage))},
})

// unlessRole returns a check that finds a definition without an execution role in which some container is the case.
func unlessRole(what string, is func(container jsontree.Node) bool) check {
	return func(definition jsontree.Node) []finding {
		if member(definition, "executionRoleArn") != "" {
			return nil
		}
		for i, c := range containersOf(definition) {
			if is(c) {
				return []finding{{executionRoleField, what + " in container " + strconv.Itoa(i)}}
			}
		}
		return nil
	}
}

func hasSecrets(container jsontree.Node) bool {
	secrets, _ := container.Get("secrets")
	return len(secrets.Items) > 0
}

func hasAWSLogs(container jsontree.Node) bool { return logDriver(container) == types.LogDriverAwslogs }

// ecrHost is the registry of an account. Images of ECR Public need no role.
var ecrHost = regexp.MustCompile(`^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.`)

func hasECRImage(container jsontree.Node) bool {
	return ecrHost.MatchString(member(container, "image"))
}

func logDriver(container jsontree.Node) types.LogDriver {
	logs, _ := container.Get("logConfiguration")
	return types.LogDriver(member(logs, "logDriver"))
}

const (
	routerWords   = "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers."
	unroutedWords = "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver."
)

// routerRules hold that awsfirelens and the container that routes its logs go together.
var routerRules = withSource(row.PageRegister, []rule{
	{id: "RD-28", on: onRegister, limit: "awsfirelens beside a container with a firelensConfiguration", words: routerWords, check: logsWithoutRouter},
	{id: "RD-28", on: onRegister, limit: "a firelensConfiguration beside a container that logs with awsfirelens", words: unroutedWords, check: routerWithoutLogs},
})

func logsWithoutRouter(definition jsontree.Node) []finding {
	logs, router := routing(definition)
	if logs < 0 || router >= 0 {
		return nil
	}
	return []finding{{ofContainers(logs) + "/logConfiguration/logDriver", "no container has a firelensConfiguration"}}
}

func routerWithoutLogs(definition jsontree.Node) []finding {
	logs, router := routing(definition)
	if router < 0 || logs >= 0 {
		return nil
	}
	return []finding{{ofContainers(router) + "/firelensConfiguration", "no container logs with awsfirelens"}}
}

// routing returns the first container that logs with awsfirelens and the first that routes, -1 for none.
func routing(definition jsontree.Node) (logs, router int) {
	logs, router = -1, -1
	for i, c := range containersOf(definition) {
		if _, routes := c.Get("firelensConfiguration"); routes && router < 0 {
			router = i
		}
		if logDriver(c) == types.LogDriverAwsfirelens && logs < 0 {
			logs = i
		}
	}
	return logs, router
}
