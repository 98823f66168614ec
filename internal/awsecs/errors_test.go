package awsecs_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"davit/internal/awsecs"
	"davit/internal/run"
)

const runInput = `{"taskDefinition":"app:1","clientToken":"run-1-1","count":1}`

var withoutCause = cmpopts.IgnoreFields(run.EngineError{}, "Err")

func TestLaunchTranslatesEveryAnswer(t *testing.T) {
	conflict := reply{status: 400, body: `{"__type":"ConflictException","message":"differs","resourceIds":["arn:1","arn:2"]}`}
	namespaced := reply{status: 400, body: `{"__type":"com.amazonaws.ecs#ClientException","message":"no"}`}
	tests := []struct {
		name  string
		reply reply
		want  run.EngineError
	}{
		{"AccessDenied", refusal(400, "AccessDeniedException", "no"), run.EngineError{Code: "AccessDeniedException", Message: "no"}},
		{"Blocked", refusal(400, "BlockedException", "no"), run.EngineError{Code: "BlockedException", Message: "no"}},
		{"Client", refusal(400, "ClientException", "no"), run.EngineError{Code: "ClientException", Message: "no"}},
		{"ClientWithNamespace", namespaced, run.EngineError{Code: "ClientException", Message: "no"}},
		{"ClusterNotFound", refusal(400, "ClusterNotFoundException", "Cluster not found."), run.EngineError{Code: "ClusterNotFoundException", Message: "Cluster not found.", Unknown: true}},
		{"Conflict", conflict, run.EngineError{Code: "ConflictException", Message: "differs", ResourceIDs: []string{"arn:1", "arn:2"}}},
		{"InvalidParameter", refusal(400, "InvalidParameterException", "no"), run.EngineError{Code: "InvalidParameterException", Message: "no"}},
		{"NamespaceNotFound", refusal(400, "NamespaceNotFoundException", "no"), run.EngineError{Code: "NamespaceNotFoundException", Message: "no"}},
		{"LimitExceeded", refusal(400, "LimitExceededException", "no"), run.EngineError{Code: "LimitExceededException", Message: "no"}},
		{"Incompatible", refusal(400, "PlatformTaskDefinitionIncompatibilityException", "no"), run.EngineError{Code: "PlatformTaskDefinitionIncompatibilityException", Message: "no"}},
		{"PlatformUnknown", refusal(400, "PlatformUnknownException", "no"), run.EngineError{Code: "PlatformUnknownException", Message: "no"}},
		{"Unsupported", refusal(400, "UnsupportedFeatureException", "no"), run.EngineError{Code: "UnsupportedFeatureException", Message: "no"}},
		{"Throttling", refusal(400, "ThrottlingException", "Rate exceeded"), run.EngineError{Code: "ThrottlingException", Message: "Rate exceeded"}},
		{"UnknownDefinition", refusal(400, "ClientException", "TaskDefinition not found."), run.EngineError{Code: "ClientException", Message: "TaskDefinition not found.", Unknown: true}},
		{"InactiveDefinition", refusal(400, "InvalidParameterException", "TaskDefinition is inactive"), run.EngineError{Code: "InvalidParameterException", Message: "TaskDefinition is inactive", Unknown: true}},
		{"WordsOfAnotherCode", refusal(400, "AccessDeniedException", "TaskDefinition not found."), run.EngineError{Code: "AccessDeniedException", Message: "TaskDefinition not found."}},

		{"Server", refusal(500, "ServerException", "oops"), run.EngineError{Code: "ServerException", Message: "oops", Unclear: true}},
		{"ServerAs400", refusal(400, "ServerException", "oops"), run.EngineError{Code: "ServerException", Message: "oops", Unclear: true}},
		{"InternalFailure", refusal(500, "InternalFailure", "oops"), run.EngineError{Code: "InternalFailure", Message: "oops", Unclear: true}},
		{"ClientAs500", refusal(500, "ClientException", "oops"), run.EngineError{Code: "ClientException", Message: "oops", Unclear: true}},
		{"Unavailable", refusal(503, "ServiceUnavailable", "later"), run.EngineError{Code: "ServiceUnavailable", Message: "later", Unclear: true}},
		{"RequestTimeout", refusal(408, "RequestTimeout", "slow"), run.EngineError{Code: "RequestTimeout", Message: "slow", Unclear: true}},
		{"500Empty", reply{status: 500}, run.EngineError{Unclear: true}},
		{"502Page", reply{status: 502, body: "<html>bad gateway</html>"}, run.EngineError{Unclear: true}},
		{"403WithoutCode", reply{status: 403, body: `{"message":"Forbidden"}`}, run.EngineError{Unclear: true}},
		{"400Page", reply{status: 400, body: "<html>"}, run.EngineError{Unclear: true}},
		{"307", reply{status: 307, body: "{}"}, run.EngineError{Unclear: true}},
		{"200Page", ok("<html>captive portal</html>"), run.EngineError{Unclear: true}},
		{"200Empty", ok(""), run.EngineError{Unclear: true}},
		{"200Bare", ok("{}"), run.EngineError{Unclear: true}},
		{"200Nothing", ok(`{"tasks":[],"failures":[]}`), run.EngineError{Unclear: true}},
		{"200Truncated", ok(`{"tasks":[`), run.EngineError{Unclear: true}},
		{"200WrongType", ok(`{"tasks":[{"taskArn":7}]}`), run.EngineError{Unclear: true}},
		{"SilentTransport", reply{err: errors.New("gone")}, run.EngineError{Unclear: true}},
	}
	launches := map[run.Operation]string{run.RunTask: runInput, run.StartTask: `{"taskDefinition":"app:1","containerInstances":["i-1"]}`}
	for op, input := range launches {
		for _, tt := range tests {
			t.Run(string(op)+"/"+tt.name, func(t *testing.T) {
				fake := newFake(t).on(string(op), tt.reply)
				_, err := awsecs.New(fake.client()).Launch(t.Context(), op, []byte(input))
				got := engineError(t, err)
				tt.want.Operation = string(op)
				if diff := cmp.Diff(&tt.want, got, withoutCause); diff != "" {
					t.Error(diff)
				}
				if n := len(fake.calls()); n != 1 {
					t.Errorf("%d requests, want exactly 1", n)
				}
				if got.Err == nil {
					t.Error("the cause is lost")
				}
			})
		}
	}
}

