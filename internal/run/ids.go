package run

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

const idLength = 26

// idText writes bytes in the alphabet of run ids.
func idText(b []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// keyID is the id of the run that caller's key names. Lengths are hashed too, so that two callers' keys cannot meet.
func keyID(caller, key string) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "davit run\x00%d\x00%s%d\x00%s", len(caller), caller, len(key), key) // a hash never fails
	return idText(h.Sum(nil))[:idLength]
}

func (k Keeper) randomText(n int) string {
	if k.Random != nil {
		return k.Random(n)
	}
	return randomText(n)
}

// randomText returns n characters of the id alphabet, n at most 26.
func randomText(n int) string {
	var b [17]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return idText(b[:])[:n]
}

// ValidID reports whether id has the form of a run id.
func ValidID(id string) bool {
	return len(id) == idLength && validText(id)
}

func validText(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// StartedBy is ECS's startedBy for the tasks of a run's attempt: <prefix>-<runId>-<nn>, at most 36 characters.
func StartedBy(prefix, runID string, attempt int) string {
	return fmt.Sprintf("%s-%s-%02d", prefix, runID, attempt)
}

// nextStartedBy is the startedBy of another attempt of the same run.
func nextStartedBy(last string, attempt int) string {
	return fmt.Sprintf("%s-%02d", last[:strings.LastIndexByte(last, '-')], attempt)
}

// ParseStartedBy takes a startedBy of Davit's apart; ok is false for one of somebody else's.
func ParseStartedBy(prefix, startedBy string) (runID string, attempt int, ok bool) {
	rest, ok := strings.CutPrefix(startedBy, prefix+"-")
	if !ok || len(rest) != idLength+3 || rest[idLength] != '-' || !ValidID(rest[:idLength]) {
		return "", 0, false
	}
	n, err := strconv.Atoi(rest[idLength+1:])
	if err != nil || n < 1 || StartedBy(prefix, rest[:idLength], n) != startedBy {
		return "", 0, false
	}
	return rest[:idLength], n, true
}

// Name is the execution's name: runId-born-generation.
func (x Execution) Name() string {
	return fmt.Sprintf("%s-%s-%d", x.RunID, x.Incarnation, x.Generation)
}

// ParseExecution reads an execution's name.
func ParseExecution(name string) (x Execution, ok bool) {
	parts := strings.Split(name, "-")
	if len(parts) != 3 || !ValidID(parts[0]) || len(parts[1]) != incarnationLength || !validText(parts[1]) {
		return Execution{}, false
	}
	n, err := strconv.Atoi(parts[2])
	x = Execution{RunID: parts[0], Incarnation: parts[1], Generation: n}
	if err != nil || n < 1 || x.Name() != name {
		return Execution{}, false
	}
	return x, true
}

const incarnationLength = 8

// token is RunTask's clientToken for one launch call: 48 characters, the same however often the call is repeated.
func (r *Run) token(attempt, call int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "davit launch\x00%s\x00%s\x00%d\x00%d", r.ID, r.Incarnation, attempt, call))
	return hex.EncodeToString(sum[:24])
}
