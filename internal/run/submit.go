package run

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Submitter is the use case of POST /runs.
type Submitter struct {
	Keeper
	Stack   Stack
	Spec    Spec
	Catalog Catalog
}

// Submit checks a request, records the run and starts its execution. For a key that was used before with the same body it returns
// the run of then. Errors: CodeInvalid with every violation at once; CodeKeyReused; CodeTooLarge;
// CodeNotRecorded: nothing was recorded; CodeUnavailable: repeat with the same key. Once the record is durable
// Submit succeeds: an execution that could not be started is started by the sweep.
func (s *Submitter) Submit(ctx context.Context, q SubmitRequest) (SubmitResult, error) {
	r, sub, violations := s.parseRequest(q)
	if r.Key != "" && len(violations) == 0 && !q.DryRun {
		if res, found, err := s.replay(ctx, r, sub); found || err != nil {
			return res, err
		}
	}
	return s.accept(ctx, r, sub, violations, q.DryRun, func(*Run) error { return nil })
}

// accept resolves a parsed request and records it, unless check objects to the run that it makes. A dry run ends before the record.
func (s *Submitter) accept(ctx context.Context, r *Run, sub Submission, violations []Violation, dryRun bool, check func(*Run) error) (SubmitResult, error) {
	found, err := s.resolve(ctx, r, sub)
	if err != nil {
		return SubmitResult{}, err
	}
	if violations = AppendViolations(violations, found); len(violations) > 0 {
		return SubmitResult{}, InvalidRequest(violations...)
	}
	if err := cmp.Or(checkSize(r), check(r)); err != nil {
		return SubmitResult{}, err
	}
	if dryRun {
		return SubmitResult{Run: r}, nil
	}
	return s.create(ctx, r, sub)
}

// AppendViolations returns known with those of found whose field has no violation yet.
func AppendViolations(known, found []Violation) []Violation {
	for _, v := range found {
		if !slices.ContainsFunc(known, func(k Violation) bool { return k.Field == v.Field }) {
			known = append(known, v)
		}
	}
	return known
}

// parseRequest returns the request as a record that is not stored yet.
func (s *Submitter) parseRequest(q SubmitRequest) (*Run, Submission, []Violation) {
	sub, violations := s.Spec.Parse(q.Body)
	policy, bad := DecodePolicy(sub.Policy)
	violations = append(violations, bad...)
	key, bad := chooseKey(q, sub)
	violations = append(violations, bad...)
	now := s.now()
	r := &Run{
		Incarnation: s.randomText(incarnationLength), Owner: q.Caller, Key: key, SubmittedBy: q.By.cleaned(), Schedule: q.Schedule,
		Status: Submitted, CreatedAt: now, Generation: 1,
		Operation: sub.Operation, Request: sub.Request, Policy: policy, Count: sub.Count,
		Cluster: sub.Cluster, Group: sub.Group, StartedBy: firstOf(sub.StartedBy, q.StartedBy), Instances: sub.Instances,
		Family: familyOf(sub.TaskDefinition),
	}
	r.setFingerprints(sub)
	r.OwnerOnly = s.Stack.OwnerOnly && policy.Overlap != nil
	r.ID = s.randomText(idLength)
	if key != "" {
		r.ID = keyID(q.Caller, key)
	}
	return r, sub, violations
}

