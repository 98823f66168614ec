package lambdaio

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"davit/internal/dynamo/attr"
)

// StatusChange is the detail of a `Davit Run Status Change` event. It holds nothing of the request: neither command nor environment.
// Fields are only ever added.
type StatusChange struct {
	Version   string `json:"version"`  // of this shape
	EventID   string `json:"eventId"`  // the same however often the event is sent: runId.born.sequence
	Sequence  int64  `json:"sequence"` // the record's version: orders a run's events; other writes leave gaps
	RunID     string `json:"runId"`
	From      string `json:"from,omitempty"` // absent for a new run
	To        string `json:"to"`
	Class     string `json:"class,omitempty"` // why it did not succeed
	Family    string `json:"family,omitempty"`
	Group     string `json:"group,omitempty"`
	StartedBy string `json:"startedBy,omitempty"` // the caller's
	CreatedAt string `json:"createdAt,omitempty"`
	ChangedAt string `json:"changedAt,omitempty"` // to the second, as the stream tells it
}

// statusChangeVersion is StatusChange's shape.
const statusChangeVersion = "1"

var errUnanswered = errors.New("the event bus did not say what became of the event")

// streamRecord is one change of one item, as DynamoDB Streams hands it to Lambda.
type streamRecord struct {
	EventSource string `json:"eventSource"`
	EventName   string `json:"eventName"` // INSERT, MODIFY, REMOVE
	Change      struct {
		At             float64 `json:"ApproximateCreationDateTime"` // seconds since 1970
		SequenceNumber string
		Keys           image
		OldImage       image
		NewImage       image
	} `json:"dynamodb"`

	unreadable error // not of this shape
}

// image is an item's attributes. Those that are no string or number are not read.
type image map[string]struct {
	S *string
	N *string
}

func (m image) text(name string) string {
	if s := m[name].S; s != nil {
		return *s
	}
	return ""
}

func readStream(payload []byte) ([]streamRecord, error) {
	var e struct{ Records []json.RawMessage }
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, badEvent("the payload is not a batch of a DynamoDB stream", err)
	}
	if len(e.Records) == 0 {
		return nil, badEvent("the payload holds no records", nil)
	}
	records := make([]streamRecord, len(e.Records))
	for i, raw := range e.Records {
		r := &records[i]
		r.unreadable = json.Unmarshal(raw, r)
		if r.number() == "" {
			return nil, badEvent("a record has no dynamodb.SequenceNumber", r.unreadable)
		}
	}
	return records, nil
}

func (r *streamRecord) number() string { return r.Change.SequenceNumber }

func (r *streamRecord) runID() string { return r.Change.Keys.text(attr.RunID) }

// change is what the record says of its run's status; moved is false when it says nothing: another field changed, or the record
// was removed.
func (r *streamRecord) change() (c StatusChange, moved bool, err error) {
	switch {
	case r.unreadable != nil:
		return c, false, r.unreadable
	case r.EventSource != "aws:dynamodb":
		return c, false, fmt.Errorf("the record is of source %q", r.EventSource)
	case r.EventName == "REMOVE":
		return c, false, nil
	case r.EventName != "INSERT" && r.EventName != "MODIFY":
		return c, false, fmt.Errorf("the record is of event %q", r.EventName)
	}
	c, err = statusChange(r.Change.OldImage, r.Change.NewImage)
	if r.Change.At > 0 {
		c.ChangedAt = time.Unix(int64(r.Change.At), 0).UTC().Format(time.RFC3339)
	}
	return c, err == nil && c.From != c.To, err
}

// statusChange compares two images of an item; was is empty for a new one.
func statusChange(was, is image) (StatusChange, error) {
	sequence, err := is.wholeNumber(attr.Version)
	if err != nil {
		return StatusChange{}, err
	}
	born := is.text(attr.Born)
	c := StatusChange{
		Version: statusChangeVersion, Sequence: sequence,
		RunID: is.text(attr.RunID), From: was.text(attr.Status), To: is.text(attr.Status), Class: is.text(attr.Class),
		Family: is.text(attr.Family), Group: is.text(attr.Group), StartedBy: is.text(attr.StartedBy), CreatedAt: is.text(attr.CreatedAt),
	}
	if c.RunID == "" || c.To == "" || born == "" {
		return c, errors.New("the record's new image is not a run's")
	}
	if born != was.text(attr.Born) {
		c.From = "" // another run took the expired one's place
	}
	c.EventID = fmt.Sprintf("%s.%s.%d", c.RunID, born, sequence)
	return c, nil
}

func (m image) wholeNumber(name string) (int64, error) {
	if m[name].N == nil {
		return 0, fmt.Errorf("the record's new image has no number %s", name)
	}
	n, err := strconv.ParseInt(*m[name].N, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the record's new image: %s: %w", name, err)
	}
	return n, nil
}
