// Package runtime starts a Lambda function: it reads the environment, has the function wired, and hands it to the Lambda runtime.
package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"davit/internal/config"
)

// Runtime is what every function has at its start.
type Runtime struct {
	*config.Env
	AWS aws.Config   // of the function's role and region; it honours AWS_ENDPOINT_URL_<service>
	Log *slog.Logger // as Lambda's logging configuration says, with the request's id
}

// Handler is what the Lambda runtime invokes; a lambdaio.Function is one.
type Handler = lambda.Handler

// errNoRegion: Lambda always sets a region, so somebody else runs the function.
var errNoRegion = errors.New("AWS_REGION is not set; allowed: the region of the stack")

// Main runs a function for the life of its process; wire makes it of its parts. Whatever is wrong with the environment is reported to
// Lambda as NameBadConfiguration and logged. Main then returns the process's exit code, and otherwise not at all.
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
