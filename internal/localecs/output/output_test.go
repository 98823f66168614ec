package output_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/clock"
	"davit/internal/localecs/output"
)

// fixture is one output file in virtual time.
type fixture struct {
	*testing.T
	name     string
	recorder *output.Recorder
}

func withFixture(t *testing.T, test func(*fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fixture{T: t, name: filepath.Join(t.TempDir(), "app.log")}
		f.open()
		defer func() { f.recorder.Close() }()
		test(f)
	})
}

// open starts a recorder, as after a crash.
func (f *fixture) open() {
	if f.recorder != nil {
		f.recorder.Close()
	}
	f.recorder = output.NewRecorder(clock.System, slog.New(slog.DiscardHandler))
}

// write appends to the file. Its own time is virtual too.
func (f *fixture) write(text string) {
	f.Helper()
	file, err := os.OpenFile(f.name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := file.WriteString(text); err != nil {
		f.Fatal(err)
	}
	if err := file.Close(); err != nil {
		f.Fatal(err)
	}
	if err := os.Chtimes(f.name, time.Now(), time.Now()); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) index() *output.Index {
	f.Helper()
	x, err := output.OpenIndex(f.name, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = x.Close() })
	return x
}

func (f *fixture) size() int64 {
	info, err := os.Stat(f.name)
	if err != nil {
		f.Fatal(err)
	}
	return info.Size()
}

// Lines are written at random times; each has the time of its write, to 100 ms.
func TestRecorder_DatesWhatIsWritten(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.recorder.Begin(f.name)
		written := map[int64]time.Time{}
		pause := time.Millisecond
		for range 300 {
			if pause = pause * 3 / 2; pause > 3*time.Minute {
				pause = 7 * time.Millisecond
			}
			time.Sleep(pause)
			at := int64(0)
			if len(written) > 0 {
				at = f.size()
			}
			written[at] = time.Now()
			f.write("a line\n")
		}
		time.Sleep(time.Second)
		f.recorder.End(f.name)
		x := f.index()
		for offset, at := range written {
			if off := x.At(offset).Sub(at).Abs(); off > 100*time.Millisecond {
				t.Errorf("what was written at %d is dated %v off", offset, off)
			}
		}
	})
}

func TestRecorder_IndexStaysSmall(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.recorder.Begin(f.name)
		for range 6_000 { // ten minutes
			f.write("x\n")
			time.Sleep(100 * time.Millisecond)
		}
		f.recorder.End(f.name)
		info, err := os.Stat(f.name + ".idx")
		if err != nil {
			t.Fatal(err)
		}
		if most := int64(6_010 * 12); info.Size() > most {
			t.Errorf("ten minutes of output have an index of %d bytes, want at most %d", info.Size(), most)
		}
		f.recorder.Begin(f.name)
		time.Sleep(time.Hour)
		if again, err := os.Stat(f.name + ".idx"); err != nil || again.Size() != info.Size()+12 {
			t.Errorf("an hour of silence grew the index to %d bytes (%v), want one entry more than %d", again.Size(), err, info.Size())
		}
	})
}

func TestRecorder_AfterACrash_GoesOn(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.recorder.Begin(f.name)
		f.write("one\n")
		first := time.Now()
		time.Sleep(time.Minute)
		f.open()
		f.write("lost from sight\n")
		if x := f.index(); !x.At(4).Equal(x.At(0)) {
			t.Error("what nobody saw is not dated as what came before it")
		}
		time.Sleep(time.Minute)
		end := f.size()
		f.recorder.Begin(f.name)
		again := time.Now()
		time.Sleep(time.Minute)
		f.write("two\n")
		late := time.Now()
		time.Sleep(time.Second)
		f.recorder.End(f.name)
		x := f.index()
		if off := x.At(0).Sub(first).Abs(); off > 100*time.Millisecond {
			t.Errorf("the first line is dated %v off", off)
		}
		if got := x.At(end); got.Sub(late).Abs() > 100*time.Millisecond && !got.Equal(again) {
			t.Errorf("the line of after the restart is dated %v, want %v", got, late)
		}
		if !x.IsRestart(end) || x.IsRestart(4) || x.Restart(0, f.size()) != end {
			t.Errorf("the restart is at %d, want %d", x.Restart(0, f.size()), end)
		}
	})
}

