package dynamofake

import (
	"fmt"
	"net/http"
)

// Refusal is an error reply.
type Refusal struct {
	Code    string `json:"__type"`
	Message string `json:"message"`
	Item    Item   `json:"Item,omitempty"` // of ConditionalCheckFailedException
	status  int    // 0: 400
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

func invalid(format string, args ...any) error {
	return &Refusal{Code: "com.amazon.coral.validate#ValidationException", Message: fmt.Sprintf(format, args...)}
}

// refusal is what a fault answers in the place of the operation's reply; nil where the operation is performed.
func (f Fault) refusal() error {
	const own = "com.amazonaws.dynamodb.v20120810#"
	switch f {
	case Throttled:
		return &Refusal{Code: own + "ProvisionedThroughputExceededException", Message: "The level of configured provisioned throughput for the table was exceeded."}
	case RequestLimit:
		return &Refusal{Code: own + "RequestLimitExceeded", Message: "Throughput exceeds the current throughput limit for your account."}
	case Throttling:
		return &Refusal{Code: own + "ThrottlingException", Message: "Rate of requests exceeds the allowed throughput."}
	case Denied:
		return &Refusal{Code: "com.amazon.coral.service#AccessDeniedException", Message: "User is not authorized to perform this action."}
	case Backfilling:
		return invalid("Cannot read from backfilling global secondary index: origin")
	case ServerError:
		return &Refusal{Code: own + "InternalServerError", Message: "The request could not be processed.", status: http.StatusInternalServerError}
	default:
		return nil
	}
}
