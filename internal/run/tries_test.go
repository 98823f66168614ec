package run

import "testing"

func TestTries(t *testing.T) {
	for name, c := range map[string]struct {
		attempts []Attempt
		want     int
	}{
		"none yet":       {nil, 0},
		"being launched": {[]Attempt{{Number: 1}}, 1},
		"the second":     {[]Attempt{{Number: 1, Outcome: &Outcome{Class: NeverStarted}}, {Number: 2}}, 2},
		"one withdrawn":  {[]Attempt{{Number: 1, Withdrawn: true}, {Number: 2}}, 1},
		"tasks were cut": {[]Attempt{{Number: 1, OmittedTasks: 3}, {Number: 2, Tasks: []Task{{ARN: "arn"}}}}, 2},
	} {
		if got := (&Run{Attempts: c.attempts}).Tries(); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestMaxTries(t *testing.T) {
	for name, c := range map[string]struct {
		retry Retry
		want  int
	}{
		"the default":        {DefaultPolicy().Retry, 3},
		"nothing is retried": {Retry{MaxAttempts: 5}, 1},
		"one attempt":        {Retry{MaxAttempts: 1, On: []string{"EXIT:*"}}, 1},
		"an empty policy":    {Retry{}, 1},
		"twenty":             {Retry{MaxAttempts: 20, On: []string{"EXIT:*"}}, 20},
	} {
		if got := c.retry.MaxTries(); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
