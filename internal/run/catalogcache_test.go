package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// countingCatalog is a catalog that counts what it is asked; names that begin with "no" are unknown.
type countingCatalog struct{ asked []string }

var errUnknown = errors.New("unknown")

func (c *countingCatalog) Definition(_ context.Context, name string) (Definition, error) {
	c.asked = append(c.asked, name)
	if name == "no:1" {
		return Definition{}, errUnknown
	}
	return Definition{ARN: fmt.Sprint(name, " as of look ", len(c.asked))}, nil
}

func (c *countingCatalog) Cluster(_ context.Context, name string) error {
	c.asked = append(c.asked, name)
	if name == "none" {
		return errUnknown
	}
	return nil
}

type manualClock struct{ at time.Time }

func (h *manualClock) Now() time.Time { return h.at }

func TestCatalogCache(t *testing.T) {
	for name, c := range map[string]struct {
		look  func(*CatalogCache) error
		after time.Duration // between two looks
		want  int           // looks that reach ECS
	}{
		"a pinned revision is remembered":     {definition("job:3"), 59 * time.Second, 1},
		"for a minute":                        {definition("job:3"), time.Minute, 2},
		"an ARN too":                          {definition("arn:aws:ecs:x:1:task-definition/job:3"), time.Second, 1},
		"the latest revision is asked for":    {definition("job"), time.Second, 2},
		"also by ARN":                         {definition("arn:aws:ecs:x:1:task-definition/job"), time.Second, 2},
		"what was not found is asked again":   {definition("no:1"), time.Second, 2},
		"a cluster is remembered":             {cluster("jobs"), 59 * time.Second, 1},
		"the default one too":                 {cluster(""), 59 * time.Second, 1},
		"a cluster that was not there is not": {cluster("none"), time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			catalog, clock := &countingCatalog{}, &manualClock{at: time.Unix(1000, 0)}
			cache := NewCatalogCache(catalog, clock)
			first := c.look(cache)
			clock.at = clock.at.Add(c.after)
			if second := c.look(cache); !errors.Is(second, first) {
				t.Errorf("second look: %v, first %v", second, first)
			}
			if len(catalog.asked) != c.want {
				t.Errorf("asked %q, want %d looks", catalog.asked, c.want)
			}
		})
	}
}

func definition(name string) func(*CatalogCache) error {
	return func(c *CatalogCache) error {
		d, err := c.Definition(context.Background(), name)
		if err == nil && d.ARN == "" {
			return errors.New("an empty definition")
		}
		return err
	}
}

func cluster(name string) func(*CatalogCache) error {
	return func(c *CatalogCache) error { return c.Cluster(context.Background(), name) }
}

func TestCatalogCacheIsBounded(t *testing.T) {
	catalog := &countingCatalog{}
	cache := NewCatalogCache(catalog, &manualClock{at: time.Unix(1000, 0)})
	for n := range 3 * maxCached {
		if err := cache.Cluster(context.Background(), fmt.Sprint("c", n)); err != nil {
			t.Fatal(err)
		}
		if len(cache.entries) > maxCached {
			t.Fatalf("%d entries", len(cache.entries))
		}
	}
	if !slices.Contains(catalog.asked, "c700") {
		t.Error("c700 was never asked for")
	}
}
