package taskdef

import (
	"strings"
	"testing"
)

func TestDefinitionNames(t *testing.T) {
	long := strings.Repeat("a", 255)
	for name, want := range map[string]name{
		"job": {family: "job"}, "job:7": {"job", 7}, "A_b-9:1000000": {"A_b-9", 1000000}, long + ":1": {long, 1},
		"arn:aws:ecs:eu-west-1:123456789012:task-definition/job:7":       {"job", 7},
		"arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task-definition/": {}, // no family
		"arn:aws:ecs:local:000000000000:task-definition/job":             {family: "job"},
	} {
		got, ok := parseName(name)
		switch {
		case ok != (want.family != ""):
			t.Errorf("%s: ok is %v, want %v", name, ok, (want.family != ""))
		case ok && got != want:
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		case ValidName(name) != ok:
			t.Errorf("%s: ValidName(name) is not ok", name)
		}
	}
	for _, name := range []string{
		"", ":", ":7", "job:", "job:0", "job:07", "job:+7", "job:-7", "job:7:8", "job:1000001", "job:9999999999999999999", "job:x", "job:7 ",
		" job", "jo b", "job/7", "jöb", "job\x00", "*", "job:*", long + "a", "task-definition/job:7", "arn:", "arn:job",
		"arn:aws:iam:eu-west-1:123456789012:task-definition/job:7", "arn:aws:ecs:eu-west-1:123456789012:cluster/job", "arn:aws:ecs:eu-west-1::task-definition/job:7",
		"arn:aws:ecs:eu-west-1:123456789012:task-definition/other/job:7", "arn:aws:ecs:eu/west:123456789012:task-definition/job:7",
		"arn:aws:ecs:eu-west-1:123456789012:task-definition/arn:aws:ecs:eu-west-1:123456789012:task-definition/job",
	} {
		if n, ok := parseName(name); ok {
			t.Errorf("%q is taken as %+v", name, n)
		}
	}
}
