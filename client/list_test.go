package client_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/client"
)

func TestRuns_Filter_IsTheQuery(t *testing.T) {
	at := time.Date(2026, 11, 30, 3, 0, 0, 1_500_000, time.FixedZone("", 3600))
	for name, c := range map[string]struct {
		filter client.Filter
		want   url.Values
	}{
		"none":              {client.Filter{}, url.Values{}},
		"one status":        {client.Filter{Status: client.Failed}, url.Values{"status": {"FAILED"}}},
		"several":           {client.Filter{Statuses: []client.Status{client.Failed, client.Lost}}, url.Values{"status": {"FAILED,LOST"}}},
		"both":              {client.Filter{Status: client.Failed, Statuses: []client.Status{client.Lost}}, url.Values{"status": {"FAILED,LOST"}}},
		"class":             {client.Filter{Class: "EXIT:137"}, url.Values{"class": {"EXIT:137"}}},
		"open":              {client.Filter{Open: true}, url.Values{"open": {"true"}}},
		"times":             {client.Filter{CreatedAfter: at, CreatedBefore: at.Add(time.Hour)}, url.Values{"createdAfter": {"2026-11-30T02:00:00.0015Z"}, "createdBefore": {"2026-11-30T03:00:00.0015Z"}}},
		"family":            {client.Filter{Family: "job"}, url.Values{"family": {"job"}}},
		"group":             {client.Filter{Group: "a b&c"}, url.Values{"group": {"a b&c"}}},
		"startedBy":         {client.Filter{StartedBy: "me"}, url.Values{"startedBy": {"me"}}},
		"schedule":          {client.Filter{Schedule: "nightly"}, url.Values{"schedule": {"nightly"}}},
		"reruns of another": {client.Filter{RerunOf: "abc"}, url.Values{"rerunOf": {"abc"}}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, []response{{200, `{"runs":[]}`, nil}}, func(t *testing.T, cl *client.Client, s *server) {
				for _, err := range cl.Runs(t.Context(), c.filter) {
					t.Fatal(err)
				}
				c.want.Set("limit", "100")
				if diff := cmp.Diff(c.want, s.asked[0].URL.Query()); diff != "" {
					t.Errorf("query (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestRuns_ReadTwice_BeginsAnew(t *testing.T) {
	play(t, []response{{200, `{"runs":[{"runId":"a"}],"nextCursor":"c1"}`, nil}, {200, `{"runs":[]}`, nil}}, func(t *testing.T, c *client.Client, s *server) {
		runs := c.Runs(t.Context(), client.Filter{})
		for range 2 {
			for _, err := range runs {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := s.asked[2].URL.Query().Get("cursor"); got != "" {
			t.Errorf("got the cursor %q, want none", got)
		}
	})
}

func TestRuns_AnotherServer_IsAnError(t *testing.T) {
	play(t, []response{{200, `{"items":[]}`, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		n := 0
		for _, err := range c.Runs(t.Context(), client.Filter{}) {
			if n++; !errors.Is(err, client.ErrNotDavit) {
				t.Errorf("got %v, want %v", err, client.ErrNotDavit)
			}
		}
		if n != 1 {
			t.Errorf("got %d items, want 1", n)
		}
	})
}

func TestByKey(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a run": {`{"runs":[{"runId":"a"}]}`, "a"},
		"none":  {`{"runs":[]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, []response{{200, c.body, nil}}, func(t *testing.T, cl *client.Client, s *server) {
				r, err := cl.ByKey(t.Context(), "a key")
				if err != nil {
					t.Fatal(err)
				}
				if r == nil {
					r = &client.Summary{}
				}
				if r.ID != c.want {
					t.Errorf("got the run %q, want %q", r.ID, c.want)
				}
				if got, want := s.asked[0].URL.RawQuery, "key=a+key"; got != want {
					t.Errorf("got the query %q, want %q", got, want)
				}
			})
		})
	}
}

func TestDefinitions_Pages_AreFollowed(t *testing.T) {
	play(t, []response{
		{200, `{"taskDefinitions":[{"family":"a","revision":1}],"nextCursor":"c1"}`, nil}, {200, `{"taskDefinitions":[{"family":"a","revision":2}]}`, nil},
	}, func(t *testing.T, c *client.Client, s *server) {
		var names []string
		for d, err := range c.Definitions(t.Context(), client.DefinitionFilter{FamilyPrefix: "a", Status: "INACTIVE"}) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, d.Name())
		}
		if got := strings.Join(names, " "); got != "a:1 a:2" {
			t.Errorf("got %q, want a:1 a:2", got)
		}
		if got, want := s.asked[1].URL.RawQuery, "cursor=c1&familyPrefix=a&limit=100&status=INACTIVE"; got != want {
			t.Errorf("got the query %q, want %q", got, want)
		}
	})
}

func TestMeta(t *testing.T) {
	play(t, []response{{200, `{"version":"0.2.0","region":"eu-west-1","prefix":"davit","schedules":true}`, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		m, err := c.Meta(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if m.Version != "0.2.0" || m.Region != "eu-west-1" {
			t.Errorf("got %+v, want version and Region", m)
		}
	})
	play(t, []response{problem(404, "not-found")}, func(t *testing.T, c *client.Client, _ *server) {
		if _, err := c.Meta(t.Context()); !client.IsNotFound(err) {
			t.Errorf("got %v, want that an older server has none", err)
		}
	})
}
