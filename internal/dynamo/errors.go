package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"davit/internal/run"
)

var (
	// errDamaged: a stored value cannot be read back. Repeating does not help.
	errDamaged = errors.New("stored value is damaged")
	// errUnfit: a record cannot be stored, whatever its size.
	errUnfit = errors.New("record cannot be stored")
	// errBusy: the table left keys unread, or changed the record again and again.
	errBusy = errors.New("the table is too busy")
)

// unclear is a write of which a try may have been carried out. It answers for the whole call, whatever its last try said.
type unclear struct{ error }

func (u unclear) Unwrap() error { return u.error }

func tooLarge(detail string) error {
	return &run.Error{Code: run.CodeTooLarge, Message: "the run's record is too large to keep: " + detail}
}

// translate turns what went wrong into what run.Store promises. It is called once, by the exported methods. CodeThrottled of a
// write means that it was not carried out.
func translate(ctx context.Context, op string, err error) error {
	var known *run.Error
	var maybe unclear
	switch {
	case err == nil:
		return nil
	case errors.Is(err, run.ErrNotFound), errors.Is(err, run.ErrConflict), errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("dynamodb %s: %w", op, ctx.Err())
	}
	cause := fmt.Errorf("dynamodb %s: %w", op, err)
	switch {
	case errors.Is(err, errDamaged), errors.Is(err, errUnfit), malformed(err):
		return &run.Error{Code: run.CodeInternal, Message: "the store cannot handle this record", Err: cause}
	case throttled(err) && !errors.As(err, &maybe):
		return &run.Error{Code: run.CodeThrottled, Message: "the store asks for fewer calls", Err: cause}
	default:
		return &run.Error{Code: run.CodeUnavailable, Message: "the store did not answer", Err: cause}
	}
}

func apiCode(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

// throttled reports whether DynamoDB refused the request for the time being.
func throttled(err error) bool {
	switch apiCode(err) {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException":
		return true
	}
	return errors.Is(err, errBusy)
}

// malformed reports whether DynamoDB will refuse this request every time.
func malformed(err error) bool {
	switch apiCode(err) {
	case "ValidationException", "SerializationException":
		return true
	}
	return false
}

// inTheWay reports whether err is a put's condition that does not hold, and with it, where the server returns it, the item that is there.
func inTheWay(err error) (there item, refused bool) {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return nil, false
	}
	return failed.Item, true
}
