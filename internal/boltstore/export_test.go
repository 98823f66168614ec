package boltstore

import (
	"bytes"
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// Faults returns where the file contradicts itself: pages, heads against bodies, index entries against heads.
func Faults(s *Store) []error {
	var faults []error
	err := s.db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			faults = append(faults, err)
		}
		want := map[string][]byte{}
		err := tx.Bucket([]byte(headBucket)).ForEach(func(id, _ []byte) error {
			h, err := headOf(tx, id)
			if err != nil {
				return err
			}
			for _, e := range h.entries() {
				want[e.bucket+"\x00"+string(e.key)] = e.value
			}
			faults = append(faults, bodyFaults(tx, h)...)
			return nil
		})
		faults = append(faults, indexFaults(tx, want)...)
		return err
	})
	if err != nil {
		faults = append(faults, err)
	}
	return faults
}

// bodyFaults compares a head with the one that its body would get.
func bodyFaults(tx *bolt.Tx, h *head) []error {
	r, err := bodyOf(tx, []byte(h.ID))
	if err != nil {
		return []error{err}
	}
	rec, err := encode(r, r.Version)
	if err != nil {
		return []error{err}
	}
	have, err := json.Marshal(h)
	if err != nil || !bytes.Equal(have, rec.headJSON) {
		return []error{fmt.Errorf("head %s, body says %s (%w)", have, rec.headJSON, err)}
	}
	return nil
}

func indexFaults(tx *bolt.Tx, want map[string][]byte) []error {
	var faults []error
	for _, bucket := range []string{createdBucket, familyBucket, groupBucket, startedByBucket, originBucket, openBucket, expiresBucket} {
		cursor := tx.Bucket([]byte(bucket)).Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			name := bucket + "\x00" + string(key)
			if due, ok := want[name]; !ok || !bytes.Equal(due, value) {
				faults = append(faults, fmt.Errorf("entry %q belongs to no record", name))
			}
			delete(want, name)
		}
	}
	for name := range want {
		faults = append(faults, fmt.Errorf("entry %q is missing", name))
	}
	return faults
}
