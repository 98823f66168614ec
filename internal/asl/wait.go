package asl

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// longestWait is how long a Wait may last from its entering: Step Functions counts its seconds in 31 bits.
const longestWait = math.MaxInt32 * time.Second

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
	if f == nil && due.After(s.now.Add(longestWait)) {
		f = runtimeFault("Wait state delay is too long.")
	}
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
		seconds, f := w.pathSeconds(sc)
		return now.Add(time.Duration(seconds) * time.Second), f
	case w.atPath != nil:
		return w.pathTime(sc)
	case !w.until.IsZero():
		return w.until, nil
	}
	return now.Add(time.Duration(w.seconds) * time.Second), nil
}

// pathTime is the time that TimestampPath selects.
func (w wait) pathTime(sc scope) (time.Time, *fault) {
	value, ok := sc.get(*w.atPath)
	if !ok {
		return time.Time{}, runtimeFault("The TimestampPath parameter does not reference an input value: %s", w.atPath.text)
	}
	text, _ := value.(string)
	due, err := parseTime(text)
	if err != nil {
		return due, runtimeFault("The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s == %s",
			w.atPath.text, plain(value))
	}
	return due, nil
}

// pathSeconds is the whole number, from 0 to maxSeconds, that SecondsPath selects.
func (w wait) pathSeconds(sc scope) (int64, *fault) {
	value, ok := sc.get(*w.secondsPath)
	if !ok {
		return 0, runtimeFault("The SecondsPath parameter does not reference an input value: %s", w.secondsPath.text)
	}
	seconds, err := wholeNumber(value)
	var problem string
	switch {
	case err != nil:
		problem = "cannot be parsed as a long value"
	case seconds < 0:
		problem = "references a negative value"
	case seconds > maxSeconds:
		problem = "references a value that is too large"
	default:
		return seconds, nil
	}
	return 0, runtimeFault("The SecondsPath parameter %s: %s == %s", problem, w.secondsPath.text, plain(value))
}

// wholeNumber returns a JSON number that is written as a whole one.
func wholeNumber(value any) (int64, error) {
	number, _ := value.(json.Number)
	return strconv.ParseInt(number.String(), 10, 64)
}
