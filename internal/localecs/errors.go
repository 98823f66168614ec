package localecs

import (
	"fmt"
	"net/http"
)

// apiError is an answer of ECS that is not a success. Its text is for the caller; internal causes are logged instead.
type apiError struct {
	status      int
	code        string
	message     string
	resourceIDs []string // ConflictException alone
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func refuse(code, format string, args ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

func clientError(format string, args ...any) *apiError {
	return refuse("ClientException", format, args...)
}

func invalid(format string, args ...any) *apiError {
	return refuse("InvalidParameterException", format, args...)
}

func serverError(message string) *apiError {
	return &apiError{status: http.StatusInternalServerError, code: "ServerException", message: message}
}

func clusterNotFound() *apiError { return refuse("ClusterNotFoundException", "Cluster not found.") }

func throttled() *apiError { return refuse("ThrottlingException", "Rate exceeded") }
