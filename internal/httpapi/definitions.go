package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"davit/internal/run"
	"davit/internal/taskdef"
)

// Registrar is the use case of Register: it registers a task definition unless the latest revision has the same content.
type Registrar interface {
	Register(ctx context.Context, body []byte) (taskdef.RegisterResult, error)
}

// Register is POST /task-definitions: 201 with the new revision, 200 when the latest one has the same content.
func Register(reg Registrar, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		if err := checkNoQuery(r); err != nil {
			return err
		}
		body, err := readBody(r)
		if err != nil {
			return err
		}
		result, err := reg.Register(r.Context(), body)
		if err != nil {
			return err
		}
		status := http.StatusOK
		if result.Created {
			status = http.StatusCreated
		}
		o.writeJSON(w, r, status, definitionView{mask(result.Definition), result.Tags})
		return nil
	})
}

// Describer is the use case of Describe: it returns one revision of a task definition that callers may know of, or CodeNotFound. With values
// it returns one only where callers may register, or CodeForbidden.
type Describer interface {
	Describe(ctx context.Context, name string) (taskdef.Definition, error)
	DescribeValues(ctx context.Context, name string) (taskdef.Definition, error)
}

// DefinitionLister is the use case of ListDefinitions: it returns a page of the task definitions that callers may know of.
type DefinitionLister interface {
	ListDefinitions(ctx context.Context, req taskdef.ListRequest) (taskdef.List, error)
}

// Deregistrar is the use case of Deregister: it makes a revision INACTIVE. One that is INACTIVE already is no error.
type Deregistrar interface {
	Deregister(ctx context.Context, name string) (taskdef.Definition, error)
}

// definitionView is a task definition as ECS returns it. Tags are left out where the reply of ECS has none.
type definitionView struct {
	TaskDefinition json.RawMessage `json:"taskDefinition"`
	Tags           []taskdef.Tag   `json:"tags,omitzero"`
}

func viewDefinition(d taskdef.Definition) definitionView {
	return definitionView{mask(d.Definition), d.Tags}
}

// Describe is GET /task-definitions/{definition}[?values=true]: 200 with the revision, whatever its status, and its tags. With values its
// environment values are shown, to callers who may register.
func Describe(d Describer, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		q := parseQuery(r, "values")
		values := q.truth("values")
		if err := q.err(); err != nil {
			return err
		}
		name := r.PathValue(definitionName)
		if values {
			return o.describeValues(w, r, d, name)
		}
		found, err := d.Describe(r.Context(), name)
		if err != nil {
			return err
		}
		o.writeJSON(w, r, http.StatusOK, viewDefinition(found))
		return nil
	})
}

// describeValues writes a revision with its environment values to a caller of whom it is known that it may register.
func (o Options) describeValues(w http.ResponseWriter, r *http.Request, d Describer, name string) error {
	if !mayRegister(r.Context()) {
		return &fault{kind: kinds[run.CodeForbidden], detail: "values are shown to callers who may register task definitions", violations: []run.Violation{
			{Field: "query:values", Rule: run.RuleValues, Detail: valuesLimit}}}
	}
	return o.writeValues(w, r, d, name)
}

const valuesLimit = "needs the scope davit/admin beside davit/read; with IAM authorization this request does not show whether its caller may register: " +
	"POST /task-definitions/{definition}/values answers the same to those who may"

// Values is POST /task-definitions/{definition}/values: what Describe writes with values=true. The route is one that only callers who may register
// are let through to, so that IAM too can tell them from others.
func Values(d Describer, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		if err := checkNoQuery(r); err != nil {
			return err
		}
		if err := checkNoMembers(r); err != nil {
			return err
		}
		return o.writeValues(w, r, d, r.PathValue(definitionName))
	})
}

func (o Options) writeValues(w http.ResponseWriter, r *http.Request, d Describer, name string) error {
	found, err := d.DescribeValues(r.Context(), name)
	if err != nil {
		return err
	}
	o.writeJSON(w, r, http.StatusOK, definitionView{found.Definition, found.Tags})
	return nil
}

// Deregister is POST /task-definitions/{definition}/deregister: 200 with the revision, INACTIVE now or already.
func Deregister(d Deregistrar, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		if err := checkNoQuery(r); err != nil {
			return err
		}
		if err := checkNoMembers(r); err != nil {
			return err
		}
		gone, err := d.Deregister(r.Context(), r.PathValue(definitionName))
		if err != nil {
			return err
		}
		o.writeJSON(w, r, http.StatusOK, viewDefinition(gone))
		return nil
	})
}

// ListDefinitions is GET /task-definitions?familyPrefix=&status=&limit=&cursor=: 200 with {taskDefinitions, nextCursor}, in ECS's order.
func ListDefinitions(l DefinitionLister, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		req, err := definitionListRequest(r)
		if err != nil {
			return err
		}
		list, err := l.ListDefinitions(r.Context(), req)
		if err != nil {
			return err
		}
		o.writeJSON(w, r, http.StatusOK, viewDefinitionList(list))
		return nil
	})
}

// maxDefinitionCursor, in characters, leaves room for a token of ECS's.
const maxDefinitionCursor = 8192

func definitionListRequest(r *http.Request) (taskdef.ListRequest, error) {
	q := parseQuery(r, "familyPrefix", "status", "limit", "cursor")
	req := taskdef.ListRequest{FamilyPrefix: q.values["familyPrefix"], Status: q.values["status"], Cursor: q.values["cursor"]}
	q.bounded(maxDefinitionCursor, "familyPrefix")
	req.Limit = q.limit()
	return req, q.err()
}

type definitionListView struct {
	TaskDefinitions []taskdef.Summary `json:"taskDefinitions"`
	NextCursor      string            `json:"nextCursor,omitempty"`
}

func viewDefinitionList(list taskdef.List) definitionListView {
	return definitionListView{append([]taskdef.Summary{}, list.TaskDefinitions...), list.NextCursor}
}
