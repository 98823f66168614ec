package awssfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"

	"davit/internal/awssfn"
	"davit/internal/run"
)

const machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:davit-run"

var execution = run.Execution{RunID: "abcdefghijklmnopqrstuvwxyz", Incarnation: "bornborn", Generation: 2}

// reply is what the service says to one request; status 0 breaks the connection.
type reply struct {
	status int
	body   string
}

func fault(status int, code string) reply {
	return reply{status, fmt.Sprintf(`{"__type":%q,"message":"words of the service"}`, code)}
}

// service is Step Functions in the test's process: it gives its replies in turn, the last one for good.
type service struct {
	replies []reply
	seen    []string // operation, space, input
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.seen = append(s.seen, strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSStepFunctions.")+" "+string(body))
	answer := s.replies[min(len(s.seen), len(s.replies))-1]
	if answer.status == 0 {
		return nil, errors.New("connection reset")
	}
	return &http.Response{
		StatusCode: answer.status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader(answer.body)), Request: r,
	}, nil
}

func (s *service) workflow(configured string) *awssfn.Workflow {
	return awssfn.New(sfn.NewFromConfig(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://states.test"), HTTPClient: &http.Client{Transport: s},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}), configured)
}

var started = reply{200, `{"executionArn":"arn:aws:states:eu-west-1:123456789012:execution:davit-run:x","startDate":1796004000.123}`}

func TestStart(t *testing.T) {
	for _, test := range []struct{ given, want string }{{"", machine}, {"arn:aws:states:eu-west-1:123456789012:stateMachine:other", "arn:aws:states:eu-west-1:123456789012:stateMachine:other"}} {
		s := &service{replies: []reply{started}}
		if err := s.workflow(machine).Start(t.Context(), execution, test.given); err != nil {
			t.Fatal(err)
		}
		operation, input, _ := strings.Cut(s.seen[0], " ")
		var got map[string]string
		if err := json.Unmarshal([]byte(input), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"stateMachineArn": test.want, "name": "abcdefghijklmnopqrstuvwxyz-bornborn-2",
			"input": `{"runId":"abcdefghijklmnopqrstuvwxyz","born":"bornborn","generation":2}`,
		}
		if diff := cmp.Diff(want, got); operation != "StartExecution" || diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation, diff)
		}
	}
}

func TestWake(t *testing.T) {
	s := &service{replies: []reply{{200, `{}`}}}
	answer := run.StepOutput{Execution: execution, Next: run.StepLaunch, WaitSeconds: 1}
	if err := s.workflow("").Wake(t.Context(), "the token", answer); err != nil {
		t.Fatal(err)
	}
	operation, input, _ := strings.Cut(s.seen[0], " ")
	var got struct{ TaskToken, Output string }
	if err := json.Unmarshal([]byte(input), &got); err != nil {
		t.Fatal(err)
	}
	const output = `{"runId":"abcdefghijklmnopqrstuvwxyz","born":"bornborn","generation":2,"next":"LAUNCH","waitSeconds":1}`
	switch {
	case operation != "SendTaskSuccess":
		t.Errorf("operation is %v, want SendTaskSuccess", operation)
	case got.TaskToken != "the token":
		t.Errorf("got.TaskToken is %v, want the token", got.TaskToken)
	case got.Output != output:
		t.Errorf("got.Output is %v, want %v", got.Output, output)
	}
}

// What the service may say, what the domain hears, and how often it is asked.
func TestErrors(t *testing.T) {
	both := func(w *awssfn.Workflow, ctx context.Context) []error {
		return []error{w.Start(ctx, execution, ""), w.Wake(ctx, "the token", run.StepOutput{})}
	}
	tests := []struct {
		name  string
		reply reply
		is    error
		code  run.Code
		tries int
	}{
		{"open or closed under that name", fault(400, "ExecutionAlreadyExists"), run.ErrExecutionExists, run.CodeInternal, 1},
		{"nobody waits any more", fault(400, "TaskTimedOut"), run.ErrTokenGone, run.CodeInternal, 1},
		{"nobody ever waited", fault(400, "TaskDoesNotExist"), run.ErrTokenGone, run.CodeInternal, 1},
		{"no token at all", fault(400, "InvalidToken"), run.ErrTokenGone, run.CodeInternal, 1},
		{"no token at all, by its full name", fault(400, "com.amazonaws.swf.service.v2.model#InvalidToken"), run.ErrTokenGone, run.CodeInternal, 1},
		{"throttled", fault(400, "ThrottlingException"), nil, run.CodeThrottled, 3},
		{"throttled by another name", fault(400, "TooManyRequestsException"), nil, run.CodeThrottled, 3},
		{"too many executions", fault(400, "ExecutionLimitExceeded"), nil, run.CodeThrottled, 1},
		{"down", fault(500, "InternalFailure"), nil, run.CodeUnavailable, 3},
		{"down, in words of a proxy", reply{503, "<html>"}, nil, run.CodeUnavailable, 3},
		{"no reply", reply{}, nil, run.CodeUnavailable, 3},
		{"not JSON", reply{200, "<html>"}, nil, run.CodeUnavailable, 1},
		{"denied", fault(400, "AccessDeniedException"), nil, run.CodeInternal, 1},
		{"no such machine", fault(400, "StateMachineDoesNotExist"), nil, run.CodeInternal, 1},
		{"machine is being deleted", fault(400, "StateMachineDeleting"), nil, run.CodeInternal, 1},
		{"an answer that is too long", fault(400, "InvalidOutput"), nil, run.CodeInternal, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for i := range 2 {
					s := &service{replies: []reply{test.reply}}
					err := both(s.workflow(machine), t.Context())[i]
					wrongCall := (i == 0) == errors.Is(test.is, run.ErrTokenGone)
					if test.is != nil && wrongCall {
						continue
					}
					tries := 0
					for _, call := range s.seen {
						if strings.HasPrefix(call, []string{"StartExecution ", "SendTaskSuccess "}[i]) {
							tries++
						}
					}
					if run.CodeOf(err) != test.code || tries != test.tries || (test.is != nil && err != test.is) { //nolint:errorlint // bare, as the ports say
						t.Errorf("call %d: %v of code %s after %d tries; want %v, %s, %d", i, err, run.CodeOf(err), tries, test.is, test.code, test.tries)
					}
					if strings.Contains(run.MessageOf(err), "words of the service") {
						t.Errorf("a caller may read %q", run.MessageOf(err))
					}
				}
			})
		})
	}
}

func TestALostReplyIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{replies: []reply{{}, started}}
		if err := s.workflow(machine).Start(t.Context(), execution, ""); err != nil || len(s.seen) != 2 || s.seen[0] != s.seen[1] {
			t.Errorf("%v; asked %q", err, s.seen)
		}
	})
}

func TestOutOfTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &service{replies: []reply{started}}
	if err := s.workflow(machine).Start(ctx, execution, ""); run.CodeOf(err) != run.CodeUnavailable || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
