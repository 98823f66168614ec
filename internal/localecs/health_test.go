package localecs

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
			check := &healthCheck{retries: tt.retries, startPeriod: tt.start}
			h := health{status: types.HealthStatusUnknown}
			got := ""
			for i, result := range tt.results {
				h.note(check, result == 'o', time.Duration(i+1)*time.Second)
				got += map[types.HealthStatus]string{"UNKNOWN": "-", "HEALTHY": "H", "UNHEALTHY": "U"}[h.status]
			}
			if got != tt.want {
				t.Errorf("%s gave %s, want %s", tt.results, got, tt.want)
			}
		})
	}
}

func TestHealthOfATask(t *testing.T) {
	const u, h, x = types.HealthStatusUnknown, types.HealthStatusHealthy, types.HealthStatusUnhealthy
	of := func(status types.HealthStatus, essential bool) part {
		return part{container: container{essential: essential}, health: health{status: status}}
	}
	for _, tt := range []struct {
		parts []part
		want  types.HealthStatus
	}{
		{[]part{of(h, true)}, h}, {[]part{of(x, true)}, x}, {[]part{of(u, true)}, u},
		{[]part{of(h, true), of(h, true)}, h}, {[]part{of(h, true), of(u, true)}, u}, {[]part{of(u, true), of(x, true)}, x},
		{[]part{of(h, true), of(x, false)}, h}, {[]part{of(h, true), of(u, false)}, h}, {[]part{of(u, true), of(h, false)}, u},
	} {
		if got := rollUp(tt.parts); got != tt.want {
			t.Errorf("health of %+v: %s, want %s", tt.parts, got, tt.want)
		}
	}
}
