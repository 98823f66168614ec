package run

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestClassifyError(t *testing.T) {
	for _, c := range []struct {
		code, message string
		unclear       bool
		want          Class
	}{
		{code: "AccessDeniedException", message: "not authorized", want: Invalid},
		{code: "ExpiredTokenException", message: "The security token included in the request is expired", want: Unavailable},
		{code: "BlockedException", message: "Your account was blocked", want: Invalid},
		{code: "ClientException", message: "TaskDefinition is inactive", want: Invalid},
		{code: "ClusterNotFoundException", message: "Cluster not found.", want: Invalid},
		{code: "ConflictException", message: "used before", want: Invalid},
		{code: "InvalidParameterException", message: "subnet is not there", want: Invalid},
		{code: "PlatformTaskDefinitionIncompatibilityException", message: "no", want: Invalid},
		{code: "PlatformUnknownException", message: "no", want: Invalid},
		{code: "UnsupportedFeatureException", message: "no", want: Invalid},
		{code: "NamespaceNotFoundException", message: "no", want: Invalid},
		{code: "LimitExceededException", message: "no", want: Invalid},
		{code: "ServerException", message: "Service Unavailable", unclear: true, want: Unavailable},
		{code: "ServerException", message: "Service Unavailable", want: Unavailable},
		{code: "InternalFailure", want: Unavailable},
		{code: "SomethingNew", message: "a 5xx", unclear: true, want: Unavailable},
		{want: Unavailable}, // no answer at all

		{code: "ThrottlingException", message: "Rate exceeded", want: Throttled},
		{code: "Throttling", want: Throttled},
		{code: "TooManyRequestsException", want: Throttled},
		{code: "RequestLimitExceeded", want: Throttled},
		{code: "ServerException", message: "Rate exceeded", unclear: true, want: Throttled},

		// EC2's throttling in disguise.
		{code: "InvalidParameterException", message: "Error retrieving security group information for [sg-1]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)", want: Throttled},
		{code: "InvalidParameterException", message: "Error retrieving subnet information: Request limit exceeded.", want: Throttled},
		{code: "InvalidParameterException", message: "Rate exceeded", want: Throttled},
		{code: "ClientException", message: "Request was throttled", want: Throttled},
		{code: "ClientException", message: "Throttling: Rate exceeded", want: Throttled},

		// Names of the caller's own are no throttle.
		{code: "AccessDeniedException", message: "not authorized to perform ecs:RunTask on arn:aws:ecs:x:1:task-definition/throttle-job:3", want: Invalid},
		{code: "ClusterNotFoundException", message: "Cluster throttled-jobs not found.", want: Invalid},

		// Capacity inside an exception.
		{code: "ClientException", message: "Tasks provisioning capacity limit exceeded.", want: Capacity},
		{code: "ClientException", message: "You've reached the limit on the number of tasks you can run concurrently", want: Capacity},
		{code: "ClientException", message: "You've reached the limit on the number of vCPUs you can run concurrently", want: Capacity},
		{code: "InvalidParameterException", message: "No Container Instances were found in your cluster.", want: Capacity},
		{code: "ClientException", message: "Capacity is unavailable at this time. Please try again later or in a different availability zone", want: Capacity},
		{code: "AccessDeniedException", message: "not authorized on arn:aws:ecs:x:1:cluster/no container instances", want: Invalid},
	} {
		err := &EngineError{Operation: "RunTask", Code: c.code, Message: c.message, Unclear: c.unclear}
		if got := ClassifyError(fmt.Errorf("wrapped: %w", err)); got != c.want {
			t.Errorf("%s %q unclear %v: %s, want %s", c.code, c.message, c.unclear, got, c.want)
		}
	}
	for _, err := range []error{errors.New("something"), context.DeadlineExceeded} {
		if got := ClassifyError(err); got != Unavailable {
			t.Errorf("%v: %s, want UNAVAILABLE", err, got)
		}
	}
}

