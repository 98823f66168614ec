package boltstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"davit/internal/boltstore"
	"davit/internal/run"
)

// crashFile names the file for the process that TestKilled kills.
const crashFile = "DAVIT_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		if err := writeUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes with eight writers, and prints "ID version" once a write has returned.
func writeUntilKilled(path string) error {
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for w := range cap(errs) {
		wg.Go(func() {
			for n := w; ; n += cap(errs) {
				if err := writeOne(s, sample(n)); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	return <-errs
}

func writeOne(s *boltstore.Store, r *run.Run) error {
	if _, _, err := s.Create(context.Background(), r); err != nil {
		return err
	}
	for range 3 {
		if _, err := fmt.Println(r.ID, r.Version); err != nil {
			return err
		}
		if err := s.Update(context.Background(), r); err != nil {
			return err
		}
	}
	return nil
}

func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	for range 3 {
		acknowledged := killAfter(t, path, 200)
		s, err := boltstore.Open(path, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkConsistent(t, s)
		for id, version := range acknowledged {
			if r, err := s.Get(t.Context(), id); err != nil || r.Version < version {
				t.Errorf("%s: %v, error %v; version %d had returned", id, r, err, version)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs a writing process, kills it once it has acknowledged so many writes, and answers all that
// it did, as the highest version of each record.
func killAfter(t *testing.T, path string, lines int) map[string]int64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]int64{}
	scanner := bufio.NewScanner(out)
	for n := 1; scanner.Scan(); n++ {
		var id string
		var version int64
		if _, err := fmt.Sscan(scanner.Text(), &id, &version); err != nil {
			break // the line that the kill cut off
		}
		versions[id] = version
		if n == lines {
			killWhileInUse(t, cmd, path)
		}
	}
	if err := cmd.Wait(); err == nil || len(versions) < lines/4 {
		t.Fatalf("the process ended by itself after %d records", len(versions))
	}
	return versions
}

func killWhileInUse(t *testing.T, cmd *exec.Cmd, path string) {
	t.Helper()
	if _, err := boltstore.Open(path, boltstore.Options{}); !errors.Is(err, boltstore.ErrInUse) {
		t.Errorf("Open while another process has the file: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
}
