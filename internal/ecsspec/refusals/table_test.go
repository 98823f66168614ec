package refusals

import (
	"testing"

	"davit/internal/ecsspec/row"
	"davit/internal/run"
)

// said is one refusal of ECS, in its own words as its users report them.
type said struct {
	id, op, code, words string
}

const (
	client  = "ClientException"
	invalid = "InvalidParameterException"
	failure = "" // the words are a failure's reason
)

var refusalsOfECS = []said{
	{"RT-02", "RunTask", "ClusterNotFoundException", "Cluster not found."},
	{"RT-31", "RunTask", "PlatformUnknownException", "Invalid platform version specified"},
	{"RT-31", "RunTask", "PlatformTaskDefinitionIncompatibilityException", "ipv6 is not there"},
	{"RT-41", "RunTask", "ConflictException", "Multiple concurrent requests with the same client token"},
	{"RT-23", "RunTask", "AccessDeniedException", "User: arn:aws:sts::1:assumed-role/davit is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/job"},
	{"RT-23", "StartTask", client, "ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task."},
	{"RT-07", "RunTask", invalid, "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster."},
	{"DR-03", "RunTask", client, "TaskDefinition is inactive"},
	{"RT-01", "RunTask", invalid, "TaskDefinition not found."},
	{"ST-02", "StartTask", client, "Unable to describe task definition."},
	{"RT-04", "RunTask", invalid, "Task definition does not support launch_type FARGATE."},
	{"RT-11", "RunTask", invalid, "The task couldn't be started because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again."},
	{"RT-13", "RunTask", invalid, "Network Configuration must be provided when networkMode 'awsvpc' is specified."},
	{"RT-13", "StartTask", invalid, "Network Configuration is not valid for the given networkMode of this task definition."},
	{"RT-15", "RunTask", invalid, "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)"},
	{"RT-14", "RunTask", invalid, "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)"},
	{"RT-16", "RunTask", invalid, "Assign public IP is not supported for this launch type."},
	{"RT-19", "RunTask", invalid, "The environment file's ARN is not one of an object"},
	{"RT-22", "RunTask", client, "No Fargate configuration exists for given values: 256 CPU, 4096 memory."},
	{"RT-18", "RunTask", invalid, "Override for container named x is not a container in the TaskDefinition."},
	{"RT-20", "RunTask", client, "Invalid setting for container 'app'. The container memory exceeds the task's."},
	{"RT-28", "RunTask", invalid, "Invalid placement constraint expression: attribute:ecs.x =="},
	{"RT-26", "RunTask", invalid, "Placement constraints are not supported with FARGATE launch type."},
	{"RT-29", "RunTask", invalid, "Placement strategies are not supported with FARGATE launch type."},
	{"RT-42", "StartTask", invalid, "The volume configuration names no volume that is configured at launch."},
	{"RT-31", "RunTask", invalid, "The platform version must be null when specifying an EC2 launch type."},
	{"ST-01", "StartTask", failure, "MISSING"},
	{"ST-01", "StartTask", failure, "INACTIVE"},
	{"RD-10", "RunTask", failure, "RESOURCE:PORTS"},
	{"RT-14", "RunTask", failure, "LOCATION"},
	{"RT-28", "RunTask", failure, "MemberOf constraint unsatisfied."},
	{"RT-39", "RunTask", failure, "ATTRIBUTE"},
	{"ST-06", "StartTask", failure, "ATTRIBUTE"},
	{"SP-01", "StopTask", invalid, "The referenced task was not found."},
	{"SP-02", "StopTask", "ClusterNotFoundException", "Cluster not found."},
	{"DT-02", "DescribeTasks", "ClusterNotFoundException", "Cluster not found."},
	{"DD-01", "DescribeTaskDefinition", client, "Unable to describe task definition."},
	{"DR-01", "DeregisterTaskDefinition", client, "The specified task definition does not exist. Specify a valid account, family, revision and try again."},
	{"RD-21", "RegisterTaskDefinition", "AccessDeniedException", "User: x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/job"},
	{"RD-21", "RegisterTaskDefinition", client, "Role is not valid"},
	{"RD-20", "RegisterTaskDefinition", "LimitExceededException", "The limit for the family was exceeded"},
	{"RD-09", "RegisterTaskDefinition", client, "Host port 22 is reserved"},
	{"RD-04", "RegisterTaskDefinition", client, "Container.image should not be null or empty."},
	{"RD-22", "RegisterTaskDefinition", client, "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."},
	{"RD-06", "RegisterTaskDefinition", client, "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified."},
	{"RD-26", "RegisterTaskDefinition", client, "Tasks using FARGATE launch type do not support GPU resource requirements."},
}

