package awslogs

import (
	"strings"

	"davit/internal/logs"
)

// part is a line of an event, or a part of a long one.
type part struct {
	text    string
	partial bool
}

// partsOf returns the lines of an event, of which one event has several where the definition has awslogs-multiline-pattern. It has one part at least.
func partsOf(message string) []part {
	message = strings.TrimSuffix(logs.Text([]byte(message)), "\n")
	var parts []part
	for line := range strings.SplitSeq(message, "\n") {
		pieces := logs.Split(line)
		for i, text := range pieces {
			parts = append(parts, part{text, i < len(pieces)-1})
		}
	}
	return parts
}
