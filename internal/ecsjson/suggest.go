package ecsjson

import (
	"strconv"
	"strings"
)

// longestQuoted bounds what a detail repeats of the caller's names.
const longestQuoted = 64

func (d *decoder) unknown(name string, fields []field) {
	if d.lenient || d.full() {
		return
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	d.unknownOf(name, names)
}

func (d *decoder) unknownOf(name string, known []string) {
	if d.lenient || d.full() {
		return
	}
	d.fault(UnknownName, unknownDetail(name, known))
}

// unknownDetail returns the detail of a member that the object does not have, with the known one that may have been meant.
func unknownDetail(name string, known []string) string {
	quoted := strconv.Quote(name)
	if len(name) > longestQuoted {
		quoted = "a name of " + strconv.Itoa(len(name)) + " bytes"
	}
	detail := quoted + " is not a member of this object"
	switch near := nearest(name, known); {
	case near != "":
		return detail + "; " + strconv.Quote(near) + " is"
	case len(known) <= 8 && len(known) > 0:
		return detail + ", which takes " + oneOf(known)
	default:
		return detail
	}
}

// unjoined takes the joints of snake_case and kebab-case out of a name.
var unjoined = strings.NewReplacer("_", "", "-", "")

// nearest returns the known name that differs only in case and joints or by at most two letters (one in a name of up to four), "" if none does.
func nearest(name string, known []string) string {
	if len(name) > longestQuoted {
		return ""
	}
	best, least := "", min(3, 1+len(name)/3)
	for _, k := range known {
		if strings.EqualFold(k, name) || strings.EqualFold(k, unjoined.Replace(name)) {
			return k
		}
		if d := distance(name, k, least); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance returns how many letters to change, add or drop between a and b. It gives up at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// oneOf returns names as a choice: "a", "b" or "c".
func oneOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
