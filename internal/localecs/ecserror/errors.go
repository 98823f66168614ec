package ecserror

import (
	"fmt"
	"net/http"
)

// apiError is an answer of ECS that is not a success. Its text is for the caller; internal causes are logged instead.
type Error struct {
	Status      int
	Code        string
	Message     string
	ResourceIDs []string // ConflictException alone
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func Refuse(code, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

func Client(format string, args ...any) *Error {
	return Refuse("ClientException", format, args...)
}

func Invalid(format string, args ...any) *Error {
	return Refuse("InvalidParameterException", format, args...)
}

func Server(message string) *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "ServerException", Message: message}
}

func ClusterNotFound() *Error { return Refuse("ClusterNotFoundException", "Cluster not found.") }

func Throttled() *Error { return Refuse("ThrottlingException", "Rate exceeded") }
