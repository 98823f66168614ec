package run

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// cursor is what a nextCursor holds: where the page ended, and which filters it belongs to.
type cursor struct {
	Position
	Filters string `json:"f"`
}

// filters returns a hash of the filters. Of those that the first version had, it is what that version made of them.
func (q ListRequest) filters() string {
	asked, _ := q.query()
	text := fmt.Appendf(nil, "%q%q%q%q%q", q.Caller, joined(asked.Statuses), q.Family, q.Group, q.StartedBy)
	for _, f := range []struct{ name, value string }{
		{"class", q.Class}, {"origin", asked.Origin}, {"after", canonical(asked.CreatedAfter)}, {"before", canonical(asked.CreatedBefore)},
	} {
		if f.value != "" {
			text = fmt.Appendf(text, "%q%q", f.name, f.value)
		}
	}
	if q.Open {
		text = append(text, `"open"`...)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// canonical returns one text for each instant, "" for the zero time.
func canonical(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func (q ListRequest) encodeCursor(p *Position) string {
	if p == nil {
		return ""
	}
	data, err := json.Marshal(cursor{*p, q.filters()})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// decodeCursor reads the request's cursor; nil for the first page.
func (q ListRequest) decodeCursor() (*Position, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return nil, InvalidCursor()
	}
	var c cursor
	if json.Unmarshal(data, &c) != nil || c.Filters != q.filters() || !ValidID(c.ID) || c.CreatedAt.IsZero() != q.Open || c.SweepAt.IsZero() == q.Open {
		return nil, InvalidCursor()
	}
	return &c.Position, nil
}

// InvalidCursor returns the error of a cursor that is not one of the list that it came with.
func InvalidCursor() error {
	return InvalidRequest(Violation{Field: "query:cursor", Rule: RuleCursor, Detail: "not a cursor of this list; give the nextCursor of a page with the same filters, unchanged"})
}
