package boltstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"davit/internal/run"
)

// What the file holds is damaged, or a record that is written as the same record, with a head that says what its body says.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"runId":"aaaaaaaaaaaaaaaaaaaaaaaaaa","status":"FAILED","family":"f","createdAt":"2026-11-30T02:00:00.123Z","request":{"a":1},"attempts":[{"tasks":[{"task":{}}]}]}`))
	f.Add([]byte(`{"runId":"a","createdAt":"9999-12-31T23:59:59.9-23:59","sweepAt":"0000-01-01T00:00:00+23:59","expires":"1969-01-01T00:00:00Z","group":"g"}`))
	f.Add([]byte(`{"position":1,"runId":"a","from":"","to":"SUBMITTED","at":"2026-11-30T02:00:00Z"}`))
	f.Add(placeKey(time.Unix(-1, 999_999_999), "id"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if at, id := readPlace(data); len(data) >= timeSize && !bytes.Equal(placeKey(at, id), data) && at.Nanosecond() == int(nanosOf(data)) {
			t.Errorf("the place %x is %v %q", data, at, id)
		}
		if _, err := readChange(data); err != nil && !errors.Is(err, errDamaged) {
			t.Errorf("%q: %v", data, err)
		}
		r, err := decode(data)
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Errorf("%q: %v", data, err)
			}
			return
		}
		written(t, r)
	})
}

// nanosOf reads the nanoseconds that a time key holds, which only a damaged one has a second or more of.
func nanosOf(key []byte) uint32 {
	return uint32(key[8])<<24 | uint32(key[9])<<16 | uint32(key[10])<<8 | uint32(key[11])
}

func written(t *testing.T, r *run.Run) {
	rec, err := encode(r, 7)
	if err != nil {
		if !errors.Is(err, errUnfit) {
			t.Errorf("error %v, want %v", err, errUnfit)
		}
		return
	}
	again, err := decode(rec.body)
	if err != nil {
		t.Fatal(err)
	}
	same, err := encode(again, again.Version)
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case !bytes.Equal(same.body, rec.body):
		t.Errorf("same.body is %s, want %s", same.body, rec.body)
	case !bytes.Equal(same.headJSON, rec.headJSON):
		t.Errorf("same.headJSON is %s, want %s", same.headJSON, rec.headJSON)
	case again.Version != 7:
		t.Errorf("again.Version is %v, want 7", again.Version)
	}
	if len(difference(rec.head.entries(), same.head.entries())) > 0 {
		t.Errorf("the index entries of %s are not those of %s", rec.headJSON, same.headJSON)
	}
	if text, err := json.Marshal(rec.head); err != nil || !bytes.Equal(text, rec.headJSON) {
		t.Errorf("head %s became %s (%v)", rec.headJSON, text, err)
	}
}
