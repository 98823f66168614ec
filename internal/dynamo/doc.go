// Package dynamo keeps runs in one DynamoDB table: run.Store as it is deployed.
//
// # One item a run
//
// The item's key is the runId, and the item is its run's only lock: every write is one conditional put of the whole item, no
// transaction. The run is in one attribute, as compressed JSON; what decides, filters and what readers of the table's stream need stand
// beside it as attributes of their own (package attr). An item holds at most 300,000 bytes, of the 400 KB that DynamoDB takes.
//
// # Indexes
//
// All hold keys only. Five of them, by creation, family, group, the caller's startedBy and origin, have keys that never change while a
// record lives; the sixth, open, holds the records that the sweep must look at and moves with them. Each key value is spread over 8
// partitions by a hash of the runId, so that none is hot; but for origin, a schedule's name or the run that others repeat. A page of a list reads the 8 partitions side by side, merges them, and
// reads the records themselves consistently: what an index says too late is noticed there.
//
// # Locks
//
// The lock of an overlap key is an item of its own, whose key no run has: a version, a write id, the lock as compressed JSON, and none of
// the attributes that an index holds. It is put under its version, as a record is. One that nobody holds stays for a day and then expires,
// so that its versions do not begin anew under a writer that read it before, and no function needs leave to delete items.
//
// # Expiry
//
// DynamoDB removes an expired item days late, so every condition and every read tests expiry too. Seconds count: a record is gone
// once the second after its Expires is over.
//
// # Repeated requests
//
// The SDK repeats a request whose reply was lost. A put that was carried out and then repeated finds its own item in the way and is
// taken for done, because each write has a random id. It is not recognised when another writer changed the record in between: Update
// then returns run.ErrConflict, and Create the changed record as one that existed.
//
// # The stream
//
// A record of the table's stream has the old and the new item, and package attr's names say what changed without a look at the body.
// Three things are not changes of a run: REMOVE is an expired item's end, a MODIFY with another Born is a new run in the place of
// an expired one, which comes from no status, and an item whose key begins with attr.LockPrefix is a lock.
//
// # One struct an operation
//
// Getter, Lister, Opener, Writer and Locker each ask for the methods that they call, so that a binary links, and its role needs, no other
// operation. Store puts them together.
package dynamo
