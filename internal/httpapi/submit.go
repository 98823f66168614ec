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
		o.writeSubmitted(w, r, result, req.DryRun)
		return nil
	})
}

// writeSubmitted writes a run that was recorded, or what a dry run would record.
func (o Options) writeSubmitted(w http.ResponseWriter, r *http.Request, result run.SubmitResult, dryRun bool) {
	if dryRun {
		o.writeJSON(w, r, http.StatusOK, viewDryRun(result.Run))
		return
	}
	w.Header().Set("Location", "/runs/"+result.Run.ID)
	if result.Replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	o.writeJSON(w, r, http.StatusAccepted, o.viewRun(result.Run))
}

func submitRequest(r *http.Request, caller string) (run.SubmitRequest, error) {
	req := run.SubmitRequest{Caller: caller, By: submittedBy(r, caller)}
	q := parseQuery(r, "dryRun")
	req.DryRun = q.truth("dryRun")
	var bad []run.Violation
	req.Key, req.HasKey, bad = readIdempotencyKey(r.Header)
	if faults := slices.Concat(q.faults, bad); len(faults) > 0 {
		return req, invalid(faults...)
	}
	body, err := readBody(r)
	req.Body = body
	return req, err
}

// readIdempotencyKey reads the Idempotency-Key header. The domain checks its length, together with the body.
func readIdempotencyKey(h http.Header) (key string, given bool, faults []run.Violation) {
	keys := h.Values("Idempotency-Key")
	if len(keys) > 1 {
		return "", true, []run.Violation{{Field: "header:Idempotency-Key", Rule: run.RuleIdempotencyKey, Detail: "is given more than once"}}
	}
	if len(keys) == 0 {
		return "", false, nil
	}
	if !utf8.ValidString(keys[0]) || strings.ContainsFunc(keys[0], unprintable) {
		return "", true, []run.Violation{{Field: "header:Idempotency-Key", Rule: run.RuleIdempotencyKey, Detail: "1 to 255 printable characters in UTF-8 are allowed"}}
	}
	return keys[0], true, nil
}

func unprintable(c rune) bool { return !unicode.IsPrint(c) }
