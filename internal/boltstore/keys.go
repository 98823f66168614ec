package boltstore

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// The buckets. Index keys end in a place: a time and a run's ID, so that the order of bytes is the order of places.
const (
	metaBucket      = "meta"      // "format"
	headBucket      = "heads"     // ID -> head
	bodyBucket      = "bodies"    // ID -> run
	createdBucket   = "created"   // place
	familyBucket    = "family"    // hash of the family, place
	groupBucket     = "group"     // hash of the group, place; only records that have one
	startedByBucket = "startedBy" // hash of the caller's startedBy, place; only records that have one
	originBucket    = "origin"    // hash of the run's Origin, place; only records that have one
	openBucket      = "open"      // place by SweepAt -> Expires as a time key; only records with a SweepAt
	expiresBucket   = "expires"   // place by Expires; only records with an Expires
	feedBucket      = "feed"      // position, 8 bytes -> Change
	lockBucket      = "locks"     // hash of an overlap key -> lock; its sequence gives the versions
)

func buckets() []string {
	return []string{
		metaBucket, headBucket, bodyBucket, createdBucket, familyBucket, groupBucket,
		startedByBucket, originBucket, openBucket, expiresBucket, feedBucket, lockBucket,
	}
}

// timeSize is the width of a time key: seconds since 1970 with the sign bit turned, then nanoseconds. Every
// time.Time has one, the zero time and those before 1970 included.
const timeSize = 12

func timeKey(t time.Time) []byte {
	key := make([]byte, timeSize, timeSize+32)
	binary.BigEndian.PutUint64(key, uint64(t.Unix())^(1<<63))
	binary.BigEndian.PutUint32(key[8:], uint32(t.Nanosecond()))
	return key
}

func placeKey(t time.Time, id string) []byte { return append(timeKey(t), id...) }

// readPlace is placeKey's reverse.
func readPlace(key []byte) (time.Time, string) {
	if len(key) < timeSize {
		return time.Time{}, ""
	}
	seconds := int64(binary.BigEndian.Uint64(key) ^ (1 << 63))
	nanos := int64(binary.BigEndian.Uint32(key[8:]))
	return time.Unix(seconds, nanos).UTC(), string(key[timeSize:])
}

// valuePrefix stands for a family, group, startedBy or origin in an index key: as wide for every value, however long.
func valuePrefix(value string) []byte {
	sum := sha256.Sum256([]byte(value))
	return sum[:]
}

func positionKey(position uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, position)
}
