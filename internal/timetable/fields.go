package timetable

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// numbers is a field of a cron expression that holds numbers from low to high.
type numbers struct {
	name      string
	low, high int
	names     map[string]int // that stand for numbers
	straight  bool           // a range must not wrap
}

// parse returns the numbers of a list of *, n, a-b and their forms with /step, in order. A range such as 22-2 goes on at low.
func (n numbers) parse(field string) ([]int, error) {
	var out []int
	for _, item := range strings.Split(field, ",") {
		found, err := n.item(item)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (n numbers) item(item string) ([]int, error) {
	text, stepText, stepped := strings.Cut(item, "/")
	from, to, step := n.low, n.high, 1
	first, last, isRange := strings.Cut(text, "-")
	switch {
	case isRange:
		var ok, also bool
		from, ok = n.number(first)
		to, also = n.number(last)
		if !ok || !also || n.straight && from > to {
			return nil, n.refuse(item)
		}
	case text != "*":
		var ok bool
		if from, ok = n.number(text); !ok {
			return nil, n.refuse(item)
		}
		if !stepped {
			to = from
		}
	}
	if stepped {
		var err error
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 || step > n.high || !digits(stepText) {
			return nil, n.refuse(item)
		}
	}
	return n.between(from, to, step), nil
}

// between counts from one number to another, beyond high from low on.
func (n numbers) between(from, to, step int) []int {
	size := n.high - n.low + 1
	if from > to {
		to += size
	}
	var out []int
	for i := from; i <= to; i += step {
		out = append(out, (i-n.low)%size+n.low)
	}
	return out
}

func (n numbers) number(text string) (int, bool) {
	if value, ok := n.names[text]; ok {
		return value, true
	}
	value, err := strconv.Atoi(text)
	return value, err == nil && digits(text) && value >= n.low && value <= n.high
}

// digits reports whether text is digits only: Atoi takes signs.
func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

func (n numbers) refuse(item string) error {
	allowed := fmt.Sprintf("%d to %d", n.low, n.high)
	if n.names != nil {
		allowed += " or three letters"
	}
	return fmt.Errorf("%s: %q; allowed: *, %s, ranges, lists and /steps", n.name, item, allowed)
}
