package boltstore

import (
	"testing"

	"davit/internal/storedtest"
)

// TestStoredNames reads what version 1d4d5c3 wrote, every field of it filled, and writes it again: the same members with the same
// values. Go's names are free to change, the stored ones are not.
func TestStoredNames(t *testing.T) {
	storedtest.Check(t, "a head", storedtest.File(t, "head.json"), &head{}, nil)
}
