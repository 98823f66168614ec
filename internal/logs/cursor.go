package logs

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"davit/internal/run"
)

// cursor is where a request stands between two pages.
type cursor struct {
	since time.Time // as the first page took it
	tail  int       // how many events of the tail are left for streams whose tail is pending
	turn  int       // the index of the entry that is read first
	// passed is the number of the last attempt that was read to its end and that has no entries any more.
	passed  int
	entries []entry
}

// entry is where one stream stands.
type entry struct {
	key      streamKey
	position Position
	untailed bool // its tail was asked for and not found yet
	// arrived is when its latest record reached the source; quiet is when the last read began, if that came to the end of what there was. Zero: not known, no.
	arrived, quiet time.Time
}

// streamKey identifies a stream of a run.
type streamKey [6]byte

func (s *Stream) key() (k streamKey) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q %q", s.Attempt, s.Task, s.Container))
	copy(k[:], sum[:])
	return k
}

// binding is what a cursor is bound to: the run and the whole request but for its limit.
type binding [8]byte

func (q Request) binding(incarnation string) (b binding) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %q %q %q %d", q.RunID, incarnation, q.Attempt, q.Task, q.Container, q.Since, q.Tail))
	copy(b[:], sum[:])
	return b
}

// cursorVersion is the first byte of a cursor. A cursor of another version is refused.
const cursorVersion = 1

var errCursor = errors.New("not a cursor")

// encode returns the cursor's text, at most MaxCursor characters.
func (c *cursor) encode(b binding) string {
	data := append([]byte{cursorVersion}, b[:]...)
	data = appendTime(data, c.since, time.Millisecond)
	for _, n := range []int{c.tail, c.turn, c.passed} {
		data = binary.AppendUvarint(data, uint64(n))
	}
	for i := range c.entries {
		data = c.entries[i].append(data)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func (e *entry) append(data []byte) []byte {
	data = append(data, e.key[:]...)
	length := byte(len(e.position))
	if e.untailed {
		length |= untailedBit
	}
	data = append(append(data, length), e.position...)
	// Both are rounded so that a stream is taken for quiet too late, not too early.
	data = appendTime(data, e.arrived.Add(time.Second-1), time.Second)
	return appendTime(data, e.quiet, time.Second)
}

// untailedBit marks an entry whose tail is pending, in the byte of its position's length.
const untailedBit = 1 << 7

// appendTime writes a time in whole units since 1970; 0 stands for an unknown one.
func appendTime(data []byte, at time.Time, unit time.Duration) []byte {
	n := max(0, at.UnixMilli()/unit.Milliseconds())
	return binary.AppendUvarint(data, uint64(n))
}

// decodeCursor reads a cursor's text. It returns an error for one of another binding, and for any text that encode cannot have written.
func decodeCursor(text string, b binding) (cursor, error) {
	if len(text) > MaxCursor {
		return cursor{}, errCursor
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return cursor{}, errCursor
	}
	d := decoder{data: data}
	if d.take(1) != string(rune(cursorVersion)) || d.take(len(b)) != string(b[:]) {
		return cursor{}, errCursor
	}
	c := cursor{since: d.time(time.Millisecond), tail: d.number(MaxTail), turn: d.number(MaxStreams), passed: d.number(maxAttempts)}
	for d.err == nil && len(d.data) > 0 && len(c.entries) < MaxStreams {
		c.entries = append(c.entries, d.entry())
	}
	if d.err != nil || len(d.data) > 0 {
		return cursor{}, errCursor
	}
	return c, nil
}

// maxAttempts is above any number of attempts that a policy allows.
const maxAttempts = 1 << 20

// decoder reads parts of a cursor. After an error it reads zeros.
type decoder struct {
	data []byte
	err  error
}

func (d *decoder) take(n int) string {
	if n > len(d.data) {
		d.data, d.err = nil, errCursor
		return ""
	}
	taken := string(d.data[:n])
	d.data = d.data[n:]
	return taken
}

func (d *decoder) uvarint() uint64 {
	n, length := binary.Uvarint(d.data)
	if length <= 0 {
		d.data, d.err = nil, errCursor
		return 0
	}
	d.data = d.data[length:]
	return n
}

func (d *decoder) number(most int) int {
	n := d.uvarint()
	if n > uint64(most) {
		d.err = errCursor
		return 0
	}
	return int(n)
}

// maxSeconds is in the year 9999, behind which RFC 3339 has no times.
const maxSeconds = 253_402_300_799

func (d *decoder) time(unit time.Duration) time.Time {
	n := d.number(maxSeconds * int(time.Second/unit))
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n) * unit.Milliseconds()).UTC()
}

func (d *decoder) entry() entry {
	var e entry
	copy(e.key[:], d.take(len(e.key)))
	length := d.take(1)
	if length == "" {
		return e
	}
	e.untailed = length[0]&untailedBit != 0
	n := int(length[0] &^ untailedBit)
	if n > MaxPosition {
		d.err = errCursor
		return e
	}
	e.position = Position(d.take(n))
	e.arrived, e.quiet = d.time(time.Second), d.time(time.Second)
	return e
}

// open returns the request's cursor; for the first page, one that begins now.
func (q Request) open(r *run.Run, now time.Time) (cursor, error) {
	if q.Cursor == "" {
		since, err := parseSince(q.Since, now)
		return cursor{since: since, tail: q.Tail}, err
	}
	c, err := decodeCursor(q.Cursor, q.binding(r.Incarnation))
	if err != nil {
		return c, run.InvalidCursor()
	}
	return c, nil
}
