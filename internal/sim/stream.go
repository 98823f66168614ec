package sim

import (
	"encoding/json"
	"fmt"
	"time"

	"davit/internal/dynamo/attr"
	"davit/internal/dynamo/dynamofake"
)

// stream is the table's stream with its one consumer, the notify function: in order, and again from the first record that was not taken.
type stream struct {
	w       *world
	records []json.RawMessage
	numbers []string
	next    int64
	busy    bool
}

// add appends a change. Bodies, which nobody reads, are left out.
func (s *stream) add(was, is dynamofake.Item) {
	s.next++
	number := fmt.Sprintf("%021d", s.next)
	change := map[string]any{
		"ApproximateCreationDateTime": s.w.now.Unix(), "SequenceNumber": number,
		"Keys": image(is, attr.RunID), "NewImage": image(is), "StreamViewType": "NEW_AND_OLD_IMAGES",
	}
	name := "INSERT"
	if was != nil {
		name, change["OldImage"] = "MODIFY", image(was)
	}
	s.records = append(s.records, encode(map[string]any{"eventSource": "aws:dynamodb", "eventName": name, "dynamodb": change}))
	s.numbers = append(s.numbers, number)
	s.pump(s.w.upTo(time.Second))
}

func image(it dynamofake.Item, only ...string) map[string]any {
	out := map[string]any{}
	for name, v := range it {
		if name == attr.Body || len(only) > 0 && name != only[0] {
			continue
		}
		switch {
		case v.S != nil:
			out[name] = map[string]string{"S": *v.S}
		case v.N != nil:
			out[name] = map[string]string{"N": *v.N}
		}
	}
	return out
}

func (s *stream) pump(after time.Duration) {
	if s.busy || len(s.records) == 0 {
		return
	}
	s.busy = true
	s.w.after(after, s.send)
}

func (s *stream) send() {
	n := min(len(s.records), 100)
	batch := encode(map[string]any{"Records": s.records[:n]})
	f := s.w.fate(StreamBatch)
	switch f.fault {
	case Late:
		s.w.after(s.w.upTo(5*time.Minute), func() { s.invoke(batch, n) })
		return
	case Twice:
		s.w.invoke(fnNotify, "", batch, func([]byte, error) {})
	case TwiceLate:
		s.w.after(s.w.upTo(2*time.Minute), func() { s.w.invoke(fnNotify, "", batch, func([]byte, error) {}) })
	}
	s.invoke(batch, n)
}

func (s *stream) invoke(batch []byte, n int) {
	s.w.invoke(fnNotify, "", batch, func(answer []byte, err error) { s.taken(n, answer, err) })
}

// taken goes on behind what was taken.
func (s *stream) taken(n int, answer []byte, err error) {
	s.busy = false
	var response struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err != nil || json.Unmarshal(answer, &response) != nil {
		n = 0
	}
	for i := range n {
		for _, f := range response.BatchItemFailures {
			if f.ItemIdentifier == s.numbers[i] {
				n = min(n, i)
			}
		}
		if i >= n {
			break
		}
	}
	s.records, s.numbers = s.records[n:], s.numbers[n:]
	s.pump(s.w.upTo(2 * time.Second))
}
