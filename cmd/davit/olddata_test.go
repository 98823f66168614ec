package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// davit serves a data folder of version 1d4d5c3, which was killed with runs that had ended, runs in flight and a queued run. Ended runs
// read as before, runs in flight end INTERRUPTED or are retried, and the queued run is admitted.
func TestOldDataFolder(t *testing.T) {
	t.Parallel()
	l := serveLocal(t, untar(t, filepath.Join("testdata", "data-1d4d5c3.tar.gz")))
	for _, c := range []struct {
		id, was, status, class string
		attempts               int
	}{
		{"4bw3iijimyq4obbwm64zpwdkvp", "ended", "SUCCEEDED", "", 1},
		{"uwkq7hkpbudu77ooo4p4nztehh", "ended", "FAILED", "EXIT:4", 1},
		{"iysnuxa6szrovozxtcpndbbswp", "stopped by a caller", "STOPPED", "STOPPED", 1},
		{"r5wzkdytw5kykheeexf4gmtko4", "in flight, holder of the key, to be retried when interrupted", "SUCCEEDED", "", 2},
		{"xq7aq7jd2uzejkv3lqdzqopnbq", "queued behind the holder", "SUCCEEDED", "", 1},
		{"zsvwf2pzl2fvpyc7i7rcp2ltqg", "in flight, not to be retried", "FAILED", "INTERRUPTED", 1},
	} {
		r := l.end(c.id)
		if r.Status != c.status || r.Class != c.class {
			t.Errorf("the run that was %s: %s %q (%s), want %s %q", c.was, r.Status, r.Class, r.StatusReason, c.status, c.class)
		}
		if len(r.Attempts) != c.attempts {
			t.Errorf("the run that was %s: %d attempts, want %d", c.was, len(r.Attempts), c.attempts)
		}
	}
	again := l.submit(`{"taskDefinition":"shell","group":"nightly","startedBy":"cron","overrides":{"containerOverrides":[{"name":"app","command":["exit 4"]}]}}`,
		"Idempotency-Key: failed")
	if want := "uwkq7hkpbudu77ooo4p4nztehh"; again.RunID != want {
		t.Errorf("the key of an old run made run %s, want %s", again.RunID, want)
	}
}

// untar unpacks an archive of the folder data and returns its path.
func untar(t *testing.T, archive string) string {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for entries := tar.NewReader(packed); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "data")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := unpackEntry(filepath.Join(dir, filepath.Clean("/"+entry.Name)), entry, entries); err != nil {
			t.Fatal(err)
		}
	}
}

func unpackEntry(to string, entry *tar.Header, content io.Reader) error {
	if entry.Typeflag == tar.TypeDir {
		return os.MkdirAll(to, 0o700)
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}
