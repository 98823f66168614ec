package filelogs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"davit/internal/logs"
)

// line is a record in a file: text is valid until the next one is read.
type line struct {
	text    []byte
	next    int64 // the offset behind it
	partial bool
}

// lineAt returns the record that begins at an offset. It reports false when none is complete yet.
func (f *opened) lineAt(at int64) (line, bool, error) {
	stop := f.index.Restart(at, f.end)
	ends := f.over || stop < f.end // whatever comes before stop is complete
	text, err := f.bytes(at, min(stop-at, logs.MaxText+utf8.UTFMax))
	if err != nil || len(text) == 0 {
		return line{}, false, err
	}
	feed := bytes.IndexByte(text[:min(len(text), logs.MaxText+1)], '\n')
	whole := feed >= 0
	switch {
	case whole:
		text = text[:feed]
	case len(text) > logs.MaxText:
	case ends:
		whole = true
	default:
		return line{}, false, nil
	}
	n := fitting(text)
	l := line{text: text[:n], next: at + int64(n), partial: !whole || n < len(text)}
	if !l.partial && feed >= 0 {
		l.next++
	}
	return l, true, nil
}

// fitting returns how many bytes of a line make a record: all of them, or those of whole characters that take logs.MaxText bytes as UTF-8.
func fitting(text []byte) int {
	if len(text) <= logs.MaxText/utf8.UTFMax || len(text) <= logs.MaxText && utf8.Valid(text) {
		return len(text)
	}
	used, n := 0, 0
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if used += utf8.RuneLen(r); used > logs.MaxText {
			break
		}
		n += size
	}
	return n
}

// bufferSize is how much of a file is read at a time. It holds a record.
const bufferSize = 128 << 10

// bytes returns n bytes from an offset on, or as many as the file has.
func (f *opened) bytes(at, n int64) ([]byte, error) {
	n = min(n, f.end-at)
	if n <= 0 {
		return nil, nil
	}
	if at < f.begin || at+n > f.begin+int64(len(f.buffer)) {
		if err := f.fill(at); err != nil {
			return nil, err
		}
	}
	have := f.buffer[min(at-f.begin, int64(len(f.buffer))):]
	return have[:min(n, int64(len(have)))], nil
}

// fill reads the file from an offset on.
func (f *opened) fill(at int64) error {
	size := min(bufferSize, f.end-at)
	if int64(cap(f.buffer)) < size {
		f.buffer = make([]byte, size)
	}
	n, err := f.file.ReadAt(f.buffer[:size], at)
	f.begin, f.buffer = at, f.buffer[:n]
	if errors.Is(err, io.EOF) { // the file was cut
		return nil
	}
	return err
}

// read returns the records from an offset on.
func (f *opened) read(ctx context.Context, at int64, q logs.Query) (logs.Batch, error) {
	batch := logs.Batch{State: logs.Quiet}
	for size := 0; ; {
		l, ok, err := f.lineAt(at)
		if err != nil || !ok {
			return batch, err
		}
		if len(batch.Records) == q.Records || size > 0 && size+len(l.text) > q.Bytes {
			batch.State = logs.More
			return batch, ctx.Err()
		}
		batch.Next = positionOf(l.next)
		batch.Records = append(batch.Records, logs.Record{
			At: f.index.At(at), Text: logs.Text(l.text), Partial: l.partial, After: batch.Next,
		})
		size += len(l.text) + 1
		at = l.next
	}
}

// since returns where the first record begins that was first seen at a time or later.
func (f *opened) since(at time.Time) (int64, error) {
	if at.IsZero() {
		return 0, nil
	}
	offset := f.index.Since(at, f.end)
	if offset == 0 || offset >= f.end || f.index.IsRestart(offset) {
		return offset, nil
	}
	// What begins there may be the rest of a line that began earlier.
	text, err := f.bytes(offset-1, logs.MaxText)
	if feed := bytes.IndexByte(text, '\n'); feed >= 0 {
		offset += int64(feed)
	}
	return offset, err
}
