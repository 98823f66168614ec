package httpapi

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// maxBody is the most that a request's body may hold, in bytes.
const maxBody = run.MaxBody

// readBody returns the body of a route that needs one: application/json, not empty.
func readBody(r *http.Request) ([]byte, error) {
	body, err := readOptionalBody(r)
	if err == nil && len(body) == 0 {
		return nil, invalid(run.Violation{Rule: run.RuleMalformed, Detail: "the body is empty; a JSON object is needed"})
	}
	return body, err
}

// readOptionalBody returns the body of a route that takes none too. One that is there must be application/json.
func readOptionalBody(r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, bodyTooLarge()
	}
	body, err := readUpTo(r.Body, maxBody+1)
	switch {
	case err != nil:
		return nil, invalid(run.Violation{Rule: run.RuleMalformed, Detail: "the body did not arrive whole"})
	case len(body) > maxBody:
		return nil, bodyTooLarge()
	case len(body) > 0 && !isJSON(r.Header):
		return nil, &fault{kind: wrongMediaType, detail: "send the body as application/json", violations: []run.Violation{
			{Field: "header:Content-Type", Rule: run.RuleContentType, Detail: "must be application/json"}}}
	}
	return body, nil
}

// checkNoMembers reads the body of a route that takes no members. It returns an error unless the body is absent or an empty object.
func checkNoMembers(r *http.Request) error {
	body, err := readOptionalBody(r)
	if err != nil || len(body) == 0 {
		return err
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return invalid(run.Violation{Rule: run.RuleMalformed, Detail: "the body is not one JSON value in UTF-8; none is needed"})
	}
	list, isObject := jsontree.RawMembers(body)
	if !isObject {
		return invalid(run.Violation{Rule: run.RuleNotObject, Detail: "the body is not a JSON object; none is needed"})
	}
	if len(list) > 0 {
		return invalid(run.Violation{Field: jsontree.Join("", list[0].Name), Rule: run.RuleUnknownName, Detail: "there is no such member; none is taken"})
	}
	return nil
}

func readUpTo(body io.Reader, limit int64) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(body, limit))
}

func bodyTooLarge() error {
	return &fault{kind: kinds[run.CodeTooLarge], detail: "a body is at most 256 KiB (262,144 bytes)", violations: []run.Violation{
		{Rule: run.RuleBodySize, Detail: "at most 262,144 bytes"}}}
}

// isJSON reports whether the Content-Type is application/json, with or without parameters such as charset. A doubled header is not.
func isJSON(h http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(strings.Join(h.Values("Content-Type"), ","))
	return err == nil && mediaType == "application/json"
}
