package filelogs

import (
	"bytes"
	"context"
	"time"
	"unicode/utf8"

	"davit/internal/logs"
)

// tail returns where the last n records begin. It reads as much of the file's end as they take.
func (f *opened) tail(ctx context.Context, n int, since time.Time) (logs.Tail, error) {
	at, err := f.before(ctx, n)
	if err != nil {
		return logs.Tail{}, err
	}
	first, err := f.since(since)
	if err != nil {
		return logs.Tail{}, err
	}
	return f.marks(ctx, max(at, first), n)
}

// marks returns the last n records from an offset on.
func (f *opened) marks(ctx context.Context, at int64, n int) (logs.Tail, error) {
	var last []logs.Mark // a ring once it has n
	count := 0
	for {
		l, ok, err := f.lineAt(at)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return logs.Tail{}, err
		}
		if !ok {
			break
		}
		mark := logs.Mark{At: f.index.At(at), Before: positionOf(at)}
		if len(last) < n {
			last = append(last, mark)
		} else {
			last[count%n] = mark
		}
		count++
		at = l.next
	}
	if count > n {
		last = append(last[count%n:], last[:count%n]...)
	}
	return logs.Tail{Marks: last, End: positionOf(at), State: logs.Quiet}, nil
}

// before returns an offset at which a line begins, with at least n records behind it where the file has so many. In lines of more than logs.MaxText it
// is an offset between two characters.
func (f *opened) before(ctx context.Context, n int) (int64, error) {
	farthest := f.end - int64(n+1)*(logs.MaxText+1)
	block := make([]byte, min(bufferSize, f.end))
	feeds := n + 1 // the last line may be without a line feed, and not be a record yet
	for end := f.end; end > 0; {
		if end <= farthest {
			return f.characterAt(end)
		}
		from := max(0, end-int64(len(block)))
		part := block[:end-from]
		if read, err := f.file.ReadAt(part, from); read < len(part) {
			return 0, err
		}
		count := bytes.Count(part, []byte{'\n'})
		if count >= feeds {
			return from + int64(nthLastFeed(part, feeds)) + 1, nil
		}
		feeds -= count
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		end = from
	}
	return 0, nil
}

// nthLastFeed returns the index of the n-th line feed from the end.
func nthLastFeed(part []byte, n int) int {
	for ; n > 1; n-- {
		part = part[:bytes.LastIndexByte(part, '\n')]
	}
	return bytes.LastIndexByte(part, '\n')
}

// characterAt returns the offset of the first character at an offset or behind it.
func (f *opened) characterAt(at int64) (int64, error) {
	text, err := f.bytes(at, utf8.UTFMax)
	for i, c := range text {
		if utf8.RuneStart(c) {
			return at + int64(i), err
		}
	}
	return at, err
}
