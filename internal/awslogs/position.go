package awslogs

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"davit/internal/logs"
)

// position is a place in a stream. It is found by its token, and without one, or once that has expired, by its time.
type position struct {
	// token is the token of the page that the position is in; "": the page begins at the time at.
	token string
	// from is the StartTime of the call that gave the first token of the page's row, which the calls with its tokens repeat, in milliseconds; 0: earliest.
	from int64
	// skip is how many events of the token's page are before the position.
	skip int
	// part is how many parts of the next event are before it.
	part int
	// at is the time of the last event before the position, in milliseconds; 0: there is none.
	at int64
	// count is how many events of that time are before it.
	count int
}

// The kinds of positions: of a time, of a token as it is, and of a token that is packed.
const (
	ofTime   = "t"
	ofToken  = "k"
	ofPacked = "p"
)

// text returns the position as a logs.Position. A token that is too long for one is left out: the time finds the place too.
func (p position) text() logs.Position {
	head := join(p.at, int64(p.count), int64(p.part))
	kind, token := ofToken, p.token
	if packed, ok := packToken(token); ok {
		kind, token = ofPacked, packed
	}
	text := kind + head + "." + join(int64(p.skip), p.from) + "." + token
	if p.token == "" || len(text) > logs.MaxPosition {
		return logs.Position(ofTime + head)
	}
	return logs.Position(text)
}

// fits reports whether text has room for the position's token.
func (p position) fits() bool { return p.text()[:1] != ofTime }

func join(numbers ...int64) string {
	var b []byte
	for i, n := range numbers {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendInt(b, n, 36)
	}
	return string(b)
}

// parsePosition reads a position. It returns logs.ErrPosition for one that text did not write. "" is the beginning.
func parsePosition(text logs.Position) (p position, err error) {
	if text == "" {
		return p, nil
	}
	kind, fields := string(text[:1]), strings.SplitN(string(text[1:]), ".", 6)
	var at, count, part, skip, from int64
	switch {
	case kind == ofTime && len(fields) == 3:
		at, count, part = number(fields[0]), number(fields[1]), number(fields[2])
	case len(fields) == 6:
		at, count, part, skip, from = number(fields[0]), number(fields[1]), number(fields[2]), number(fields[3]), number(fields[4])
		if p.token = fields[5]; kind == ofPacked {
			p.token = unpackToken(p.token)
		}
	}
	p.at, p.count, p.part, p.skip, p.from = at, int(count), int(part), int(skip), from
	if max(count, part, skip) > maxCount || max(at, from) > maxTime || p.text() != text {
		return position{}, logs.ErrPosition
	}
	return p, nil
}

// number reads a number of join; a text that is none reads as one that no position has.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 36, 64)
	if err != nil || n < 0 {
		return maxTime + 1
	}
	return n
}

// The bounds of a position's numbers: a time in the year 9999, and more events of one millisecond than there can be.
const (
	maxTime  = 253402300799999
	maxCount = 1 << 30
)

// passed returns the position behind the next event, which has that time.
func (p position) passed(at int64) position {
	if at == p.at {
		p.count++
	} else {
		p.at, p.count = at, 1
	}
	p.skip, p.part = p.skip+1, 0
	return p
}

// expired returns the position by its time alone.
func (p position) expired() position {
	p.token, p.skip, p.from = "", 0, 0
	return p
}

// start returns the StartTime of a call for the page of p, in milliseconds; 0: earliest.
func (p position) start() int64 {
	if p.token != "" {
		return p.from
	}
	return p.at
}

// next returns the beginning of the page that a token of p's page leads to.
func (p position) next(token string) position {
	p.token, p.from, p.skip = token, p.start(), 0
	return p
}

// ahead returns how many events, from the beginning of its page on, are before the position.
func (p position) ahead() int {
	if p.token != "" {
		return p.skip
	}
	return p.count
}

// before returns how many of the events of its page are before the position.
func (p position) before(events []types.OutputLogEvent) int {
	n := min(p.ahead(), len(events))
	if p.token != "" {
		return n
	}
	for i := range n {
		if aws.ToInt64(events[i].Timestamp) != p.at {
			return i
		}
	}
	return n
}
