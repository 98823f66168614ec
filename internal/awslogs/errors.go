package awslogs

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The kinds of failed calls.
var (
	errThrottled = errors.New("CloudWatch Logs takes no more calls now")
	errSpent     = errors.New("the request may make no more calls")
	errNoAnswer  = errors.New("CloudWatch Logs did not answer")
	errToken     = errors.New("the token expired")
	errNoGroup   = errors.New("there is no such log group")
	errNoStream  = errors.New("there is no such log stream")
	errDenied    = errors.New("the call was denied")
	errRefused   = errors.New("CloudWatch Logs refused the call") // for good, by none of the reasons above
)

// cause is an error of GetLogEvents: one of the kinds above, and the SDK's error.
type cause struct{ kind, err error }

func (c *cause) Error() string { return c.kind.Error() + ": " + c.err.Error() }

// Unwrap returns both errors.
func (c *cause) Unwrap() []error { return []error{c.kind, c.err} }

// translate is the one translation of the SDK's errors. withToken is set where the call carried a token.
func translate(err error, withToken bool) error { return &cause{kindOf(err, withToken), err} }

func kindOf(err error, withToken bool) error {
	var (
		absent   *types.ResourceNotFoundException
		invalid  *types.InvalidParameterException
		refusal  smithy.APIError
		response *smithyhttp.ResponseError
	)
	if !errors.As(err, &refusal) {
		return errNoAnswer // or none that can be read
	}
	_, throttled := retry.DefaultThrottleErrorCodes[refusal.ErrorCode()]
	switch {
	case throttled:
		return errThrottled
	case errors.As(err, &absent) && strings.Contains(strings.ToLower(absent.ErrorMessage()), "log group"):
		return errNoGroup
	case errors.As(err, &absent):
		return errNoStream
	case withToken && (errors.As(err, &invalid) || refusal.ErrorCode() == "ValidationException"): // the rest of the call is ours
		return errToken
	case refusal.ErrorCode() == "AccessDeniedException", refusal.ErrorCode() == "AccessDenied":
		return errDenied
	case refusal.ErrorFault() == smithy.FaultServer, errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusInternalServerError:
		return errNoAnswer
	default:
		return errRefused
	}
}
