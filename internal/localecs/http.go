package localecs

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

const (
	contentType  = "application/x-amz-json-1.1"
	targetPrefix = "AmazonEC2ContainerServiceV20141113."
	maxBody      = 1 << 20
)

// ServeHTTP serves one call of ECS's JSON 1.1 protocol: POST / with the operation in X-Amz-Target. A task runs commands on this
// machine, so a request that a web page could have made is refused: a Host that is neither loopback nor allowed, any
// Origin header, any other content type.
//
// It panics with http.ErrAbortHandler, as net/http asks, where a fault drops the connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-amzn-requestid", ecsname.NewUUID())
	operation, body, refusal := s.accept(w, r)
	if refusal != nil {
		writeError(w, refusal)
		return
	}
	reply, err := s.perform(r.Context(), operation, body)
	if errors.Is(err, errDropped) {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		writeError(w, s.outward(operation, err))
		return
	}
	send(w, http.StatusOK, reply)
}

// accept lets a request in, or says why not.
func (s *Server) accept(w http.ResponseWriter, r *http.Request) (operation string, body []byte, err *ecserror.Error) {
	if err := s.guard(r); err != nil {
		return "", nil, err
	}
	operation, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if !ours || operation == "" {
		return "", nil, ecserror.Refuse("UnknownOperationException", "The header X-Amz-Target must be %s<operation>.", targetPrefix)
	}
	body, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if readErr != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(readErr, &tooLarge) {
			return "", nil, forbid(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "The body is over 1 MiB.")
		}
		return "", nil, ecserror.Refuse("SerializationException", "The body could not be read.")
	}
	return operation, body, nil
}

func (s *Server) guard(r *http.Request) *ecserror.Error {
	switch {
	case !s.hostAllowed(r.Host):
		return forbid(http.StatusForbidden, "AccessDeniedException", "This Host is not served; the local ECS answers on loopback names only.")
	case len(r.Header.Values("Origin")) > 0:
		return forbid(http.StatusForbidden, "AccessDeniedException", "Requests of web pages are not served.")
	case r.URL.Path != "/":
		return forbid(http.StatusNotFound, "UnknownOperationException", "There is nothing but / here.")
	case r.Method != http.MethodPost:
		return forbid(http.StatusMethodNotAllowed, "UnknownOperationException", "Only POST is served.")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != contentType {
		return forbid(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "The content type must be "+contentType+".")
	}
	return nil
}

func forbid(status int, code, message string) *ecserror.Error {
	return &ecserror.Error{Status: status, Code: code, Message: message}
}

// hostAllowed compares the name alone: the port says nothing about who asks.
func (s *Server) hostAllowed(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "localhost" || s.hosts[name] {
		return true
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return ip != nil && ip.IsLoopback()
}

// outward is what the caller is told of an error; only apiErrors are meant for it.
func (s *Server) outward(operation string, err error) *ecserror.Error {
	if known := new(ecserror.Error); errors.As(err, &known) {
		return known
	}
	s.log.Error("a call failed", "operation", operation, "error", err)
	return ecserror.Server("The local ECS could not carry out the call.")
}

type errorBody struct {
	Type        string   `json:"__type"`
	Message     string   `json:"message"`
	ResourceIDs []string `json:"resourceIds,omitempty"`
}

func writeError(w http.ResponseWriter, e *ecserror.Error) {
	body, err := json.Marshal(errorBody{e.Code, e.Message, e.ResourceIDs})
	if err != nil {
		body = nil
	}
	send(w, e.Status, body)
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller is gone if this fails
}
