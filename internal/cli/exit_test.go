package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"davit/client"
)

func TestOutcome(t *testing.T) {
	code := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		run  client.Summary
		want int
	}{
		"succeeded":           {client.Summary{Status: client.Succeeded, ExitCode: code(0)}, 0},
		"succeeded with 3":    {client.Summary{Status: client.Succeeded, ExitCode: code(3)}, 0},
		"failed with 3":       {client.Summary{Status: client.Failed, Class: "EXIT:3", ExitCode: code(3)}, 3},
		"failed with 255":     {client.Summary{Status: client.Failed, Class: "EXIT:255", ExitCode: code(255)}, 255},
		"failed with 0":       {client.Summary{Status: client.Failed, Class: "STOPPED", ExitCode: code(0)}, 1},
		"failed with 256":     {client.Summary{Status: client.Failed, ExitCode: code(256)}, 1},
		"failed without code": {client.Summary{Status: client.Failed, Class: "STARTED_IN_PART"}, 1},
		"out of memory":       {client.Summary{Status: client.Failed, Class: "OUT_OF_MEMORY", ExitCode: code(137)}, 137},
		"interrupted":         {client.Summary{Status: client.Failed, Class: "INTERRUPTED", ExitCode: code(137)}, 121},
		"never started":       {client.Summary{Status: client.Failed, Class: "NEVER_STARTED"}, 126},
		"no room":             {client.Summary{Status: client.Failed, Class: "CAPACITY"}, 126},
		"refused by ECS":      {client.Summary{Status: client.Failed, Class: "INVALID"}, 126},
		"lost":                {client.Summary{Status: client.Lost}, 121},
		"stopped":             {client.Summary{Status: client.Stopped, ExitCode: code(143)}, 122},
		"timed out":           {client.Summary{Status: client.TimedOut, Class: "NEVER_STARTED"}, 124},
		"skipped":             {client.Summary{Status: client.Skipped}, 120},
		"a status of later":   {client.Summary{Status: "PAUSED"}, 1},
	} {
		if got := Outcome(&c.run); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestStatusOf(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"none":          {nil, 0},
		"own":           {ExitStatus(130), 130},
		"usage":         {usagef("no"), 2},
		"400":           {&client.Problem{Status: 400}, 2},
		"413":           {&client.Problem{Status: 413}, 2},
		"422":           {fmt.Errorf("wrapped: %w", &client.Problem{Status: 422}), 2},
		"403":           {&client.Problem{Status: 403}, 125},
		"404":           {&client.Problem{Status: 404}, 125},
		"503":           {&client.Problem{Status: 503}, 125},
		"not known":     {&client.UnknownError{Key: "k", Err: errors.New("lost")}, 125},
		"anything else": {errors.New("network"), 125},
	} {
		if got := statusOf(c.err); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestChanges_ShowsNoValueOfAVariable(t *testing.T) {
	before := parse(t, `{"count":1,"overrides":{"containerOverrides":[{"name":"app","memory":512,"environment":[{"name":"TOKEN","value":"***"}]}]}}`)
	after := parse(t, `{"count":3,"overrides":{"containerOverrides":[{"name":"app","memory":1024,"environment":[{"name":"TOKEN","value":"sesame"}]}]}}`)
	if got, want := strings.Join(changes(before, after), ", "), "app TOKEN *** → given anew, app memory 512 → 1024, count 1 → 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
