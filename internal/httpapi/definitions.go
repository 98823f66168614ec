package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

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

// Describer is the use case of Describe: it returns one revision of a task definition that callers may know of, or CodeNotFound.
type Describer interface {
	Describe(ctx context.Context, name string) (taskdef.Definition, error)
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

// Describe is GET /task-definitions/{definition}: 200 with the revision, whatever its status, and its tags.
func Describe(d Describer, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		if err := checkNoQuery(r); err != nil {
			return err
		}
		found, err := d.Describe(r.Context(), r.PathValue(definitionName))
		if err != nil {
			return err
		}
		o.writeJSON(w, r, http.StatusOK, viewDefinition(found))
		return nil
	})
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
