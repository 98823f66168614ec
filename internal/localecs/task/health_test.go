package task

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Each letter is a result, one a second: o of a check that succeeded, x of one that failed. Below it is the health after it:
// - is UNKNOWN, H HEALTHY, U UNHEALTHY.
func TestHealthCounts(t *testing.T) {
	for name, tt := range map[string]struct {
		retries       int
		start         time.Duration
		results, want string
	}{
		"healthy at once":             {3, 0, "oo", "HH"},
		"three failures":              {3, 0, "xxxx", "--UU"},
		"a success counts from zero":  {3, 0, "xxoxxoxxx", "--HHHHHHU"},
		"recovers":                    {1, 0, "xoxo", "UHUH"},
		"failures in the period":      {2, 5 * time.Second, "xxxxxx", "-----U"},
		"a success ends the period":   {2, 10 * time.Second, "xxoxx", "--HHU"},
		"after the period from zero":  {3, 3 * time.Second, "xxxxx", "----U"},
		"the period ends at its time": {1, 2 * time.Second, "xx", "-U"},
	} {
		t.Run(name, func(t *testing.T) {
			check := &HealthCheck{Retries: tt.retries, StartPeriod: tt.start}
			h := Health{Status: types.HealthStatusUnknown}
			got := ""
			for i, result := range tt.results {
				h.Note(check, result == 'o', time.Duration(i+1)*time.Second)
				got += map[types.HealthStatus]string{"UNKNOWN": "-", "HEALTHY": "H", "UNHEALTHY": "U"}[h.Status]
			}
			if got != tt.want {
				t.Errorf("%s gave %s, want %s", tt.results, got, tt.want)
			}
		})
	}
}

func TestHealthOfATask(t *testing.T) {
	const u, h, x = types.HealthStatusUnknown, types.HealthStatusHealthy, types.HealthStatusUnhealthy
	of := func(status types.HealthStatus, essential bool) Part {
		return Part{Container: Container{Essential: essential}, Health: Health{Status: status}}
	}
	for _, tt := range []struct {
		parts []Part
		want  types.HealthStatus
	}{
		{[]Part{of(h, true)}, h}, {[]Part{of(x, true)}, x}, {[]Part{of(u, true)}, u},
		{[]Part{of(h, true), of(h, true)}, h}, {[]Part{of(h, true), of(u, true)}, u}, {[]Part{of(u, true), of(x, true)}, x},
		{[]Part{of(h, true), of(x, false)}, h}, {[]Part{of(h, true), of(u, false)}, h}, {[]Part{of(u, true), of(h, false)}, u},
	} {
		if got := RollUp(tt.parts); got != tt.want {
			t.Errorf("health of %+v: %s, want %s", tt.parts, got, tt.want)
		}
	}
}
