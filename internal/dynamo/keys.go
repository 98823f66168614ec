package dynamo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// shards is over how many partitions each key value is spread. It is part of the table's content: it can never change.
const shards = 8

// shardOf is the partition that a run's index entries are in.
func shardOf(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return int(h.Sum32() % shards)
}

// keyValue stands for a value in a partition key. DynamoDB takes 2,048 bytes; a longer value is asked for in vain, or is
// a very long name, so it is hashed.
func keyValue(value string) string {
	if len(value) <= 1800 {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// partition is the partition key of an index's value in one shard. The index over all records has no value.
func partition(index, value string, shard int) string {
	if value == "" {
		return index + "#" + strconv.Itoa(shard)
	}
	return index + "#" + keyValue(value) + "#" + strconv.Itoa(shard)
}

// stampLayout is RFC 3339 with all nanoseconds: as wide for every time, and ordered as times are.
const stampLayout = "2006-01-02T15:04:05.000000000Z"

// stamp writes t for a sort key. Times that RFC 3339 cannot write, which no record holds, become the nearest that it can.
func stamp(t time.Time) string {
	t = t.UTC()
	switch year := t.Year(); {
	case year < 0:
		t = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	case year > 9999:
		t = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	}
	return t.Format(stampLayout)
}

// readStamp reads the time that a sort key begins with, as stamp writes it: time.Parse would also take a comma for the point.
func readStamp(key string) (time.Time, error) {
	if len(key) < len(stampLayout) {
		return time.Time{}, fmt.Errorf("%w: sort key %q", errDamaged, key)
	}
	t, err := time.Parse(stampLayout, key[:len(stampLayout)])
	if err != nil || stamp(t) != key[:len(stampLayout)] {
		return time.Time{}, fmt.Errorf("%w: sort key %q", errDamaged, key)
	}
	return t, nil
}

// place is where a record stands in the lists.
func place(created time.Time, id string) string { return stamp(created) + "#" + id }

// never is the expiry in an open place of a record that has none.
const never = 999_999_999_999

// openPlace is where a record stands in the open index. Its expiry is the end of the key, so that the sweep need not read a
// record to know that it is gone.
func openPlace(sweep time.Time, id string, expires int64) string {
	if expires == 0 {
		expires = never
	}
	return fmt.Sprintf("%s#%s#%012d", stamp(sweep), id, expires)
}

// openExpired reports whether the record at an open place is gone.
func openExpired(key string, now time.Time) (bool, error) {
	seconds, err := strconv.ParseInt(key[max(len(key)-12, 0):], 10, 64)
	if err != nil {
		return false, fmt.Errorf("%w: open place %q", errDamaged, key)
	}
	return seconds != never && seconds < now.Unix(), nil
}

// expiry is a record's Expires in whole seconds, rounded up, within 12 digits; 0 for one without.
func expiry(r *run.Run) int64 {
	if r.Expires.IsZero() {
		return 0
	}
	return min(max(r.Expires.Add(time.Second-time.Nanosecond).Unix(), 1), never-1)
}

// partitions are the partition keys of an index's value. An origin has one: its runs are few at a time.
func partitions(index, value string) []string {
	if index == originIndex {
		return []string{keyValue(value)}
	}
	keys := make([]string, shards)
	for n := range keys {
		keys[n] = partition(index, value, n)
	}
	return keys
}

// indexKeys are the index attributes of a record, all strings. Empty ones are left out of the item, and the item out of
// that index.
func indexKeys(r *run.Run) map[string]string {
	shard := shardOf(r.ID)
	keys := map[string]string{
		attr.CreatedShard: partition(createdIndex, "", shard),
		attr.Place:        place(r.CreatedAt, r.ID),
	}
	for _, by := range []struct{ attribute, index, value string }{
		{attr.FamilyShard, familyIndex, r.Family},
		{attr.GroupShard, groupIndex, r.Group},
		{attr.StartedByShard, startedByIndex, r.StartedBy},
	} {
		if by.value != "" {
			keys[by.attribute] = partition(by.index, by.value, shard)
		}
	}
	if origin := r.Origin(); origin != "" {
		keys[attr.Origin] = keyValue(origin)
	}
	if !r.SweepAt.IsZero() {
		keys[attr.OpenShard] = partition(openIndex, "", shard)
		keys[attr.OpenPlace] = openPlace(r.SweepAt, r.ID, expiry(r))
	}
	return keys
}
