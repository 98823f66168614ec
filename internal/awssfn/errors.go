package awssfn

import (
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"davit/internal/run"
)

// tooMany are the codes that ask for fewer calls, beside those that all services share: there is no room for another open execution.
var tooMany = map[string]bool{"ExecutionLimitExceeded": true}

// translate is the one translation of errors. What Step Functions refuses for good is the stack's fault, so internal.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var refusal smithy.APIError
	if !errors.As(err, &refusal) {
		return unavailable(err) // no answer, or none that can be read
	}
	code := refusal.ErrorCode()
	_, throttled := retry.DefaultThrottleErrorCodes[code]
	var response *smithyhttp.ResponseError
	switch {
	case throttled || tooMany[code]:
		return &run.Error{Code: run.CodeThrottled, Message: "the state machine takes no more calls now", Err: err}
	case refusal.ErrorFault() == smithy.FaultServer, errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusInternalServerError:
		return unavailable(err)
	default:
		return &run.Error{Code: run.CodeInternal, Err: err}
	}
}

func unavailable(err error) error {
	return &run.Error{Code: run.CodeUnavailable, Message: "the state machine did not answer", Err: err}
}
