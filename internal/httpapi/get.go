package httpapi

import (
	"context"
	"net/http"

	"davit/internal/run"
)

// Getter answers one run that the caller may see; CodeNotFound otherwise.
type Getter interface {
	Get(ctx context.Context, caller, id string) (*run.Run, error)
}

// Get is GET /runs/{runId}: 200 with the run.
func Get(g Getter, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		if err := noQuery(r); err != nil {
			return err
		}
		found, err := g.Get(r.Context(), caller, r.PathValue(runIDName))
		if err != nil {
			return err
		}
		o.answer(w, r, http.StatusOK, o.viewRun(found))
		return nil
	})
}
