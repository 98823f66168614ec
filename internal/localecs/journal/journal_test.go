package journal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/clock"
)

// disk holds what a journal has written. While it is full it refuses every write.
type disk struct {
	mu      sync.Mutex
	full    bool
	tries   int
	records map[string]string
}

func (d *disk) write(puts map[recordKey][]byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries++
	if d.full {
		return syscall.ENOSPC
	}
	for key, data := range puts {
		if data == nil {
			delete(d.records, key.name)
		} else {
			d.records[key.name] = string(data)
		}
	}
	return nil
}

func (d *disk) setFull(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

// onFullDisk runs test in virtual time, with a journal on a disk that is full and holds the records old and gone.
func onFullDisk(t *testing.T, test func(t *testing.T, j *Journal, d *disk)) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{full: true, records: map[string]string{"old": "1", "gone": "1"}}
		j := start(d.write, &sync.Mutex{}, clock.System, slog.New(slog.DiscardHandler))
		defer j.Close()
		test(t, j, d)
	})
}

func TestSettled_DiskFull_Errs(t *testing.T) {
	onFullDisk(t, func(t *testing.T, j *Journal, _ *disk) {
		for range 3 {
			j.Put("b", "a", 1)
			if err := j.Settled(t.Context()); !errors.Is(err, ErrNotWritten) || !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("Settled: got %v, want ErrNotWritten and its cause", err)
			}
		}
		if err := j.Settled(t.Context()); !errors.Is(err, ErrNotWritten) {
			t.Errorf("Settled without a change of its own: got %v, want ErrNotWritten", err)
		}
	})
}

func TestSettled_Bucket_MindsItsOwnRecordsOnly(t *testing.T) {
	onFullDisk(t, func(t *testing.T, j *Journal, _ *disk) {
		j.Put("b", "a", 1)
		synctest.Wait()
		if err := j.Settled(t.Context(), "other"); err != nil {
			t.Errorf("Settled of another bucket: got %v, want none", err)
		}
		if err := j.Settled(t.Context(), "other", "b"); !errors.Is(err, ErrNotWritten) {
			t.Errorf("Settled of the bucket: got %v, want ErrNotWritten", err)
		}
	})
}

func TestFlush_RoomAgain_WritesWhatWasKept(t *testing.T) {
	onFullDisk(t, func(t *testing.T, j *Journal, d *disk) {
		var ran []string
		put := func(name string, value int) {
			j.Put("b", name, value)
			j.After(func() { ran = append(ran, name) })
			synctest.Wait()
		}
		put("old", 2)
		put("new", 1)
		j.Remove("b", "gone")
		put("old", 3)
		time.Sleep(10 * retryPause)
		d.setFull(false)
		time.Sleep(retryPause)
		synctest.Wait()
		if diff := cmp.Diff(map[string]string{"old": "3", "new": "1"}, d.records); diff != "" {
			t.Errorf("on disk, -want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]string{"old", "new", "old"}, ran); diff != "" {
			t.Errorf("ran after it, -want +got:\n%s", diff)
		}
		if err := j.Settled(t.Context()); err != nil {
			t.Errorf("Settled: got %v, want none", err)
		}
	})
}

func TestFlush_DiskFull_TriesOnceAPause(t *testing.T) {
	onFullDisk(t, func(t *testing.T, j *Journal, d *disk) {
		for range 100 {
			j.Put("b", "a", 1)
			time.Sleep(retryPause / 10)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.tries < 9 || d.tries > 11 {
			t.Errorf("got %d tries in 10 pauses, want about 10", d.tries)
		}
	})
}

func TestWritten_DiskFull_WaitsForRoom(t *testing.T) {
	onFullDisk(t, func(t *testing.T, j *Journal, d *disk) {
		j.Put("b", "a", 1)
		time.AfterFunc(time.Hour, func() { d.setFull(false) })
		begin := time.Now()
		if err := j.Written(t.Context()); err != nil {
			t.Errorf("Written: got %v, want none", err)
		}
		if waited := time.Since(begin); waited < time.Hour {
			t.Errorf("Written waited for %v, want an hour", waited)
		}
	})
}

func TestWritten_Ends(t *testing.T) {
	onFullDisk(t, func(t *testing.T, j *Journal, _ *disk) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		j.Put("b", "a", 1)
		if err := j.Written(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Written: got %v, want the context's error", err)
		}
		j.Put("b", "a", func() {})
		if err := j.Written(t.Context()); err == nil || errors.Is(err, ErrNotWritten) {
			t.Errorf("Written after a record that cannot be encoded: got %v, want that error", err)
		}
	})
}
