package httpapi

import (
	"context"
	"net/http"

	"davit/internal/run"
)

// Registrar registers a task definition, unless the latest revision already says the same.
type Registrar interface {
	Register(ctx context.Context, body []byte) (run.RegisterResult, error)
}

// Register is POST /task-definitions: 201 with the new revision, 200 when the latest one already says the same.
func Register(reg Registrar, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		if err := noQuery(r); err != nil {
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
		o.answer(w, r, status, definitionView{mask(result.Definition), result.Tags})
		return nil
	})
}
