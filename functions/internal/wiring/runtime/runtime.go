// Package runtime starts a Lambda function: it reads the environment, calls the function's wire, and passes the result to the Lambda runtime.
package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"davit/internal/config"
)

// Runtime is what every function has at its start: its environment, the AWS configuration and the logger.
type Runtime struct {
	*config.Env
	// AWS has the credentials of the function's role and its region. It honours AWS_ENDPOINT_URL_<service>.
	AWS aws.Config
	// Log has the format and level of Lambda's logging configuration, and adds the request's id.
	Log *slog.Logger
}

// Handler is what the Lambda runtime invokes; a lambdaio.Function is one.
type Handler = lambda.Handler

// errNoRegion is reported outside Lambda, which always sets a region.
var errNoRegion = errors.New("AWS_REGION is not set; allowed: the region of the stack")

// Main runs a function for the life of its process. wire builds the function from its parts. Every error in the environment is logged and
// reported to Lambda as NameBadConfiguration; Main then returns the process's exit code. Otherwise Main does not return.
func Main(wire func(rt *Runtime) Handler) int {
	rt := newRuntime()
	handler := wire(rt)
	if err := rt.Err(); err != nil {
		rt.reportFailure(err)
		return 1
	}
	lambda.Start(deadlineMargin{handler})
	return 0
}

// newRuntime loads the AWS configuration. Its errors are in Err.
func newRuntime() *Runtime {
	rt := &Runtime{Env: config.New(os.LookupEnv), Log: lambdacontext.NewLogger()}
	loaded, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		rt.Fail(fmt.Errorf("the AWS configuration cannot be loaded: %w", err))
	} else if loaded.Region == "" {
		rt.Fail(errNoRegion)
	}
	rt.AWS = loaded
	return rt
}

// RequestID returns the id of the invocation of a context, "" outside of one.
func RequestID(ctx context.Context) string {
	invocation, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return ""
	}
	return invocation.AwsRequestID
}

// deadlineReserve is the time between the end of an invocation's context and Lambda's own deadline, in which the answer is sent.
const deadlineReserve = 500 * time.Millisecond

// deadlineMargin ends an invocation's context before Lambda ends the process. A call that hangs then becomes an error with a name, or a
// problem, and not a time-out of the sandbox, after which the next invocation needs a cold start.
type deadlineMargin struct{ lambda.Handler }

// Invoke implements lambda.Handler.
func (m deadlineMargin) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if deadline, has := ctx.Deadline(); has && time.Until(deadline) > 2*deadlineReserve {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-deadlineReserve))
		defer cancel()
	}
	return m.Handler.Invoke(ctx, payload)
}
