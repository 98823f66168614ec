package run

import (
	"compress/gzip"
	"fmt"
)

// MaxRecord is how many bytes a record, or a lock, may take in a store, compressed as gzip does. DynamoDB takes items of 400 KB.
const MaxRecord = 300_000

// CheckRecord returns an *Error with CodeTooLarge where the JSON of a record, or of a lock, takes more than MaxRecord. Every store calls it, or counts for
// itself, before it writes.
func CheckRecord(data []byte) error {
	if len(data) <= MaxRecord {
		return nil
	}
	if n := compressed(data); n > MaxRecord {
		return &Error{Code: CodeTooLarge, Message: fmt.Sprintf("the record is too large to keep: %d bytes compressed; allowed: %d", n, MaxRecord)}
	}
	return nil
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// compressed returns how many bytes gzip makes of the parts.
func compressed(parts ...[]byte) counter {
	var n counter
	z := gzip.NewWriter(&n)
	for _, part := range parts {
		_, _ = z.Write(part) // a counter never fails
	}
	_ = z.Close()
	return n
}
