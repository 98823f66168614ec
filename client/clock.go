package client

import (
	"net/http"
	"strings"
	"time"
)

// maxSkew is by how much a signature's time may differ from AWS's.
const maxSkew = 5 * time.Minute

// ClockSkew reports whether the request was refused because this machine's clock is wrong, and by how much it is ahead of the server's: less than 0 is behind. API Gateway
// names both times in some of its answers ("Signature expired: …", "Signature not yet current: …"); of a plain 403 the time that it was sent at is compared.
func (p *Problem) ClockSkew() (ahead time.Duration, skewed bool) {
	if p.Status != http.StatusForbidden || p.Type != inBetween {
		return 0, false
	}
	if strings.HasPrefix(p.Detail, "Signature expired: ") || strings.HasPrefix(p.Detail, "Signature not yet current: ") {
		return skewOf(p.Detail, p.ahead), true
	}
	if p.ahead.Abs() < maxSkew {
		return 0, false
	}
	return p.ahead, true
}

// skewOf returns the difference of the first time of a text, the signature's, and the last one, the server's; other where it has no two.
func skewOf(text string, other time.Duration) time.Duration {
	var times []time.Time
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ' ' || c == '(' || c == ')' }) {
		if at, err := time.Parse("20060102T150405Z", word); err == nil {
			times = append(times, at)
		}
	}
	if len(times) < 2 {
		return other
	}
	return times[0].Sub(times[len(times)-1])
}