// ask returns the row's violation and the class that a run gets.
func (s said) ask() (v run.Violation, known bool, class run.Class) {
	if s.code == failure {
		f := run.Failure{Reason: s.words}
		v, known = Table{}.Failed(run.Operation(s.op), f)
		return v, known, run.ClassifyFailure(f)
	}
	e := &run.EngineError{Operation: s.op, Code: s.code, Message: s.words}
	v, known = Table{}.Refused(e)
	return v, known, run.ClassifyError(e)
}

func TestEveryRowHasARefusal(t *testing.T) {
	met := map[run.Violation]bool{}
	for _, s := range refusalsOfECS {
		v, known, class := s.ask()
		if !known || v.Rule != s.id {
			t.Errorf("%s %s %q: got rule %q, want %s", s.op, s.code, s.words, v.Rule, s.id)
		}
		if v.Detail == "" {
			t.Errorf("%s %s %q: got no detail", s.op, s.code, s.words)
		}
		for _, r := range Rows() {
			if r.ID == v.Rule && r.Field == v.Field && "needed: "+r.Limit == v.Detail {
				met[v] = true
				if r.Class != class {
					t.Errorf("%s is of class %s, the row says %s", s.words, class, r.Class)
				}
			}
		}
	}
	tested := 0
	for _, r := range Rows() {
		if met[run.Violation{Field: r.Field, Rule: r.ID, Detail: "needed: " + r.Limit}] {
			tested++
		} else {
			t.Errorf("%s (%s): no refusal", r.ID, r.Limit)
		}
		if r.Kind != row.Passed {
			t.Errorf("%s: got kind %s, want %s", r.ID, r.Kind, row.Passed)
		}
		if r.Source == "" || r.Message == "" || r.Class == "" {
			t.Errorf("%s: got source %q, message %q, class %q, want all of them", r.ID, r.Source, r.Message, r.Class)
		}
	}
	t.Logf("P rows: %d, tested with a refusal of ECS: %d, untested: %d", len(Rows()), tested, len(Rows())-tested)
}

// What a wait can cure breaks no rule, nor does what no row knows.
func TestWhatIsOfNoRow(t *testing.T) {
	for _, s := range []said{
		{op: "RunTask", code: "ThrottlingException", words: "Rate exceeded"},
		{op: "RunTask", code: invalid, words: "Error retrieving subnet information: Request limit exceeded."},
		{op: "RunTask", code: client, words: "Capacity is unavailable at this time."},
		{op: "RunTask", code: "ServerException", words: "subnet"},
		{op: "RunTask", code: "UnsupportedFeatureException", words: "subnet"},
		{op: "RunTask", code: client, words: "something new"},
		{op: "ListTasks", code: "ClusterNotFoundException"},
		{op: "RunTask", code: failure, words: "RESOURCE:MEMORY"},
		{op: "StartTask", code: failure, words: "AGENT"},
	} {
		if v, known, _ := s.ask(); known {
			t.Errorf("%s %s %q: got rule %s, want none", s.op, s.code, s.words, v.Rule)
		}
	}
	if v, known := (Table{}).Refused(&run.EngineError{Operation: "RunTask", Code: invalid, Message: "subnet", Unclear: true}); known {
		t.Errorf("an unclear call: got rule %s, want none", v.Rule)
	}
}
