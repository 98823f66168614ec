package run

// Rules of Davit's own; the rules of ECS carry their ids (RT-17, ST-01…).
const (
	RuleMalformed      = "DV-01" // the body is not one JSON value
	RuleNotObject      = "DV-02" // the body is not a JSON object
	RuleDoubledName    = "DV-03" // a member name appears twice in one object
	RuleUnknownName    = "DV-04" // ECS has no such member
	RuleWrongType      = "DV-05" // a value of the wrong JSON type
	RuleGroup          = "DV-06" // group and overlap keys: at most 255 characters
	RuleIdempotencyKey = "DV-07" // Idempotency-Key and clientToken: 1..255 printable characters
	RuleKeysDiffer     = "DV-08" // Idempotency-Key and clientToken are both given and differ
	RuleBodySize       = "DV-09" // a body is at most 256 KiB
	RuleContentType    = "DV-10" // a body is application/json
	RuleCursor         = "DV-11" // the cursor was not issued for these filters
	RuleQuery          = "DV-12" // an unknown query parameter, or a value that it does not take
	RulePolicyName     = "DV-13" // the policy has no such member
	RulePolicyValue    = "DV-14" // a policy value of the wrong type or out of range
	RuleDefinition     = "DV-16" // no such task definition
	RuleCluster        = "DV-17" // no such cluster
	RuleTooLarge       = "DV-18" // request and resolved together: at most 100 KB compressed
	RuleStopBody       = "DV-19" // a member that POST /runs/{runId}/stop does not take, or a value out of range
	RuleExecuteCommand = "DV-21" // ECS Exec is off in this stack
	RuleKeyReused      = "DV-20" // the idempotency key belongs to a request with another body
	RuleContentTag     = "DV-22" // davit:content-hash is Davit's own tag, and the fiftieth of a task definition
	RuleRequired       = "DV-23" // ECS requires the member, and no rule of its own says so
	RuleEnum           = "DV-24" // ECS has other values for the member, and no rule of its own says so
	RuleSchedule       = "DV-25" // an event of a schedule has schedule, scheduledTime and run
	RuleMaskedValue    = "DV-26" // *** stands for a value that is not shown; it is not one
	RuleValues         = "DV-27" // ?values=true is for callers who may register task definitions
)

// Rules of POST /runs/{runId}/rerun.
const (
	RuleRerunBody   = "DV-28" // a member that a rerun does not take, a value out of range, or one that the first run does not allow
	RuleValueNeeded = "DV-29" // an environment value of another caller's run has to be given anew
)

// Mask is what answers show in place of every environment value.
const Mask = "***"
