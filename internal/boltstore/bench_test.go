package boltstore_test

import (
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"davit/internal/boltstore"
	"davit/internal/run"
)

// BenchmarkCreate is one durable create, by so many writers at once.
func BenchmarkCreate(b *testing.B) {
	for _, writers := range []int{1, 10, 100, 1000} {
		b.Run(strconv.Itoa(writers), func(b *testing.B) {
			var n atomic.Int64
			benchmark(b, writers, func(s *boltstore.Store, _ *run.Run) error {
				_, _, err := s.Create(b.Context(), sample(int(n.Add(1))+writers))
				return err
			})
		})
	}
}

// BenchmarkUpdate is one durable update, by so many writers at once, each of its own record.
func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 10, 100, 1000} {
		b.Run(strconv.Itoa(writers), func(b *testing.B) {
			benchmark(b, writers, func(s *boltstore.Store, r *run.Run) error { return s.Update(b.Context(), r) })
		})
	}
}

// benchmark shares b.N operations among writers, each with a record that it created before.
func benchmark(b *testing.B, writers int, operate func(*boltstore.Store, *run.Run) error) {
	s, err := boltstore.Open(filepath.Join(b.TempDir(), "runs.db"), boltstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	records := make([]*run.Run, writers)
	for i := range records {
		records[i] = sample(i)
		if _, _, err := s.Create(b.Context(), records[i]); err != nil {
			b.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	for _, r := range records {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := operate(s, r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	if err := s.Close(); err != nil {
		b.Error(err)
	}
}
