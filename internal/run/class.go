package run

import (
	"errors"
	"strconv"
	"strings"
)

// Class is why something did not succeed. EXIT carries its code: EXIT:137.
type Class string

// The classes. A class before NEVER_STARTED is of a launch call, the others are of a task.
const (
	Capacity     Class = "CAPACITY"      // no room for the task now
	Throttled    Class = "THROTTLED"     // ECS, or EC2 behind it, asks for fewer calls
	Unavailable  Class = "UNAVAILABLE"   // ECS did not answer, or with a fault of its own
	Invalid      Class = "INVALID"       // ECS will not take this request
	NeverStarted Class = "NEVER_STARTED" // placed, and stopped before any container that decides ran
	// StartedInPart is a task of which one container that decides could not start, while another ran.
	StartedInPart Class = "STARTED_IN_PART"
	Interrupted   Class = "INTERRUPTED" // Spot, host loss, retirement
	OutOfMemory   Class = "OUT_OF_MEMORY"
	ClassStopped  Class = "STOPPED"   // by a caller, or by someone else
	ClassTimeout  Class = "TIMED_OUT" // a deadline of its policy
	ClassLost     Class = "LOST"      // no outcome was seen
)

// allClasses lists all of them but EXIT.
var allClasses = []Class{
	Capacity, Throttled, Unavailable, Invalid, NeverStarted, StartedInPart, Interrupted, OutOfMemory, ClassStopped, ClassTimeout, ClassLost,
}

// ExitClass is the class of a container's failing exit code.
func ExitClass(code int) Class { return Class("EXIT:" + strconv.Itoa(code)) }

// retriedInAttempt reports whether a refusal of this class is retried inside the attempt.
func (c Class) retriedInAttempt() bool { return c == Capacity || c == Throttled || c == Unavailable }

// throttleCodes are error codes of ECS and of the services behind it that ask for fewer calls.
var throttleCodes = map[string]bool{
	"ThrottlingException": true, "Throttling": true, "ThrottledException": true, "RequestLimitExceeded": true,
	"TooManyRequestsException": true, "RequestThrottledException": true, "RequestThrottled": true, "SlowDown": true,
}

// unavailableCodes are error codes of faults that are not the request's: ECS's own, and credentials that expired
// between two of their renewals. "" is no answer at all.
var unavailableCodes = map[string]bool{
	"": true, "ServerException": true, "ServiceUnavailable": true, "InternalFailure": true,
	"ExpiredTokenException": true, "ExpiredToken": true, "RequestExpired": true,
}

// deniedCodes are the error codes with which ECS refuses Davit's role or credentials (source: the ECS API's common errors).
var deniedCodes = map[string]bool{
	"AccessDeniedException": true, "NotAuthorized": true, "UnrecognizedClientException": true, "InvalidClientTokenId": true,
	"InvalidSignatureException": true, "SignatureDoesNotMatch": true, "IncompleteSignature": true, "MissingAuthenticationToken": true, "OptInRequired": true,
}

// tellingCodes are the error codes whose message shows what kind of refusal it is. In the messages of others only
// names of the caller's own could be mistaken for it.
var tellingCodes = map[string]bool{"ClientException": true, "InvalidParameterException": true, "ServerException": true}

// throttleTexts are how EC2's throttling reads inside those.
var throttleTexts = []string{"rate exceeded", "requestlimitexceeded", "request limit exceeded", "throttl", "too many requests"}

// capacityReasons begin the reasons of failures that pass when others end or the fleet grows (facts: AGENT is
// short-lived, RESOURCE:* means full, Fargate says that capacity is unavailable).
var capacityReasons = []string{"resource:", "agent", "capacity is unavailable", "empty capacity provider", "no active instances", "no container instances"}

// capacityTexts are capacity refusals inside an exception's message: Fargate without room, the quota of 500
// PROVISIONING tasks of a cluster, the account's vCPU quota.
var capacityTexts = []string{
	"capacity is unavailable", "insufficient capacity", "no container instances", "provisioning capacity limit",
	"in the provisioning state", "limit on the number of tasks", "vcpu limit", "vcpus you can run concurrently",
}

// ClassifyError returns the class of a launch call that answered with an error.
func ClassifyError(err error) Class {
	var e *EngineError
	if !errors.As(err, &e) {
		return Unavailable
	}
	text := ""
	if tellingCodes[e.Code] {
		text = strings.ToLower(e.Message)
	}
	switch {
	case throttleCodes[e.Code] || containsAny(text, throttleTexts):
		return Throttled
	case e.Unclear || unavailableCodes[e.Code]:
		return Unavailable
	case containsAny(text, capacityTexts):
		return Capacity
	default:
		return Invalid
	}
}

// ClassifyFailure returns the class of one of a launch answer's failures. Reasons that a wait can cure are
// CAPACITY; ATTRIBUTE, LOCATION, MISSING and the like are INVALID.
func ClassifyFailure(f Failure) Class {
	text := strings.ToLower(f.Reason)
	if containsAny(text, throttleTexts) {
		return Throttled
	}
	for _, known := range capacityReasons {
		if strings.HasPrefix(text, known) {
			return Capacity
		}
	}
	if containsAny(text, capacityTexts) {
		return Capacity
	}
	return Invalid
}

func containsAny(text string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
