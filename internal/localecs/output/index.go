package output

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"sort"
	"time"
)

// Entry is one line of an index: what the output file holds from Offset on was first seen At.
type Entry struct {
	Offset int64
	At     time.Time
	// Restart is true where a process was started again: the line before ends here, with or without a line feed.
	Restart bool
}

const (
	entrySize  = 12
	restartBit = 1 << 47
)

// indexFile returns the name of the index of an output file.
func indexFile(output string) string { return output + ".idx" }

func (e Entry) encode() []byte {
	at := uint64(e.At.UnixMilli())
	if e.Restart {
		at |= restartBit
	}
	var out [entrySize]byte
	putUint48(out[:6], uint64(e.Offset))
	putUint48(out[6:], at)
	return out[:]
}

func putUint48(b []byte, n uint64) {
	binary.BigEndian.PutUint16(b, uint16(n>>32))
	binary.BigEndian.PutUint32(b[2:], uint32(n))
}

func uint48(b []byte) uint64 {
	return uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
}

func decode(b []byte) Entry {
	at := uint48(b[6:])
	return Entry{Offset: int64(uint48(b)), At: time.UnixMilli(int64(at &^ restartBit)).UTC(), Restart: at&restartBit != 0}
}

// Index reads the index of one output file, without holding it in memory.
type Index struct {
	file  *os.File // nil: there is none
	count int
	// fallback is the time of output in a file without an index.
	fallback time.Time

	chunk []byte // the entries from first on
	first int
	found int // what find returned last: most look-ups are a little further on
}

// OpenIndex opens the index of an output file, which need not be there: then everything has the time fallback.
func OpenIndex(output string, fallback time.Time) (*Index, error) {
	x := &Index{fallback: fallback.UTC().Truncate(time.Millisecond)}
	f, err := os.Open(indexFile(output))
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	x.file, x.count = f, int(info.Size()/entrySize)
	for x.count > 0 && x.Entry(x.count-1).At.UnixMilli() == 0 { // a crash of the machine can leave zeros
		x.count--
	}
	return x, nil
}

// Close closes the index.
func (x *Index) Close() error {
	if x.file == nil {
		return nil
	}
	return x.file.Close()
}

// Len returns how many entries there are.
func (x *Index) Len() int { return x.count }

const chunkEntries = 512

// Entry returns the i-th entry. One that cannot be read is zero.
func (x *Index) Entry(i int) Entry {
	if i < x.first || i >= x.first+len(x.chunk)/entrySize {
		x.load(i)
	}
	at := (i - x.first) * entrySize
	if at < 0 || at+entrySize > len(x.chunk) {
		return Entry{}
	}
	return decode(x.chunk[at : at+entrySize])
}

// load reads the entries around the i-th.
func (x *Index) load(i int) {
	if x.chunk == nil {
		x.chunk = make([]byte, chunkEntries*entrySize)
	}
	x.first = max(0, i-chunkEntries/8)
	x.chunk = x.chunk[:cap(x.chunk)]
	n, err := x.file.ReadAt(x.chunk, int64(x.first)*entrySize)
	if err != nil && !errors.Is(err, io.EOF) {
		n = 0
	}
	x.chunk = x.chunk[:n-n%entrySize]
}

// find returns the number of the entry that an offset belongs to, -1 for one before the first.
func (x *Index) find(offset int64) int {
	if x.count == 0 {
		return -1
	}
	i := x.found
	if i < 0 || x.Entry(i).Offset > offset || i+nearBy < x.count && x.Entry(i+nearBy).Offset <= offset {
		i = sort.Search(x.count, func(i int) bool { return x.Entry(i).Offset > offset }) - 1
	}
	for i+1 < x.count && x.Entry(i+1).Offset <= offset {
		i++
	}
	x.found = i
	return i
}

// nearBy is how many entries find steps through before it searches.
const nearBy = 16

// At returns when the output at an offset was first seen.
func (x *Index) At(offset int64) time.Time {
	switch i := x.find(offset); {
	case i >= 0:
		return x.Entry(i).At
	case x.count > 0:
		return x.Entry(0).At
	}
	return x.fallback
}

// Since returns the offset from which on output was first seen at a time or later; end where there is none.
func (x *Index) Since(at time.Time, end int64) int64 {
	if x.count == 0 {
		if x.fallback.Before(at) {
			return end
		}
		return 0
	}
	i := sort.Search(x.count, func(i int) bool { return !x.Entry(i).At.Before(at) })
	switch i {
	case 0:
		return 0
	case x.count:
		return end
	}
	return min(end, x.Entry(i).Offset)
}

// Restart returns the first offset after another at which a process was started again; end where there is none before it.
func (x *Index) Restart(after, end int64) int64 {
	for i := x.find(after) + 1; i < x.count; i++ {
		e := x.Entry(i)
		if e.Offset >= end {
			break
		}
		if e.Restart && e.Offset > after {
			return e.Offset
		}
	}
	return end
}

// IsRestart reports whether a process was started again at an offset.
func (x *Index) IsRestart(offset int64) bool {
	for i := x.find(offset); i >= 0; i-- {
		switch e := x.Entry(i); {
		case e.Offset < offset:
			return false
		case e.Restart:
			return true
		}
	}
	return false
}
