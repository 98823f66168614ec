// Package attr names the attributes of a run's item, for those who read items without the store: the function on the
// table's stream, and operators who read the table. It imports nothing.
package attr

// RunID is the table's partition key; there is no sort key.
const RunID = "runId"

// LockPrefix begins the RunID of an item that is no run's but the lock of an overlap key. Such an item has Version, WriteID, Body and,
// once nobody holds the key or waits for it, Expires: nothing that an index or the stream's reader looks at.
const LockPrefix = "lock#"

// What readers of the stream need of a change: strings that are left out when empty, numbers, and times as RFC 3339 text in UTC. They repeat
// what Body holds.
const (
	Version      = "version" // number, 1 when created
	Incarnation  = "born"
	Owner        = "owner"
	Status       = "status"
	Class        = "class"
	Family       = "family"
	Group        = "group"
	StartedBy    = "startedBy" // the caller's
	CreatedAt    = "createdAt"
	MetricCounts = "tally" // JSON: what metrics count of the run
)

// What the store alone needs.
const (
	WriteID = "writeId" // random, another one each write: how a repeated put knows its own
	Expires = "expires" // number, seconds since 1970, rounded up; the table's time to live
	Body    = "body"    // the whole run as JSON, gzip
)

// The keys of the indexes. A shard is a partition key, a place a sort key: a time of 30 characters, '#', the runId.
const (
	CreatedShard   = "createdShard"   // created#<shard>
	FamilyShard    = "familyShard"    // family#<family>#<shard>
	GroupShard     = "groupShard"     // group#<group>#<shard>, of records that have one
	StartedByShard = "startedByShard" // startedBy#<startedBy>#<shard>, of records that have one
	Origin         = "origin"         // schedule#<name> or rerun#<runId>, of records that have one; in one partition each
	Place          = "place"          // when it was created; sort key of the five above
	OpenShard      = "openShard"      // open#<shard>, of records that the sweep must look at
	OpenPlace      = "openPlace"      // when the sweep must look, then '#' and 12 digits: Expires, or nines
)
