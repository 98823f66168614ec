package awsecs

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"davit/internal/run"
)

// The codes that ECS has for an input that it cannot read, and for one that lacks something.
const (
	codeSerialization    = "SerializationException"
	codeInvalidParameter = "InvalidParameterException"
)

// codeNone is what the SDK says for an error reply without a code.
const codeNone = "UnknownError"

// refused is an error without a call, or inside an answer: definitely not carried out.
func refused(op, code, message string) *run.EngineError {
	return &run.EngineError{Operation: op, Code: code, Message: message}
}

// lost is a success whose reply cannot be used.
func lost(op string, err error) *run.EngineError {
	return &run.EngineError{Operation: op, Unclear: true, Err: err}
}

// translate is the one place where the SDK's errors become the domain's.
//
// A call was definitely not carried out when no request was sent (wire.go), or when ECS answered with a 4xx and a code. Anything
// else is Unclear: a 5xx, a reply without a code or that cannot be read, a connection that broke, a context that ended while the
// reply was due. Code and Message are ECS's own: what failed before the request was sent has neither, except that input
// which the SDK finds incomplete gets the code that ECS has for it.
func translate(op string, err error, sent bool) *run.EngineError {
	e := &run.EngineError{Operation: op, Err: err}
	var incomplete smithy.InvalidParamsError
	if errors.As(err, &incomplete) {
		e.Code, e.Message = codeInvalidParameter, oneLine(incomplete.Error())
		return e
	}
	if !sent {
		return e
	}
	e.Unclear = true
	var answer smithy.APIError
	if !errors.As(err, &answer) || answer.ErrorCode() == codeNone {
		return e
	}
	e.Code, e.Message = answer.ErrorCode(), answer.ErrorMessage()
	e.Unclear = !clientFault(err, answer)
	e.Unknown = unknown(e.Code, e.Message)
	var conflict *types.ConflictException
	if errors.As(err, &conflict) {
		e.ResourceIDs = conflict.ResourceIds
	}
	return e
}

// clientFault reports whether ECS refused the request: a 4xx, but not the one that means it did not wait for the end of it.
func clientFault(err error, answer smithy.APIError) bool {
	var reply *smithyhttp.ResponseError
	if answer.ErrorFault() == smithy.FaultServer || !errors.As(err, &reply) {
		return false
	}
	status := reply.HTTPStatusCode()
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout
}

// absent are ECS's words for a definition or task that is not there or cannot be used; it has no codes for them.
var absent = []string{
	"unable to describe task definition", "taskdefinition not found", "taskdefinition is inactive", "referenced task was not found",
	"specified task definition does not exist",
}

func unknown(code, message string) bool {
	switch code {
	case "ClusterNotFoundException":
		return true
	case "ClientException", codeInvalidParameter:
		message = strings.ToLower(message)
		for _, words := range absent {
			if strings.Contains(message, words) {
				return true
			}
		}
	}
	return false
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
