package run

import (
	"compress/gzip"
	"fmt"
)

// maxPacked is how large request and resolved may be together, compressed, so that a record with its tasks stays
// well under what a store takes (an item of DynamoDB: 400 KB).
const maxPacked = 100_000

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func checkSize(r *Run) error {
	var n counter
	z := gzip.NewWriter(&n)
	for _, part := range [][]byte{r.Request, r.Resolved} {
		_, _ = z.Write(part) // a counter never fails
	}
	_ = z.Close()
	if n <= maxPacked {
		return nil
	}
	return &Error{Code: CodeTooLarge, Message: "the request is too large to keep", Violations: []Violation{
		{"", RuleTooLarge, fmt.Sprintf("%d bytes compressed with what ECS is asked; allowed: %d", n, maxPacked)},
	}}
}
