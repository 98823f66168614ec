package logs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"davit/internal/run"
)

// violations returns what of a request is out of range.
func (q Request) violations() []run.Violation {
	var out []run.Violation
	check := func(ok bool, name, detail string) {
		if !ok {
			out = append(out, run.Violation{Field: "query:" + name, Rule: run.RuleQuery, Detail: detail})
		}
	}
	check(q.Attempt >= 0, "attempt", "must be a whole number, 1 at least")
	check(q.Tail >= 0 && q.Tail <= MaxTail, "tail", fmt.Sprintf("allowed: 1 to %d", MaxTail))
	check(q.Limit >= 0 && q.Limit <= MaxLimit, "limit", fmt.Sprintf("allowed: 1 to %d, %d when absent", MaxLimit, DefaultLimit))
	_, err := parseSince(q.Since, time.Time{})
	check(err == nil, "since", "must be a time in RFC 3339 such as 2026-11-28T02:00:00Z, or how long ago such as 90s, 15m, 6h or 2d")
	return out
}

// parseSince returns the time that since names; zero for "".
func parseSince(since string, now time.Time) (time.Time, error) {
	if since == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, since); err == nil {
		return at.UTC(), nil
	}
	ago, err := parseAgo(since)
	if err != nil {
		return time.Time{}, err
	}
	return now.Add(-ago), nil
}

// maxAgo bounds since: no run is kept so long.
const maxAgo = 100 * 365 * 24 * time.Hour

// parseAgo reads a duration such as 15m or 1h30m, or whole days such as 2d.
func parseAgo(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, err
		}
		return inRange(time.Duration(n) * 24 * time.Hour)
	}
	ago, err := time.ParseDuration(text)
	if err != nil {
		return 0, err
	}
	return inRange(ago)
}

func inRange(ago time.Duration) (time.Duration, error) {
	if ago <= 0 || ago > maxAgo {
		return 0, strconv.ErrRange
	}
	return ago, nil
}
