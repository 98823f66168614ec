package asl

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	t.Parallel()
	// The clock of a bubble begins at 2000-01-01T00:00:00Z.
	for _, c := range []struct {
		fields, input string
		after         time.Duration
		err           string
	}{
		{`"Seconds":90`, `{}`, 90 * time.Second, ""},
		{`"Seconds":0`, `{}`, 0, ""},
		{`"SecondsPath":"$.s"`, `{"s":300}`, 5 * time.Minute, ""},
		{`"SecondsPath":"$.s"`, `{"s":0}`, 0, ""},
		{`"SecondsPath":"$.s"`, `{"s":-1}`, 0, errRuntime},
		{`"SecondsPath":"$.s"`, `{"s":1.5}`, 0, errRuntime},
		{`"SecondsPath":"$.s"`, `{"s":"1"}`, 0, errRuntime},
		{`"SecondsPath":"$.s"`, `{"s":100000000}`, 0, errRuntime},
		{`"SecondsPath":"$.s"`, `{}`, 0, errRuntime},
		{`"InputPath":"$.i","SecondsPath":"$.s"`, `{"i":{"s":2}}`, 2 * time.Second, ""},
		{`"Timestamp":"2000-01-02T00:00:00Z"`, `{}`, 24 * time.Hour, ""},
		{`"Timestamp":"2000-01-01T01:00:00.5+01:00"`, `{}`, 500 * time.Millisecond, ""},
		{`"Timestamp":"1999-01-01T00:00:00Z"`, `{}`, 0, ""},
		{`"TimestampPath":"$.t"`, `{"t":"2000-01-01T00:01:00Z"}`, time.Minute, ""},
		{`"TimestampPath":"$.t"`, `{"t":"1999-01-01T00:00:00Z"}`, 0, ""},
		{`"TimestampPath":"$.t"`, `{"t":"soon"}`, 0, errRuntime},
		{`"TimestampPath":"$.t"`, `{}`, 0, errRuntime},
	} {
		ended, _ := play(t, `"A":{"Type":"Wait",`+c.fields+`,"End":true}`, c.input, echo)
		if took := ended.Stopped.Sub(ended.Started); took != c.after || ended.Error != c.err {
			t.Errorf("%s with %s: %s %s after %v, want %q after %v", c.fields, c.input, ended.Status, ended.Error, took, c.err, c.after)
		}
	}
}
