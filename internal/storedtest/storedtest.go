// Package storedtest holds stored records to their names: what an earlier version wrote is read strictly, and written again with the same members and values.
// Tests only.
package storedtest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// File returns what testdata/stored has under that name.
func File(t *testing.T, name string) []byte {
	t.Helper()
	stored, err := os.ReadFile(filepath.Join("testdata", "stored", name))
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// Check reads a stored record into the value that into points to, and fails the test where a member is unknown or the value, written again by encode, differs.
// A nil encode is json.Marshal.
func Check(t *testing.T, what string, stored []byte, into any, encode func() []byte) {
	t.Helper()
	strict := json.NewDecoder(bytes.NewReader(stored))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err != nil {
		t.Errorf("%s: read: %v", what, err)
		return
	}
	var again []byte
	if encode != nil {
		again = encode()
	} else {
		var err error
		if again, err = json.Marshal(into); err != nil {
			t.Errorf("%s: write: %v", what, err)
			return
		}
	}
	if diff := cmp.Diff(value(t, stored), value(t, again)); diff != "" {
		t.Errorf("%s, written again (-stored +written):\n%s", what, diff)
	}
}

func value(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
