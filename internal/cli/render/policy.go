package render

import (
	"fmt"
	"slices"
	"strings"
)

// What an absent member of a policy means (docs/api.yaml).
const (
	defaultAttempts      = 3
	defaultInterval      = 10
	defaultStartTimeout  = 900
	defaultLaunchTimeout = 3600
)

// words returns a policy in words, as far as it is not the default.
func (p *policy) words() string {
	var parts []string
	parts = append(parts, p.retryWords()...)
	parts = append(parts, p.overlapWords()...)
	for _, x := range []struct {
		seconds, standard int
		text              string
	}{
		{p.TimeoutSeconds, 0, "runs at most %s"}, {p.StartTimeoutSeconds, defaultStartTimeout, "starts within %s"},
		{p.LaunchTimeoutSeconds, defaultLaunchTimeout, "is placed within %s"}, {p.DeadlineSeconds, 0, "is over within %s"},
	} {
		if x.seconds != 0 && x.seconds != x.standard {
			parts = append(parts, fmt.Sprintf(x.text, inWords(inSeconds(x.seconds))))
		}
	}
	if p.Placement != "" && p.Placement != "FILL" {
		parts = append(parts, "placement "+p.Placement)
	}
	return strings.Join(append(parts, p.verdictWords()...), " · ")
}

func (p *policy) retryWords() []string {
	r := p.Retry
	usual := slices.Equal(r.On, []string{"NEVER_STARTED"}) || len(r.On) == 0
	if r.MaxAttempts == 0 || usual && r.MaxAttempts == defaultAttempts && (r.IntervalSeconds == defaultInterval || r.IntervalSeconds == 0) {
		return nil
	}
	if r.MaxAttempts == 1 {
		return []string{"one try"}
	}
	text := fmt.Sprintf("at most %d tries", r.MaxAttempts)
	if len(r.On) > 0 {
		text += " on " + strings.Join(r.On, ", ")
	}
	if r.IntervalSeconds != 0 && r.IntervalSeconds != defaultInterval {
		text += ", first pause " + inWords(inSeconds(r.IntervalSeconds))
	}
	return []string{text}
}

func (p *policy) overlapWords() []string {
	o := p.Overlap
	if o.Key == "" {
		return nil
	}
	text := "overlap key " + o.Key + ", " + o.Mode
	if o.Limit > 1 {
		text += fmt.Sprintf(", %d at once", o.Limit)
	}
	if o.QueueTimeoutSeconds > 0 {
		text += ", waits at most " + inWords(inSeconds(o.QueueTimeoutSeconds))
	}
	return []string{text}
}

func (p *policy) verdictWords() []string {
	var parts []string
	if p.Verdict.Container != "" {
		parts = append(parts, "container "+p.Verdict.Container+" decides")
	}
	if codes := p.Verdict.SuccessExitCodes; len(codes) > 0 && !slices.Equal(codes, []int{0}) {
		parts = append(parts, "success is exit "+strings.Trim(strings.ReplaceAll(fmt.Sprint(codes), " ", ", "), "[]"))
	}
	return parts
}
