package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"davit/client"
)

func TestProblem_ClockSkew(t *testing.T) {
	forbidden := `{"message":"Forbidden"}`
	for name, c := range map[string]struct {
		status int
		body   string
		date   time.Duration // of the answer, after now
		ahead  time.Duration
		skewed bool
	}{
		"late": {403, `{"message":"Signature expired: 20261129T123008Z is now earlier than 20261129T125507Z (20261129T130007Z - 5 min.)"}`,
			0, -(29*time.Minute + 59*time.Second), true},
		"early": {403, `{"message":"Signature not yet current: 20261129T130000Z is still later than 20261129T122233Z (20261129T121733Z + 5 min.)"}`,
			0, 42*time.Minute + 27*time.Second, true},
		"in other words":          {403, `{"message":"Signature expired: too old"}`, 7 * time.Minute, -7 * time.Minute, true},
		"a plain 403, late":       {403, forbidden, 7 * time.Minute, -7 * time.Minute, true},
		"a plain 403, early":      {403, forbidden, -time.Hour, time.Hour, true},
		"a plain 403, good clock": {403, forbidden, 4 * time.Minute, 0, false},
		"an expired token":        {403, expired, 0, 0, false},
		"Davit's own 403":         {403, `{"type":"forbidden","title":"T"}`, time.Hour, 0, false},
		"another status":          {404, forbidden, time.Hour, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			answer := response{c.status, c.body, map[string]string{}}
			play(t, []response{answer}, func(t *testing.T, cl *client.Client, _ *server) {
				answer.header["Date"] = time.Now().Add(c.date).UTC().Format(http.TimeFormat)
				_, err := cl.Get(t.Context(), "x")
				var p *client.Problem
				if !errors.As(err, &p) {
					t.Fatalf("got %v, want a problem", err)
				}
				ahead, skewed := p.ClockSkew()
				if ahead != c.ahead {
					t.Errorf("got %v ahead, want %v", ahead, c.ahead)
				}
				if skewed != c.skewed {
					t.Errorf("got skewed %v, want %v", skewed, c.skewed)
				}
			})
		})
	}
}

func TestProblem_ClockSkew_NoDate_IsNotKnown(t *testing.T) {
	if _, skewed := (&client.Problem{Status: http.StatusForbidden, Type: "http"}).ClockSkew(); skewed {
		t.Error("got a wrong clock, want that it is not known")
	}
}
