package filelogs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"davit/internal/filelogs"
	"davit/internal/logs"
)

// still is a folder of output that nobody writes.
func still(t *testing.T) (dir string, source *filelogs.Source) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "task"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir, &filelogs.Source{
		File:  func(task, container string) string { return filepath.Join(dir, task, container+".log") },
		Known: func(string) (int64, bool) { return 0, false },
	}
}

func read(t *testing.T, d *filelogs.Source, s logs.Stream, q logs.Query) logs.Batch {
	t.Helper()
	b, err := d.Read(context.Background(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRead_WhatIsNotThere_SaysWhy(t *testing.T) {
	dir, source := still(t)
	if err := os.Mkdir(filepath.Join(dir, "task", "folder.log"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		s       logs.Stream
		reason  string
		mayCome bool
	}{
		"not started yet": {logs.Stream{Task: "task", Container: "app"}, "not there yet", true},
		"never started":   {logs.Stream{Task: "task", Container: "app", Over: true}, "was not started", false},
		"removed":         {logs.Stream{Task: "old", Container: "app", Over: true}, "kept for 24 hours", false},
		"no file":         {logs.Stream{Task: "task", Container: "folder"}, "no regular file", false},
		"a way out":       {logs.Stream{Task: "..", Container: "app"}, "no file has", false},
		"another way out": {logs.Stream{Task: "task", Container: "../../etc/passwd"}, "no file has", false},
		"no task":         {logs.Stream{Container: "app"}, "no file has", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := read(t, source, tt.s, logs.Query{Records: 1, Bytes: 1})
			if b.State != logs.Unavailable || b.Unreadable == nil {
				t.Fatalf("got state %v, want unavailable", b.State)
			}
			if !strings.Contains(b.Unreadable.Reason, tt.reason) || b.Unreadable.MayCome != tt.mayCome {
				t.Errorf("got %+v, want %q, which may come: %v", *b.Unreadable, tt.reason, tt.mayCome)
			}
		})
	}
}

// A tail is found from the end: the file here is larger than any disk.
func TestTail_SeeksFromTheEnd(t *testing.T) {
	dir, source := still(t)
	f, err := os.Create(filepath.Join(dir, "task", "app.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	const hole = 1 << 42
	if _, err := f.WriteAt([]byte("\none\ntwo\nthree\n"), hole); err != nil {
		t.Skipf("the disk takes no file with a hole: %v", err)
	}
	s := logs.Stream{Task: "task", Container: "app", Over: true}
	for n, want := range map[int]string{1: "three", 3: "one", 4: ""} {
		tail, err := source.Tail(context.Background(), s, n, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if len(tail.Marks) != n {
			t.Fatalf("got %d marks, want %d", len(tail.Marks), n)
		}
		b := read(t, source, s, logs.Query{After: tail.Marks[0].Before, Records: 1, Bytes: 1 << 20})
		if want != "" && b.Records[0].Text != want {
			t.Errorf("the last %d begin with %.20q, want %q", n, b.Records[0].Text, want)
		}
	}
}

func TestRead_EndsWithItsContext(t *testing.T) {
	dir, source := still(t)
	if err := os.WriteFile(filepath.Join(dir, "task", "app.log"), []byte(strings.Repeat("line\n", 10)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := source.Tail(ctx, logs.Stream{Task: "task", Container: "app"}, 5, time.Time{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

// Whatever is in a file, pages of any size have its lines, none twice, and a tail is the end of that.
func TestRead_AnyBytesInAnyPages(t *testing.T) {
	for seed := range uint64(seeds) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		dir, source := still(t)
		content := anyBytes(rnd)
		if err := os.WriteFile(filepath.Join(dir, "task", "app.log"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := logs.Stream{Task: "task", Container: "app", Over: true}
		whole := pages(t, source, s, "", func() logs.Query { return logs.Query{Records: 1 << 20, Bytes: 1 << 30} })
		want := strings.Split(logs.Text(content), "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		if got := joined(whole); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %d lines, want %d", seed, len(got), len(want))
		}
		parts := pages(t, source, s, "", func() logs.Query { return logs.Query{Records: 1 + rnd.IntN(5), Bytes: 1 + rnd.IntN(200_000)} })
		if !slices.Equal(parts, whole) {
			t.Fatalf("seed %d: %d records in pages, %d at once", seed, len(parts), len(whole))
		}
		n := 1 + rnd.IntN(len(whole)+3)
		tail, err := source.Tail(context.Background(), s, n, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if len(tail.Marks) != min(n, len(whole)) {
			t.Fatalf("seed %d: a tail of %d of %d records has %d marks", seed, n, len(whole), len(tail.Marks))
		}
		if len(whole) == 0 {
			continue
		}
		if got := pages(t, source, s, tail.Marks[0].Before, func() logs.Query { return logs.Query{Records: 100, Bytes: 1 << 20} }); len(got) != len(tail.Marks) {
			t.Errorf("seed %d: %d records behind the first of %d marks", seed, len(got), len(tail.Marks))
		}
	}
}

// anyBytes returns lines of text, of noise and of more than a record holds.
func anyBytes(rnd *rand.Rand) []byte {
	var b []byte
	for range rnd.IntN(30) {
		switch rnd.IntN(5) {
		case 0:
			b = append(b, strings.Repeat("ä€😀x", rnd.IntN(40_000))...)
		case 1:
			for range rnd.IntN(100_000) {
				b = append(b, byte(128+rnd.IntN(128)))
			}
		case 2:
			b = append(b, strings.Repeat("x", logs.MaxText-2+rnd.IntN(5))...)
		default:
			b = fmt.Appendf(b, "line %d", rnd.IntN(1000))
		}
		if rnd.IntN(20) > 0 {
			b = append(b, '\n')
		}
	}
	return b
}

// pages reads a stream from a position to its end.
func pages(t *testing.T, d *filelogs.Source, s logs.Stream, from logs.Position, next func() logs.Query) (all []logs.Record) {
	t.Helper()
	for {
		q := next()
		q.After = from
		b := read(t, d, s, q)
		for _, r := range b.Records {
			if len(r.Text) > logs.MaxText {
				t.Errorf("a record has %d bytes", len(r.Text))
			}
		}
		all = append(all, b.Records...)
		if b.State != logs.More {
			return all
		}
		from = b.Next
	}
}

// joined returns records as lines.
func joined(all []logs.Record) []string {
	lines, open := []string{}, ""
	for _, r := range all {
		if open += r.Text; !r.Partial {
			lines, open = append(lines, open), ""
		}
	}
	return lines
}
