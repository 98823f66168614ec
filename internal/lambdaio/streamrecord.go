package lambdaio

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

var errNoResult = errors.New("the event bus did not say what became of the event")

// streamRecord is one change of one item, in the shape of a DynamoDB stream's event.
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

	unreadable error // why the record is not of this shape, or nil
}

// image is an item's attributes, of which only strings and numbers are read.
type image map[string]struct {
	S *string
	N *string
}

// text returns a string attribute; "" when the item has none of that name.
func (m image) text(name string) string {
	if s := m[name].S; s != nil {
		return *s
	}
	return ""
}

// parseStream returns the records of a batch. A record of another shape is marked unreadable, unless it has no sequence number to report.
func parseStream(payload []byte) ([]streamRecord, error) {
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
		if r.sequenceNumber() == "" {
			return nil, badEvent("a record has no dynamodb.SequenceNumber", r.unreadable)
		}
	}
	return records, nil
}

func (r *streamRecord) sequenceNumber() string { return r.Change.SequenceNumber }

func (r *streamRecord) runID() string { return r.Change.Keys.text(attr.RunID) }

// recordChange is the change of a run that a record describes.
type recordChange struct {
	detail        run.StatusChange
	statusChanged bool // an event is to be published
	measures      []run.Measure
}

// change returns the change of the record's run; the zero recordChange when the item was removed or is a lock.
func (r *streamRecord) change() (c recordChange, err error) {
	switch {
	case r.unreadable != nil:
		return c, r.unreadable
	case r.EventSource != "aws:dynamodb":
		return c, fmt.Errorf("the record is of source %q", r.EventSource)
	case r.EventName == "REMOVE", strings.HasPrefix(r.runID(), attr.LockPrefix):
		return c, nil
	case r.EventName != "INSERT" && r.EventName != "MODIFY":
		return c, fmt.Errorf("the record is of event %q", r.EventName)
	}
	oldImage, newImage := r.Change.OldImage, r.Change.NewImage
	if newImage.text(attr.Incarnation) != oldImage.text(attr.Incarnation) {
		oldImage = nil // the run replaced an expired one with the same id
	}
	if c.detail, err = statusChange(oldImage, newImage, r.at()); err != nil {
		return c, err
	}
	c.statusChanged = c.detail.From != c.detail.To
	c.measures, err = measures(oldImage, newImage)
	return c, err
}

// at returns when the item changed; the zero time when the record does not have it.
func (r *streamRecord) at() time.Time {
	if r.Change.At <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(r.Change.At), 0)
}

// statusChange compares two images of an item; oldImage is empty for a new one.
func statusChange(oldImage, newImage image, at time.Time) (run.StatusChange, error) {
	sequence, err := newImage.wholeNumber(attr.Version)
	if err != nil {
		return run.StatusChange{}, err
	}
	c := run.StatusChange{
		Sequence: sequence,
		RunID:    newImage.text(attr.RunID), From: oldImage.text(attr.Status), To: newImage.text(attr.Status), Class: newImage.text(attr.Class),
		Family: newImage.text(attr.Family), Group: newImage.text(attr.Group), StartedBy: newImage.text(attr.StartedBy), CreatedAt: newImage.text(attr.CreatedAt),
	}
	if c.RunID == "" || c.To == "" || newImage.text(attr.Incarnation) == "" {
		return c, errors.New("the record's new image is not a run's")
	}
	c.Identify(newImage.text(attr.Incarnation), at)
	return c, nil
}

// measures returns what metrics count of a change.
func measures(oldImage, newImage image) ([]run.Measure, error) {
	c := run.Change{From: run.Status(oldImage.text(attr.Status)), To: run.Status(newImage.text(attr.Status))}
	if err := errors.Join(oldImage.counts(&c.Was), newImage.counts(&c.Is)); err != nil {
		return nil, err
	}
	return c.Measures(), nil
}

// counts reads the record's metric counts; it leaves into unchanged when the item has none.
func (m image) counts(into *run.MetricCounts) error {
	text := m.text(attr.MetricCounts)
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("the record's tally: %w", err)
	}
	return nil
}

// wholeNumber returns a number attribute that must be there and an integer.
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