func TestRecorder_Known_IsDatedAlready(t *testing.T) {
	withFixture(t, func(f *fixture) {
		if _, live := f.recorder.Known(f.name); live {
			t.Error("a file that nobody writes is live")
		}
		f.recorder.Begin(f.name)
		time.Sleep(time.Hour)
		f.write("line\n")
		known, live := f.recorder.Known(f.name)
		if known != 5 || !live {
			t.Errorf("known up to %d, live %v, want 5 and true", known, live)
		}
		if got := f.index().At(0); !got.Equal(time.Now().UTC()) {
			t.Errorf("dated %v, want now", got)
		}
	})
}

// Two processes that write one file, as a container that is started while its last process is not yet gone.
func TestRecorder_TwoProcesses(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.recorder.Begin(f.name)
		f.write("one\n")
		f.recorder.Begin(f.name)
		f.recorder.End(f.name)
		if _, live := f.recorder.Known(f.name); !live {
			t.Error("not live while a process writes")
		}
		f.recorder.End(f.name)
		if _, live := f.recorder.Known(f.name); live {
			t.Error("live after both ended")
		}
	})
}

func TestRecorder_FileIsCut(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.recorder.Begin(f.name)
		for range 5 {
			f.write("a line\n")
			time.Sleep(time.Second)
		}
		if err := os.Truncate(f.name, 3); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		f.write("on\n")
		time.Sleep(2 * time.Second)
		f.recorder.End(f.name)
		x, last := f.index(), time.Time{}
		for i := range x.Len() {
			if e := x.Entry(i); e.At.Before(last) {
				t.Errorf("entry %d is of %v, before %v", i, e.At, last)
			} else {
				last = e.At
			}
		}
	})
}

func TestIndex_Lost_HasTheFallback(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.write("line\n")
		x := f.index()
		if got := x.At(3); !got.Equal(time.Now().UTC()) {
			t.Errorf("got %v, want now", got)
		}
		if got := x.Since(time.Now().Add(time.Second), 5); got != 5 {
			t.Errorf("later output begins at %d, want 5", got)
		}
		if got := x.Since(time.Now().Add(-time.Second), 5); got != 0 {
			t.Errorf("earlier output begins at %d, want 0", got)
		}
	})
}

// A crash of the machine can leave zeros at an index's end, or half an entry.
func TestIndex_Damaged_IsReadAsFarAsItIsWhole(t *testing.T) {
	for name, rest := range map[string]string{"zeros": string(make([]byte, 24)), "half": "\x00\x00\x01"} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, func(f *fixture) {
				f.recorder.Begin(f.name)
				f.write("one\n")
				time.Sleep(time.Second)
				f.open()
				file, err := os.OpenFile(f.name+".idx", os.O_WRONLY|os.O_APPEND, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := file.WriteString(rest); err != nil {
					t.Fatal(err)
				}
				if err := file.Close(); err != nil {
					t.Fatal(err)
				}
				if n := f.index().Len(); n != 1 {
					t.Errorf("got %d entries, want 1", n)
				}
				f.recorder.Begin(f.name)
				f.write("two\n")
				f.recorder.End(f.name)
				for i := range f.index().Len() {
					if e := f.index().Entry(i); e.At.Year() < 2000 {
						t.Errorf("entry %d is %+v", i, e)
					}
				}
			})
		})
	}
}

// Look-ups near and far agree with a list.
func TestIndex_Find(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.recorder.Begin(f.name)
		var starts []int64
		var at []time.Time
		for i := range 2000 {
			starts = append(starts, int64(i)*3)
			at = append(at, time.Now().UTC())
			f.write("ab\n")
			f.recorder.Known(f.name)
			time.Sleep(100 * time.Millisecond)
		}
		f.recorder.End(f.name)
		x := f.index()
		for _, step := range []int{1, 7, 400, 1999} {
			for i := 0; i < len(starts); i += step {
				for _, n := range []int{i, len(starts) - 1 - i} {
					if got := x.At(starts[n] + 1); !got.Equal(at[n]) {
						t.Fatalf("step %d: offset %d is dated %v, want %v", step, starts[n]+1, got, at[n])
					}
				}
			}
		}
		if got := fmt.Sprint(x.Since(at[700], 6000), x.Since(at[0], 6000), x.Since(at[1999].Add(time.Hour), 6000)); got != "2100 0 6000" {
			t.Errorf("since: got %s, want 2100 0 6000", got)
		}
	})
}