// A retry inside would hide a first try: whatever the client is set to, one request goes out.
func TestLaunchAndRegisterAreMadeOnce(t *testing.T) {
	failures := map[string]reply{
		"500":      {status: 500},
		"503":      {status: 503},
		"throttle": refusal(400, "ThrottlingException", "Rate exceeded"),
		"broken":   {err: errors.New("connection reset by peer")},
		"limit":    refusal(400, "LimitExceededException", "no"),
	}
	settings := map[string]func(*ecs.Options){
		"default":  func(*ecs.Options) {},
		"eager":    func(o *ecs.Options) { o.RetryMaxAttempts = 9 },
		"adaptive": func(o *ecs.Options) { o.RetryMode, o.Retryer = aws.RetryModeAdaptive, nil },
	}
	for name, failure := range failures {
		for mode, setting := range settings {
			t.Run(name+"/"+mode, func(t *testing.T) {
				fake := newFake(t).on("RunTask", failure).on("StartTask", failure).on("RegisterTaskDefinition", failure)
				client := fake.client(setting)
				engine := awsecs.New(client)
				_, first := engine.Launch(t.Context(), run.RunTask, []byte(runInput))
				_, second := engine.Launch(t.Context(), run.StartTask, []byte(`{"taskDefinition":"a","containerInstances":["i"]}`))
				_, third := awsecs.NewRegistrar(client).Register(t.Context(), []byte(`{"family":"a","containerDefinitions":[]}`))
				for _, err := range []error{first, second, third} {
					_ = engineError(t, err)
				}
				if n := len(fake.calls()); n != 3 {
					t.Errorf("%d requests for 3 calls", n)
				}
			})
		}
	}
}

func TestWhatIsNotSentIsClear(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	denied := func(o *ecs.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, &smithy.GenericAPIError{Code: "ExpiredToken", Message: "of another service"}
		})
	}
	plain := func(*ecs.Options) {}
	tests := []struct {
		name  string
		ctx   context.Context
		tune  func(*ecs.Options)
		op    run.Operation
		input string
		code  string
		says  string
	}{
		{"EndedContext", ended, plain, run.RunTask, runInput, "", "context canceled"},
		{"NoCredentials", t.Context(), denied, run.RunTask, runInput, "", "of another service"},
		{"NoToken", t.Context(), plain, run.RunTask, `{"taskDefinition":"a"}`, "InvalidParameterException", "clientToken"},
		{"EmptyToken", t.Context(), plain, run.RunTask, `{"taskDefinition":"a","clientToken":""}`, "InvalidParameterException", "clientToken"},
		{"NotJSON", t.Context(), plain, run.RunTask, `{`, "SerializationException", "line 1"},
		{"UnknownName", t.Context(), plain, run.RunTask, `{"clientToken":"t","nonsense":1}`, "SerializationException", "/nonsense"},
		{"WrongType", t.Context(), plain, run.RunTask, `{"clientToken":"t","count":"1"}`, "SerializationException", "/count"},
		{"DoubledName", t.Context(), plain, run.RunTask, `{"clientToken":"t","clientToken":"u"}`, "SerializationException", "/clientToken"},
		{"Incomplete", t.Context(), plain, run.RunTask, `{"clientToken":"t","taskDefinition":"a","capacityProviderStrategy":[{"weight":1}]}`, "InvalidParameterException", "CapacityProvider"},
		{"StartIncomplete", t.Context(), plain, run.StartTask, `{"taskDefinition":"a"}`, "InvalidParameterException", "ContainerInstances"},
		{"StartWithToken", t.Context(), plain, run.StartTask, `{"taskDefinition":"a","clientToken":"t"}`, "SerializationException", "/clientToken"},
		{"OtherOperation", t.Context(), plain, run.Operation("StopTask"), `{}`, "InvalidParameterException", "launches"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := newFake(t)
			_, err := awsecs.New(fake.client(tt.tune)).Launch(tt.ctx, tt.op, []byte(tt.input))
			got := engineError(t, err)
			if got.Unclear || got.Code != tt.code || !strings.Contains(got.Error(), tt.says) {
				t.Errorf("unclear %v, code %q, %v; want clear, code %q, and %q in it", got.Unclear, got.Code, got, tt.code, tt.says)
			}
			if strings.Contains(got.Message, "\n") {
				t.Errorf("message of several lines: %q", got.Message)
			}
			if n := len(fake.calls()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func TestCauseIsKept(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := awsecs.New(newFake(t).client()).Describe(ctx, "", []string{"arn"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not hold context.Canceled", err)
	}
}

// A context that ends just before the request goes out: the transport would not say that it sent nothing.
func TestContextEndsBeforeSending(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	last := func(o *ecs.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			cancel()
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		})
	}
	fake := newFake(t)
	_, err := awsecs.New(fake.client(last)).Launch(ctx, run.RunTask, []byte(runInput))
	if got := engineError(t, err); got.Unclear || !errors.Is(got, context.Canceled) {
		t.Errorf("unclear %v, %v; want clear and context.Canceled", got.Unclear, got.Err)
	}
	if n := len(fake.calls()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
