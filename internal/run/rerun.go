package run

import (
	"context"
	"errors"

	"davit/internal/jsontree"
)

// RerunRequest asks for a run again.
type RerunRequest struct {
	Caller string // who asks; never empty
	RunID  string // the first run's
	Key    string // the Idempotency-Key header; "" when absent
	HasKey bool   // the header was given, also when empty
	Body   []byte // {patch, failedOnly, revision}, each optional, or empty; at most 256 KiB
	DryRun bool   // check and resolve, record nothing
	// By is the person or program behind the caller. It may be zero.
	By SubmittedBy
}

// The values of a rerun's revision.
const (
	revisionLatest = "latest" // the task definition as the request names it
	revisionSame   = "same"   // the revision that the first run launched
)

// rerun is a first run on its way to another one.
type rerun struct {
	first *Run
	q     RerunRequest
	body  rerunBody

	// The POST /runs body: as the first was accepted with masked values, patched with masked values, and patched with those values filled in that are kept.
	before, masked, whole jsontree.Node
	kept                  []envValue
}

// Rerun submits a run's request and policy, changed by a merge patch, as the caller's new run. It keeps environment values of the first run only where nobody
// can read them by it. Errors: those of Submit, whose fields point into the patched body; CodeNotFound for a run that the caller may not see; CodeWrongState
// where failedOnly finds nothing, or the first run has not ended; CodeValuesNeeded with every value to give anew.
func (s *Submitter) Rerun(ctx context.Context, q RerunRequest) (SubmitResult, error) {
	if !ValidID(q.RunID) {
		return SubmitResult{}, notFound()
	}
	body, violations := readRerun(q.Body)
	if len(violations) > 0 {
		return SubmitResult{}, InvalidRequest(violations...)
	}
	if res, found, err := s.replayRerun(ctx, q, body); found || err != nil {
		return res, err
	}
	first, err := s.firstRun(ctx, q)
	if err != nil {
		return SubmitResult{}, err
	}
	again := &rerun{first: first, q: q, body: body}
	if err := again.prepare(); err != nil {
		return SubmitResult{}, err
	}
	return s.submitRerun(ctx, again)
}

// replayRerun returns the run that the key made before. The first run need not be there any more.
func (s *Submitter) replayRerun(ctx context.Context, q RerunRequest, body rerunBody) (res SubmitResult, found bool, err error) {
	key, bad := chooseKey(q.submission(nil), Submission{ClientToken: body.clientToken()})
	if key == "" || len(bad) > 0 || q.DryRun {
		return SubmitResult{}, false, nil
	}
	return s.replay(ctx, &Run{ID: keyID(q.Caller, key)}, body.identify(Submission{}, q.RunID))
}

// firstRun returns the run to repeat.
func (s *Submitter) firstRun(ctx context.Context, q RerunRequest) (*Run, error) {
	first, err := s.Store.Get(ctx, q.RunID)
	if errors.Is(err, ErrNotFound) || (err == nil && !s.Stack.shows(first, q.Caller)) {
		return nil, notFound()
	}
	return first, err
}

func (s *Submitter) submitRerun(ctx context.Context, again *rerun) (SubmitResult, error) {
	r, sub, violations := s.parseRequest(again.q.submission(again.whole.Encode()))
	sub = again.body.identify(sub, again.first.ID)
	r.setFingerprints(sub)
	r.RerunOf, r.ValuesOf = again.first.ID, again.valuesOwner()
	if err := checkBodySize(sub); err != nil {
		return SubmitResult{}, err
	}
	return s.accept(ctx, r, sub, violations, again.q.DryRun, again.checkValues)
}

func (q RerunRequest) submission(body []byte) SubmitRequest {
	return SubmitRequest{Caller: q.Caller, Key: q.Key, HasKey: q.HasKey, Body: body, DryRun: q.DryRun, By: q.By}
}

// MaxBody is how many bytes the body of a request may have.
const MaxBody = 256 << 10

// checkBodySize holds a patched body to what POST /runs takes. The policy does not count: the first run's has its defaults spelled out.
func checkBodySize(sub Submission) error {
	if len(sub.Request) <= MaxBody {
		return nil
	}
	return &Error{Code: CodeTooLarge, Message: "the patched body is over 256 KiB (262,144 bytes)", Violations: []Violation{
		{"/patch", RuleBodySize, "at most 262,144 bytes of the body that it makes, policy aside"},
	}}
}
