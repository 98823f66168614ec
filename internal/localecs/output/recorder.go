package output

import (
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"davit/internal/clock"
)

const (
	// lookEvery is how often the size of a file that is being written is looked at.
	lookEvery = 100 * time.Millisecond
	// absentEvery is how often, at the least, a file is looked for that is not there: a process makes it as it begins.
	absentEvery = time.Minute
	// apart is the least time between two entries of an index.
	apart = 50 * time.Millisecond
)

// Recorder keeps the indexes of the output files that are being written. One Recorder at a time may use a folder.
type Recorder struct {
	clock clock.Clock
	log   *slog.Logger

	mu     sync.Mutex
	files  map[string]*file
	cancel func() bool // the timer; nil while no file is being written
	next   time.Time   // when it fires
	closed bool
}

// file is an output file that is being written.
type file struct {
	name  string
	users int   // processes that write it
	known int64 // up to where it was seen, and is indexed
	last  Entry
	count int // of the index's entries
	seen  time.Time
	begun time.Time
	due   time.Time // of the next look
	fails bool
}

// NewRecorder returns a Recorder that reports an index that cannot be written to log.
func NewRecorder(c clock.Clock, log *slog.Logger) *Recorder {
	return &Recorder{clock: c, log: log, files: map[string]*file{}}
}

// Begin is called before a process is started that appends to an output file. What is in the file already is of an earlier process.
func (r *Recorder) Begin(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	f := r.files[name]
	if f == nil {
		f = r.load(name)
		r.files[name] = f
	} else {
		r.look(f)
	}
	f.users++
	if f.known > 0 {
		r.append(f, Entry{Offset: f.known, At: f.seen, Restart: true})
	}
	f.due = f.seen.Add(lookEvery)
	r.arm()
}

// End is called when the process has ended, or was not started.
func (r *Recorder) End(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[name]
	if f == nil || r.closed {
		return
	}
	r.look(f)
	if f.users--; f.users == 0 {
		delete(r.files, name)
	}
}

// Known returns up to where an output file is indexed, after a look at it. It reports false for a file that no process writes: then all of it is.
func (r *Recorder) Known(name string) (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[name]
	if f == nil || r.closed {
		return 0, false
	}
	r.look(f)
	r.arm()
	return f.known, true
}

// Close ends the Recorder as a crash would.
func (r *Recorder) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.cancel != nil {
		r.cancel()
	}
}

// load reads what an earlier process, or an earlier Recorder, left of a file.
func (r *Recorder) load(name string) *file {
	now := r.now()
	f := &file{name: name, seen: now, begun: now}
	if info, err := os.Stat(name); err == nil {
		f.known = info.Size()
	}
	x, err := OpenIndex(name, now)
	if err != nil {
		r.fail(f, err)
		return f
	}
	if f.count = x.Len(); f.count > 0 {
		f.last = x.Entry(f.count - 1)
	}
	if err := x.Close(); err != nil {
		r.fail(f, err)
	}
	return f
}

func (r *Recorder) now() time.Time { return r.clock.Now().UTC().Truncate(time.Millisecond) }

// look sees what was written since the last look, and indexes it.
func (r *Recorder) look(f *file) {
	now := r.now()
	info, err := os.Stat(f.name)
	if err == nil && info.Size() != f.known {
		if info.Size() > f.known {
			r.grown(f, written(info.ModTime(), f.seen, now))
		}
		f.known = info.Size()
	}
	f.seen = now
	f.due = now.Add(lookEvery)
	if err != nil {
		f.due = now.Add(min(max(now.Sub(f.begun)/16, lookEvery), absentEvery))
	}
}

// written returns when output was written that came between two looks: when its file was last changed, if that is between them.
func written(changed, before, now time.Time) time.Time {
	if changed.After(before) && changed.Before(now) {
		return changed.UTC().Truncate(time.Millisecond)
	}
	return now
}

// grown indexes output from f.known on. What comes shortly after the last entry belongs to that.
func (r *Recorder) grown(f *file, at time.Time) {
	if f.count > 0 && at.Sub(f.last.At) < apart {
		return
	}
	r.append(f, Entry{Offset: f.known, At: at})
}

// append writes an entry. If that fails, what it stands for belongs to the entry before.
func (r *Recorder) append(f *file, e Entry) {
	if f.count > 0 && e.Offset < f.last.Offset { // the file was cut
		return
	}
	if f.count > 0 && e.At.Before(f.last.At) { // the clock was set back
		e.At = f.last.At
	}
	x, err := os.OpenFile(indexFile(f.name), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		r.fail(f, err)
		return
	}
	_, err = x.WriteAt(e.encode(), int64(f.count)*entrySize)
	if err = errors.Join(err, x.Close()); err != nil {
		r.fail(f, err)
		return
	}
	f.last, f.fails = e, false
	f.count++
}

// fail logs the first of several errors in a row.
func (r *Recorder) fail(f *file, err error) {
	if !f.fails {
		r.log.Warn("the times of a container's output cannot be kept", "file", f.name, "error", err)
	}
	f.fails = true
}

// arm sets the timer to the next look, if it is not set to an earlier time.
func (r *Recorder) arm() {
	if len(r.files) == 0 || r.closed {
		return
	}
	now := r.now()
	wait := absentEvery
	for _, f := range r.files {
		wait = min(wait, f.due.Sub(now))
	}
	wait = max(wait, lookEvery/2) // so that looks which are due soon after one another are made at once
	if r.cancel != nil {
		if !now.Add(wait).Before(r.next) {
			return
		}
		r.cancel()
	}
	r.next, r.cancel = now.Add(wait), r.clock.AfterFunc(wait, r.lookAll)
}

// lookAll looks at the files that are due.
func (r *Recorder) lookAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel = nil
	if r.closed {
		return
	}
	soon := r.now().Add(lookEvery / 4)
	for _, f := range r.files {
		if !f.due.After(soon) {
			r.look(f)
		}
	}
	r.arm()
}
