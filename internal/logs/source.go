package logs

import (
	"context"
	"time"
)

// Source reads the output of single containers. A Source keeps no state that a Position does not hold, and may be used by several
// goroutines at a time.
type Source interface {
	// Traits returns what holds for all streams of the source. It returns the same each time.
	Traits() Traits
	// Read returns what follows a position: a Batch of at most q.Records records. What cannot be read now is a State of the Batch, not an
	// error; an error fails the whole request.
	Read(ctx context.Context, s Stream, q Query) (Batch, error)
	// Tail returns where the last n records of a stream begin, n from 1 to MaxTail, without their texts. It leaves out records earlier
	// than since, unless that is zero. A source that can seek reads from the end.
	Tail(ctx context.Context, s Stream, n int, since time.Time) (Tail, error)
}

// Traits is what holds for all streams of a source.
type Traits struct {
	// Settle is how long after its container's end a stream's last records may still arrive; 0: everything is there at the end.
	Settle time.Duration
	// Calls is how many calls of Read and Tail one request may make; 0: as many as it needs.
	Calls int
}

// Stream is one container's output. A container that is started again within its task goes on with the same stream.
type Stream struct {
	// Attempt counts from 1.
	Attempt int
	// Task is the task's id, and TaskARN its ARN, which names the Region.
	Task, TaskARN string
	Container     string
	// Defined is false while the run's task definition is not known. Driver and Options are then empty.
	Defined bool
	// Driver is the container's log driver; "" where its definition names none.
	Driver string
	// Options holds awslogs-group, awslogs-region and awslogs-stream-prefix, as far as the definition has them.
	Options map[string]string
	// LaunchedAt is when Davit learned of the task. The output may be older by the time that a launch call took.
	LaunchedAt time.Time
	// Over is true when the container writes no more. What it wrote may still be on its way, see Traits.Settle.
	Over bool
	// OverAt is when that became known by Davit's clock; zero while Over is false.
	OverAt time.Time
}

// Position is a place in a stream, between two records or between two parts of a line. Its text is the source's own, at most MaxPosition bytes of any
// value. It stays good when the server restarts. A position comes back from a cursor, which a caller may have changed: the source checks it, and returns
// ErrPosition for one that it could not have made. "" is the beginning of the stream.
type Position string

// MaxPosition is the most bytes of a Position: 32 of them fit a cursor of 4 KB.
const MaxPosition = 72

// Query is what to read of a stream.
type Query struct {
	// After is the position to go on from.
	After Position
	// Since leaves out records earlier than this where After is ""; zero: none are left out. A later read goes on from a position and
	// does not need it.
	Since time.Time
	// Records is the most records to return, at least 1.
	Records int
	// Bytes is about how many bytes of text to return at most. One record is returned even if it is longer.
	Bytes int
}

// Batch is what one Read found, in the stream's order.
type Batch struct {
	Records []Record
	// Next is the position after all of Records; where there are none, the position to go on from, which may differ from Query.After. "" keeps
	// the position as it was.
	Next  Position
	State State
	// Arrived is when the latest of Records reached the source; zero where that is not known, and where records are there at once.
	Arrived time.Time
	// Unreadable is why the stream cannot be read; nil unless State is Unavailable.
	Unreadable *Unreadable
}

// Record is a line of output without its line feed, or a part of one.
type Record struct {
	At time.Time
	// Text is UTF-8, made by Text, at most MaxText bytes long.
	Text string
	// Partial is true when the line goes on in the next record.
	Partial bool
	// After is the position behind this record.
	After Position
}

// MaxText is the most bytes of a Record's text. Longer lines come in parts, see Split.
const MaxText = 64 << 10

// State is what a source knows of a stream behind the records that it returned.
type State int

const (
	// More is the state of a stream with more to read at once, or that may have.
	More State = iota
	// Quiet is the end of what there is. Where Stream.Over is true and Traits.Settle has passed, nothing more comes.
	Quiet
	// Throttled is the state where the source asks for fewer calls. The position is kept, and nothing is known of what follows.
	Throttled
	// Unavailable is the state of a stream that cannot be read, see Batch.Unreadable.
	Unavailable
)

// Unreadable is why a stream cannot be read, in words for a caller.
type Unreadable struct {
	// Where is the place of the stream: a log group and stream, or a file; "" where it has none.
	Where string
	// Reason is one sentence without a full stop.
	Reason string
	// MayCome is true when it may be readable later, for example because its container has not begun to write.
	MayCome bool
}

// Tail is where the last records of a stream begin.
type Tail struct {
	// Marks are the records, oldest first.
	Marks []Mark
	// End is the position behind the last record.
	End Position
	// State is Quiet where Marks and End hold, also of an empty stream; Throttled and Unavailable are as in Batch. It is never More.
	State      State
	Unreadable *Unreadable
}

// Mark is a record without its text.
type Mark struct {
	At time.Time
	// Before is the position in front of the record: a Read after it returns the record first.
	Before Position
}