func TestClassifyFailure(t *testing.T) {
	for reason, want := range map[string]Class{
		"RESOURCE:CPU": Capacity, "RESOURCE:MEMORY": Capacity, "RESOURCE:PORTS": Capacity, "RESOURCE:ENI": Capacity, "RESOURCE:GPU": Capacity,
		"AGENT": Capacity, "Capacity is unavailable at this time. Please try again later.": Capacity,
		"EMPTY CAPACITY PROVIDER": Capacity, "NO ACTIVE INSTANCES": Capacity, "No Container Instances were found in your capacity provider.": Capacity,
		"You've reached the limit on the number of vCPUs you can run concurrently": Capacity,
		"ATTRIBUTE": Invalid, "LOCATION": Invalid, "MemberOf constraint unsatisfied": Invalid, "MISSING": Invalid, "INACTIVE": Invalid,
		"": Invalid, "something new": Invalid,
		"Rate exceeded": Throttled, "Throttling": Throttled,
	} {
		if got := ClassifyFailure(Failure{Reason: reason}); got != want {
			t.Errorf("%q: %s, want %s", reason, got, want)
		}
	}
}

func TestTheFailureThatDecides(t *testing.T) {
	full, other, gone := Failure{Reason: "RESOURCE:CPU"}, Failure{Reason: "ATTRIBUTE", Detail: "ecs.os-type"}, Failure{Reason: "MISSING"}
	for _, c := range []struct {
		op       Operation
		failures []Failure
		want     Failure
	}{
		{RunTask, []Failure{full, {Reason: "RESOURCE:MEMORY"}}, full},
		{RunTask, []Failure{other, full}, full},
		{RunTask, []Failure{full, other}, full},
		{RunTask, []Failure{other, gone}, other},
		{StartTask, []Failure{full, gone}, gone},
		{StartTask, []Failure{full, full}, full},
	} {
		if got := decidingFailure(c.op, c.failures); got != c.want {
			t.Errorf("got is %v, want %v", got, c.want)
		}
	}
}

func TestRetriedInAttempt(t *testing.T) {
	for class, want := range map[Class]bool{Capacity: true, Throttled: true, Unavailable: true, Invalid: false, ClassLost: false, NeverStarted: false} {
		if got := class.retriedInAttempt(); got != want {
			t.Errorf("%s: %v", class, got)
		}
	}
}

func TestErrorCodesAndTexts(t *testing.T) {
	inner := &Error{Code: CodeThrottled, Message: "slow down", Violations: []Violation{{Field: "/a"}}, Err: errors.New("secret")}
	wrapped := fmt.Errorf("outside: %w", inner)
	if CodeOf(nil) != "" || CodeOf(errors.New("x")) != CodeInternal || CodeOf(wrapped) != CodeThrottled {
		t.Error("CodeOf")
	}
	if MessageOf(wrapped) != "slow down" || MessageOf(errors.New("secret")) != "" {
		t.Error("MessageOf")
	}
	if len(ViolationsOf(wrapped)) != 1 || ViolationsOf(errors.New("x")) != nil {
		t.Error("ViolationsOf")
	}
	for _, e := range []*EngineError{{Operation: "RunTask", Code: "X", Message: "y"}, {Operation: "RunTask", Err: errors.New("z")}, {Operation: "RunTask", Message: "w"}} {
		if e.Error() == "" || e.Error()[:7] != "RunTask" {
			t.Errorf("%#v reads %q", e, e.Error())
		}
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{lostReply(), "ECS did not answer"}, {errors.New("secret"), "ECS did not answer"},
		{refusal("ClientException", "no"), "ClientException: no"}, {refusal("", "only words"), "only words"},
	} {
		if got := refusalText(c.err); got != c.want {
			t.Errorf("refusalText: %q, want %q", got, c.want)
		}
	}
}