func fingerprint(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// setFingerprints sets the fingerprints of the body.
func (r *Run) setFingerprints(s Submission) {
	r.Fingerprint = fingerprint(s.WithNulls)
	if plain := fingerprint(s.Canonical); plain != r.Fingerprint {
		r.PlainFingerprint = plain
	}
}

// hasBody reports whether r was submitted with the same body, null members aside. Of a record of a version before PlainFingerprint, the null
// members count.
func (r *Run) hasBody(s Submission) bool {
	plain := firstOf(r.PlainFingerprint, r.Fingerprint)
	return plain == fingerprint(s.Canonical) || r.Fingerprint == fingerprint(s.WithNulls)
}

// familyOf returns the family of a family, family:revision or an ARN.
func familyOf(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	family, _, _ := strings.Cut(name, ":")
	return family
}

// chooseKey takes the idempotency key from the header or the body.
func chooseKey(q SubmitRequest, sub Submission) (string, []Violation) {
	if !q.HasKey && q.Key == "" {
		return sub.ClientToken, nil
	}
	if n := len([]rune(q.Key)); n < 1 || n > 255 || strings.IndexFunc(q.Key, unicode.IsControl) >= 0 {
		return "", []Violation{{"header:Idempotency-Key", RuleIdempotencyKey, fmt.Sprintf("%d characters; allowed: 1 to 255, no control characters", n)}}
	}
	if sub.ClientToken != "" && sub.ClientToken != q.Key {
		return "", []Violation{{"/clientToken", RuleKeysDiffer, "Idempotency-Key and clientToken are both given and differ; give one, or the same twice"}}
	}
	return q.Key, nil
}

// replay returns the run that the key made before.
func (s *Submitter) replay(ctx context.Context, r *Run, sub Submission) (res SubmitResult, found bool, err error) {
	stored, err := s.Store.Get(ctx, r.ID)
	if errors.Is(err, ErrNotFound) {
		return SubmitResult{}, false, nil
	}
	if err != nil {
		return SubmitResult{}, false, err
	}
	res, err = s.replayStored(ctx, sub, stored)
	return res, true, err
}

// replayStored returns the stored run of a repeated submission, and starts its execution if nobody has yet.
func (s *Submitter) replayStored(ctx context.Context, sub Submission, stored *Run) (SubmitResult, error) {
	if !stored.hasBody(sub) {
		return SubmitResult{}, &Error{
			Code: CodeKeyReused, Message: "the idempotency key belongs to a request with another body",
			Violations: []Violation{{"header:Idempotency-Key", RuleKeyReused, "used before with another body; repeat that body, or choose another key"}},
		}
	}
	if stored.Status == Submitted || stored.Status == Queued && stored.StepAt.IsZero() {
		stored = s.begin(ctx, stored)
	}
	return SubmitResult{Run: stored, Replayed: true}, nil
}

// begin asks the run's overlap key and starts the execution. What fails here is repeated by the launch step or the sweep: a recorded run
// is accepted.
func (s *Submitter) begin(ctx context.Context, r *Run) *Run {
	if r.needsAdmission(s.now()) {
		if asked, err := s.admit(ctx, r.Clone()); err == nil {
			r = asked
		}
	}
	if !r.Status.Terminal() {
		_ = s.Workflow.Start(ctx, r.execution(), "")
	}
	return r
}

// create records the run and starts its execution.
func (s *Submitter) create(ctx context.Context, r *Run, sub Submission) (SubmitResult, error) {
	s.index(r, r.CreatedAt)
	stored, created, err := s.Store.Create(ctx, r)
	if err != nil {
		return SubmitResult{}, notRecorded(err)
	}
	if !created {
		return s.replayStored(ctx, sub, stored)
	}
	s.logAccepted(ctx, stored)
	return SubmitResult{Run: s.begin(ctx, stored)}, nil
}

// notRecorded distinguishes a write that surely did not happen from one that may have.
func notRecorded(err error) error {
	if CodeOf(err) == CodeTooLarge {
		return err
	}
	if CodeOf(err) == CodeThrottled {
		return &Error{Code: CodeNotRecorded, Message: "the run was not recorded; repeat the call", Err: err}
	}
	message := "it is not known whether the run was recorded; repeat the call with the same Idempotency-Key"
	if why := MessageOf(err); why != "" {
		message = why + "; " + message
	}
	return &Error{Code: CodeUnavailable, Message: message, Err: err}
}

// resolve fills r.Resolved: it pins the revision, fills in the stack's defaults, and checks definition and cluster with ECS. Where ECS
// throttles, denies or does not reply, these checks are left to the launch.
func (s *Submitter) resolve(ctx context.Context, r *Run, sub Submission) ([]Violation, error) {
	if r.Operation == "" {
		return nil, nil // the body could not be read
	}
	var out []Violation
	if familyOf(sub.TaskDefinition) != "" {
		out = s.resolveDefinition(ctx, r, sub.TaskDefinition)
	}
	in := resolvedInput{Node: sub.Input}
	if r.Definition != nil {
		in.pin(r.Definition)
	}
	s.Stack.fill(&in, s.Spec, r.Operation, r.Definition)
	r.Resolved, r.Cluster = in.encode(), in.text("cluster")
	out = append(out, s.Stack.violations(in.Node)...)
	if r.Definition != nil {
		out = AppendViolations(out, s.Spec.CheckAgainst(r.Definition, r.Operation, in.Node))
	}
	if err := s.Catalog.Cluster(ctx, r.Cluster); err != nil && IsUnknown(err) {
		out = append(out, Violation{"/cluster", RuleCluster, "no ACTIVE cluster of that name; give a short name or ARN, or leave it out for the cluster `default`"})
	}
	if err := ctx.Err(); err != nil {
		return nil, &Error{Code: CodeNotRecorded, Message: "the run was not recorded: out of time; repeat the call", Err: err}
	}
	return out, nil
}

func (s *Submitter) resolveDefinition(ctx context.Context, r *Run, name string) []Violation {
	unknown := []Violation{{"/taskDefinition", RuleDefinition, "no ACTIVE task definition of that name; give a registered family, family:revision, or ARN"}}
	if !s.Stack.AllowsFamily(familyOf(name)) {
		return unknown
	}
	def, err := s.Catalog.Definition(ctx, name)
	switch {
	case err == nil:
		r.Definition, r.Family = &def, def.Family
		return r.verdictViolations(&def)
	case IsUnknown(err):
		return unknown
	default:
		return nil
	}
}

// IsUnknown reports whether ECS answered that the definition, cluster or task is not there.
func IsUnknown(err error) bool {
	var e *EngineError
	return errors.As(err, &e) && e.Unknown
}

// verdictViolations checks that the policy's container is one of the definition's.
func (r *Run) verdictViolations(def *Definition) []Violation {
	name := r.Policy.Verdict.Container
	if name == "" {
		return nil
	}
	var names []string
	for _, c := range def.Containers {
		if c.Name == name {
			return nil
		}
		names = append(names, c.Name)
	}
	return []Violation{{"/policy/verdict/container", RulePolicyValue, "the task definition has no such container; it has: " + strings.Join(names, ", ")}}
}
