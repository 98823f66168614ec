package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"davit/internal/run"
)

// Submitter is the use case of Submit: it records a run, or returns what a dry run would record.
type Submitter interface {
	Submit(ctx context.Context, req run.SubmitRequest) (run.SubmitResult, error)
}

// Submit is POST /runs[?dryRun=true]: 202 with the run and its Location. A key that was used before with the same body gets the same run
// and Idempotent-Replayed: true. A dry run gets 200 with request, resolved and policy.
func Submit(s Submitter, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		req, err := submitRequest(r, caller)
		if err != nil {
			return err
		}
		result, err := s.Submit(r.Context(), req)
		if err != nil {
			return err
		}
		if req.DryRun {
			o.writeJSON(w, r, http.StatusOK, viewDryRun(result.Run))
			return nil
		}
		w.Header().Set("Location", "/runs/"+result.Run.ID)
		if result.Replayed {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		o.writeJSON(w, r, http.StatusAccepted, o.viewRun(result.Run))
		return nil
	})
}

func submitRequest(r *http.Request, caller string) (run.SubmitRequest, error) {
	req := run.SubmitRequest{Caller: caller}
	q := parseQuery(r, "dryRun")
	req.DryRun = q.truth("dryRun")
	faults := slices.Concat(q.faults, readIdempotencyKey(&req, r.Header))
	if len(faults) > 0 {
		return req, invalid(faults...)
	}
	body, err := readBody(r)
	req.Body = body
	return req, err
}

// readIdempotencyKey reads the Idempotency-Key header. The domain checks its length, together with the body.
func readIdempotencyKey(req *run.SubmitRequest, h http.Header) []run.Violation {
	keys := h.Values("Idempotency-Key")
	if len(keys) > 1 {
		return []run.Violation{{Field: "header:Idempotency-Key", Rule: run.RuleIdempotencyKey, Detail: "is given more than once"}}
	}
	if len(keys) == 0 {
		return nil
	}
	req.Key, req.HasKey = keys[0], true
	if !utf8.ValidString(req.Key) || strings.ContainsFunc(req.Key, unprintable) {
		return []run.Violation{{Field: "header:Idempotency-Key", Rule: run.RuleIdempotencyKey, Detail: "1 to 255 printable characters in UTF-8 are allowed"}}
	}
	return nil
}

func unprintable(c rune) bool { return !unicode.IsPrint(c) }
