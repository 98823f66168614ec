package target

// Kind is what an Error is about.
type Kind string

// The kinds of errors.
const (
	KindUsage         Kind = "usage"          // flags or variables that do not go together
	KindFile          Kind = "file"           // the file of contexts cannot be read or written
	KindContext       Kind = "context"        // no such context, or one that is not complete
	KindURL           Kind = "url"            // an address that is none
	KindInsecure      Kind = "insecure"       // a token would be sent in the clear
	KindNoCredentials Kind = "no-credentials" // nothing to sign with
	KindExpired       Kind = "expired"        // a session or token that is over
	KindProfile       Kind = "profile"        // no such AWS profile
	KindRegion        Kind = "region"         // no Region, or the wrong one
	KindPermission    Kind = "permission"     // AWS or Davit does not allow it
	KindUnreachable   Kind = "unreachable"    // nobody answers
	KindStack         Kind = "stack"          // no such stack, or none of Davit's
	KindVersion       Kind = "version"        // the server is older or newer
	KindClock         Kind = "clock"          // the clocks differ by too much
)

// Error is an error with one sentence on what happened and one on what to do. Do may be empty.
type Error struct {
	Kind Kind
	What string
	Do   string
	Err  error // the cause; nil where What is all there is
}

// Error returns both sentences.
func (e *Error) Error() string {
	if e.Do == "" {
		return e.What
	}
	return e.What + "; " + e.Do
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
