package explain

var ofLaunches = []Cause{
	{"CAPACITY", []string{"RESOURCE:MEMORY"}, "no instance had enough free memory", "No container instance had enough free memory within launchTimeoutSeconds.",
		"Add instances, ask for less memory, or raise launchTimeoutSeconds."},
	{"CAPACITY", []string{"RESOURCE:CPU"}, "no instance had enough free CPU", "No container instance had enough free CPU within launchTimeoutSeconds.",
		"Add instances, ask for less CPU, or raise launchTimeoutSeconds."},
	{"CAPACITY", []string{"RESOURCE:PORTS"}, "a host port was in use on every instance", "A host port of the task was in use on every container instance.",
		"Use dynamic host ports (hostPort 0) or network mode awsvpc, or add instances."},
	{"CAPACITY", []string{"container instances"}, "the cluster has no active instance", "The cluster has no container instance that is active.",
		"Add instances to the cluster, or use a capacity provider or Fargate."},
	{"CAPACITY", []string{"vcpu"}, "the account's quota of vCPUs was used up", "The account's quota of vCPUs was used up.", "Ask for a higher quota, or run fewer tasks at once."},
	{"CAPACITY", nil, "there was no room for it", "There was no room for the task within launchTimeoutSeconds.",
		"Add capacity or subnets in other zones, ask for less, or raise launchTimeoutSeconds."},
	{"THROTTLED", nil, "ECS asked for fewer calls", "ECS asked for fewer calls until launchTimeoutSeconds was over.", "Spread submissions over time, or ask for a higher quota of the API."},
	{"UNAVAILABLE", nil, "ECS did not answer", "ECS did not answer until launchTimeoutSeconds was over.", "Submit it again; AWS's health page may say more."},
	{"INVALID", []string{"ATTRIBUTE"}, "no instance has an attribute that it needs", "No container instance has an attribute that the task needs.",
		"Compare placement constraints and the task definition's requiresAttributes with the cluster's instances."},
	{"INVALID", []string{"MISSING"}, "ECS does not know an instance that was named", "ECS does not know a container instance that was named.", "List the cluster's instances, and name one that is there."},
	{"INVALID", []string{"AccessDenied"}, "ECS refused Davit's role", "ECS refused Davit's role.",
		"Let the functions' role run this task definition, and pass its task and execution roles (parameters of the stack)."},
	{"INVALID", nil, "ECS refuses the request", "ECS refuses the request, and would refuse it again.", "Mend what the reason names; docs/rules.md has the rule."},
}
