package asl

import (
	"encoding/json"
	"strconv"
	"time"
)

// wait is the Wait state; exactly one of its paths or fixed values is in use.
type wait struct {
	seconds             int64
	until               time.Time
	secondsPath, atPath *path
}

func parseWait(f *fields) wait {
	given := 0
	for _, name := range []string{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} {
		if f.has(name) {
			given++
		}
	}
	if given != 1 {
		f.refuse("it needs exactly one of Seconds, SecondsPath, Timestamp and TimestampPath, and has %d", given)
	}
	out := wait{
		seconds:     f.integer("Seconds", 0, maxSeconds, 0),
		secondsPath: f.reference("SecondsPath"),
		atPath:      f.reference("TimestampPath"),
	}
	if f.has("Timestamp") {
		var err error
		if out.until, err = parseTime(f.text("Timestamp")); err != nil {
			f.refuse(`field "Timestamp" must be an RFC 3339 time`)
		}
	}
	return out
}

func parseTime(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }

func (wait) targets() []string { return nil }

func (w wait) run(s *step) {
	sc, f := s.scope()
	if f != nil {
		s.abandon(f)
		return
	}
	due, f := w.due(s.now, sc)
	if f != nil {
		s.abandon(f)
		return
	}
	s.x.rec.At.Phase, s.x.rec.At.Due = phaseWaiting, due
	if !due.After(s.now) {
		s.through()
	}
}

func (w wait) due(now time.Time, sc scope) (time.Time, *fault) {
	switch {
	case w.secondsPath != nil:
		seconds, f := wholeSeconds(sc, w.secondsPath, 0)
		return now.Add(time.Duration(seconds) * time.Second), f
	case w.atPath != nil:
		value, _ := sc.get(*w.atPath)
		text, _ := value.(string)
		due, err := parseTime(text)
		if err != nil {
			return due, runtimeFault("the TimestampPath '%s' does not select an RFC 3339 time", w.atPath.text)
		}
		return due, nil
	case !w.until.IsZero():
		return w.until, nil
	}
	return now.Add(time.Duration(w.seconds) * time.Second), nil
}

// wholeSeconds is the whole number, from low to maxSeconds, that p selects.
func wholeSeconds(sc scope, p *path, low int64) (int64, *fault) {
	value, _ := sc.get(*p)
	number, _ := value.(json.Number)
	seconds, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil || seconds < low || seconds > maxSeconds {
		return 0, runtimeFault("the path '%s' must select a whole number of seconds from %d to %d", p.text, low, maxSeconds)
	}
	return seconds, nil
}
