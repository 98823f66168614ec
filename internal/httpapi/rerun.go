package httpapi

import (
	"context"
	"net/http"
	"slices"

	"davit/internal/run"
)

// Rerunner is the use case of Rerun: it records a run that repeats another one, or returns what a dry run would record.
type Rerunner interface {
	Rerun(ctx context.Context, req run.RerunRequest) (run.SubmitResult, error)
}

// Rerun is POST /runs/{runId}/rerun[?dryRun=true] with {patch, failedOnly, revision}, each optional; the body may be empty. It answers as Submit does.
func Rerun(s Rerunner, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		req, err := rerunRequest(r, caller)
		if err != nil {
			return err
		}
		result, err := s.Rerun(r.Context(), req)
		if err != nil {
			return err
		}
		o.writeSubmitted(w, r, result, req.DryRun)
		return nil
	})
}

func rerunRequest(r *http.Request, caller string) (run.RerunRequest, error) {
	req := run.RerunRequest{Caller: caller, RunID: r.PathValue(runIDName), By: submittedBy(r, caller)}
	q := parseQuery(r, "dryRun")
	req.DryRun = q.truth("dryRun")
	var bad []run.Violation
	req.Key, req.HasKey, bad = readIdempotencyKey(r.Header)
	if faults := slices.Concat(q.faults, bad); len(faults) > 0 {
		return req, invalid(faults...)
	}
	body, err := readOptionalBody(r)
	req.Body = body
	return req, err
}
