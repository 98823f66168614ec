package logs

import "time"

// The bounds of a request.
const (
	MaxTail      = 10_000
	MaxLimit     = 1_000
	DefaultLimit = 200
	// MaxStreams is how many streams one request may ask for.
	MaxStreams = 32
	// MaxPage is the most bytes of a page as JSON, with <, > and & as they are.
	MaxPage = 1_000_000
	// MaxCursor is the most characters of a cursor.
	MaxCursor = 4096
)

// Request asks for a page of a run's output.
type Request struct {
	Caller string
	RunID  string
	// Attempt is the number of one attempt; 0: all.
	Attempt int
	// Task is the id or ARN of one task; "": all.
	Task string
	// Container is the name of one container; "": all.
	Container string
	// Since is RFC 3339 or a duration back from now such as 15m; "": from the beginning.
	Since string
	// Tail is how many events from the end the answer begins, at most MaxTail; 0: from the beginning.
	Tail int
	// Limit is the most events of a page, at most MaxLimit; 0: DefaultLimit.
	Limit int
	// Cursor is the NextCursor of an earlier page of the same request; Limit alone may differ.
	Cursor string
}

// Page is a part of a run's output.
type Page struct {
	// Events are ordered by At, and within a stream as they were written.
	Events []Event
	// NextCursor asks for what came since; "" once Complete.
	NextCursor string
	// PollAfter is when to ask again, 1 to 5 whole seconds; 0: at once, because there is more, or never, because the page is Complete.
	PollAfter time.Duration
	// Complete is true when nothing more will come.
	Complete bool
	// Unavailable lists the streams that could not be read for this page.
	Unavailable []Missing
}

// Event is a line of output, or a part of one.
type Event struct {
	At        time.Time
	Attempt   int
	Task      string
	Container string
	Text      string
	// Partial is true when the line goes on in the next event of its stream.
	Partial bool
}

// Missing is a stream that cannot be read.
type Missing struct {
	Attempt   int
	Task      string
	Container string
	// Driver is the container's log driver; "" where none is known.
	Driver string
	Where  string
	Reason string
}
