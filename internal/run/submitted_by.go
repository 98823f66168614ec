package run

import (
	"strings"
	"unicode"
)

// SubmittedBy is the person or program behind a submission, as far as it is known. Answers show it; events do not.
type SubmittedBy struct {
	// Principal is the ARN of a user or of an assumed role without its session, a token's subject, a schedule, or `local`.
	Principal string `json:"principal,omitempty"`
	// Session is the name of a role's session; "" for other principals.
	Session string `json:"session,omitempty"`
	// RequestID is the id of the request that submitted the run: X-Request-Id of its answer, or the invocation's for a schedule.
	RequestID string `json:"requestId,omitempty"`
	// SourceIP is the address that the request came from; "" for a schedule.
	SourceIP string `json:"sourceIp,omitempty"`
}

// How many characters of each member a record keeps.
const (
	maxPrincipal = 1024
	maxSession   = 256
	maxRequestID = 128
	maxSourceIP  = 64
)

// cleaned returns b as a record keeps it: what is not printable replaced with U+FFFD, and each member cut to its length.
func (b SubmittedBy) cleaned() SubmittedBy {
	return SubmittedBy{
		Principal: cleaned(b.Principal, maxPrincipal), Session: cleaned(b.Session, maxSession),
		RequestID: cleaned(b.RequestID, maxRequestID), SourceIP: cleaned(b.SourceIP, maxSourceIP),
	}
}

func cleaned(text string, most int) string {
	return shorten(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return unicode.ReplacementChar
		}
		return c
	}, text), most)
}
