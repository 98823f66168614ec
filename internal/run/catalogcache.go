package run

import (
	"context"
	"strings"
	"sync"
	"time"
)

// How long and how much a CatalogCache remembers.
const (
	cachedFor = time.Minute
	maxCached = 256
)

// CatalogCache remembers a Catalog's answers about clusters and pinned revisions: ECS grants an account 20 look-ups a
// second of each. A family's latest revision is always asked for, because a revision that was registered a moment ago has to
// be the one that runs; so is what was not found.
type CatalogCache struct {
	catalog Catalog
	clock   Clock

	mu      sync.Mutex
	entries map[string]cached
}

type cached struct {
	definition Definition
	until      time.Time
}

// NewCatalogCache returns a cache that keeps catalog's answers for a minute.
func NewCatalogCache(catalog Catalog, clock Clock) *CatalogCache {
	return &CatalogCache{catalog: catalog, clock: clock, entries: map[string]cached{}}
}

// Definition implements Catalog.
func (c *CatalogCache) Definition(ctx context.Context, name string) (Definition, error) {
	if !strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
		return c.catalog.Definition(ctx, name)
	}
	return c.lookUp("definition "+name, func() (Definition, error) { return c.catalog.Definition(ctx, name) })
}

// Cluster implements Catalog.
func (c *CatalogCache) Cluster(ctx context.Context, name string) error {
	_, err := c.lookUp("cluster "+name, func() (Definition, error) { return Definition{}, c.catalog.Cluster(ctx, name) })
	return err
}

func (c *CatalogCache) lookUp(key string, ask func() (Definition, error)) (Definition, error) {
	c.mu.Lock()
	known, is := c.entries[key]
	c.mu.Unlock()
	if is && c.clock.Now().Before(known.until) {
		return known.definition, nil
	}
	definition, err := ask()
	if err != nil {
		return definition, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= maxCached {
		clear(c.entries)
	}
	c.entries[key] = cached{definition, c.clock.Now().Add(cachedFor)}
	return definition, nil
}
