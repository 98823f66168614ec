package asl

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Data, records and histories are written at every transition, most of them made of JSON text that is
// already there. These functions write what encoding/json would, without its passes over that text.

// appendValue writes a JSON value as parseValue makes them; members in the order of their names.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case json.Number:
		return append(b, v...), nil
	case string:
		return appendString(b, v), nil
	case []any:
		return appendItems(b, v)
	case map[string]any:
		return appendMembers(b, v)
	}
	return b, fmt.Errorf("%T is not a JSON value", value)
}

func appendItems(b []byte, items []any) ([]byte, error) {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, item); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendMembers(b []byte, members map[string]any) ([]byte, error) {
	o := object(b)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var err error
		o.key(name)
		if o.b, err = appendValue(o.b, members[name]); err != nil {
			return o.b, err
		}
	}
	return o.end(), nil
}

// appendString quotes s; bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// objectWriter writes an object; the optional members are left out when they are zero.
type objectWriter struct {
	b     []byte
	comma bool
}

func object(b []byte) *objectWriter { return &objectWriter{b: append(b, '{')} }

func (o *objectWriter) end() []byte { return append(o.b, '}') }

func (o *objectWriter) key(name string) {
	if o.comma {
		o.b = append(o.b, ',')
	}
	o.comma = true
	o.b = append(appendString(o.b, name), ':')
}

func (o *objectWriter) text(name, value string) {
	if value != "" {
		o.key(name)
		o.b = appendString(o.b, value)
	}
}

func (o *objectWriter) number(name string, value int64) {
	if value != 0 {
		o.key(name)
		o.b = strconv.AppendInt(o.b, value, 10)
	}
}

func (o *objectWriter) time(name string, value time.Time) {
	if !value.IsZero() {
		o.key(name)
		o.b = append(value.AppendFormat(append(o.b, '"'), time.RFC3339Nano), '"')
	}
}

// raw takes JSON text as it is.
func (o *objectWriter) raw(name string, value []byte) {
	if len(value) > 0 {
		o.key(name)
		o.b = append(o.b, value...)
	}
}

func appendEvents(b []byte, events []Event) []byte {
	b = append(b, '[')
	for i, e := range events {
		if i > 0 {
			b = append(b, ',')
		}
		o := object(b)
		o.number("id", e.ID)
		o.number("previousEventId", e.PreviousID)
		o.time("timestamp", e.Time)
		o.text("type", e.Type)
		o.raw("details", appendDetails(nil, e.Details))
		b = o.end()
	}
	return append(b, ']')
}

func appendDetails(b []byte, d Details) []byte {
	o := object(b)
	o.text("name", d.Name)
	o.raw("input", d.Input)
	o.raw("output", d.Output)
	o.text("resourceType", d.ResourceType)
	o.text("resource", d.Resource)
	o.raw("parameters", d.Parameters)
	o.number("timeoutInSeconds", d.TimeoutInSeconds)
	o.number("heartbeatInSeconds", d.HeartbeatInSeconds)
	o.text("error", d.Error)
	o.text("cause", d.Cause)
	return o.end()
}

func appendRecord(b []byte, r *record) []byte {
	o := object(b)
	o.text("name", r.Name)
	o.text("definition", r.Definition)
	o.text("status", string(r.Status))
	o.time("started", r.Started)
	o.time("stopped", r.Stopped)
	o.time("deadline", r.Deadline)
	o.raw("input", r.Input)
	o.raw("output", r.Output)
	o.text("error", r.Error)
	o.text("cause", r.Cause)
	o.number("events", r.Events)
	o.raw("at", appendPosition(nil, &r.At))
	return o.end()
}

func appendPosition(b []byte, p *position) []byte {
	o := object(b)
	o.text("state", p.State)
	o.raw("input", p.Input)
	o.time("entered", p.Entered)
	o.number("enteredEvent", p.EnteredEvent)
	o.text("phase", string(p.Phase))
	o.time("due", p.Due)
	if len(p.Retries) > 0 {
		o.key("retries")
		o.b = append(o.b, '[')
		for i, n := range p.Retries {
			if i > 0 {
				o.b = append(o.b, ',')
			}
			o.b = strconv.AppendInt(o.b, int64(n), 10)
		}
		o.b = append(o.b, ']')
	}
	o.number("retryCount", int64(p.RetryCount))
	o.number("attempt", p.Attempt)
	o.time("timeout", p.Timeout)
	o.time("heartbeat", p.Heartbeat)
	o.number("rhythm", p.HeartbeatSeconds)
	return o.end()
}
