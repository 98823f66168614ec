package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Filter narrows a list. At most one of Family, Group, StartedBy, Schedule and RerunOf is set.
type Filter struct {
	Status   Status
	Statuses []Status // any of them
	Class    string   // for example EXIT:137; EXIT:* is every failing exit code
	// Open leaves out runs that have ended. The order is then not defined, and a run that changes meanwhile may come twice, or not at all.
	Open          bool
	CreatedAfter  time.Time // that time too
	CreatedBefore time.Time
	Family        string // of its task definition
	Group         string
	StartedBy     string // the caller's
	Schedule      string // the name of the one that submitted it
	RerunOf       string // the id of the run that it repeats
}

// pageLimit is how many runs one page of a list has at most.
const pageLimit = 100

// Runs yields the runs that the caller may see, the newest first. It ends with the first error.
func (c *Client) Runs(ctx context.Context, f Filter) iter.Seq2[Summary, error] {
	return c.list(ctx, f.values())
}

func (f Filter) values() url.Values {
	v := url.Values{}
	set := func(name, text string) {
		if text != "" {
			v.Set(name, text)
		}
	}
	var statuses []string
	if f.Status != "" {
		statuses = append(statuses, string(f.Status))
	}
	for _, s := range f.Statuses {
		statuses = append(statuses, string(s))
	}
	set("status", strings.Join(statuses, ","))
	set("class", f.Class)
	if f.Open {
		set("open", "true")
	}
	if !f.CreatedAfter.IsZero() {
		set("createdAfter", f.CreatedAfter.UTC().Format(time.RFC3339Nano))
	}
	if !f.CreatedBefore.IsZero() {
		set("createdBefore", f.CreatedBefore.UTC().Format(time.RFC3339Nano))
	}
	set("family", f.Family)
	set("group", f.Group)
	set("startedBy", f.StartedBy)
	set("schedule", f.Schedule)
	set("rerunOf", f.RerunOf)
	return v
}

// list yields the runs of a query, page after page.
func (c *Client) list(ctx context.Context, query url.Values) iter.Seq2[Summary, error] {
	if query.Get("key") == "" {
		query.Set("limit", strconv.Itoa(pageLimit))
	}
	read := func(raw json.RawMessage) (Summary, error) {
		s := Summary{JSON: raw}
		return s, decode(raw, &s)
	}
	return pages(ctx, c, "/runs", "runs", query, read)
}

// ByKey returns the caller's own run of an idempotency key, nil where there is none.
func (c *Client) ByKey(ctx context.Context, key string) (*Summary, error) {
	for s, err := range c.list(ctx, url.Values{"key": {key}}) {
		if err != nil {
			return nil, err
		}
		return &s, nil
	}
	return nil, nil
}

// pages yields the entries of a list, page after page: those of member of each answer.
func pages[T any](ctx context.Context, c *Client, path, member string, query url.Values, read func(json.RawMessage) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		query := maps.Clone(query) // each reading begins at the first page
		for {
			entries, cursor, err := c.page(ctx, path, member, query)
			if err != nil {
				yield(none, err)
				return
			}
			for _, raw := range entries {
				entry, err := read(raw)
				if !yield(entry, err) || err != nil {
					return
				}
			}
			if cursor == "" {
				return
			}
			query.Set("cursor", cursor)
		}
	}
}

func (c *Client) page(ctx context.Context, path, member string, query url.Values) (entries []json.RawMessage, cursor string, err error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, "", err
	}
	var page map[string]json.RawMessage
	if err := decode(a.body, &page); err != nil {
		return nil, "", err
	}
	if page[member] == nil {
		return nil, "", fmt.Errorf("%w: it has no %s", ErrNotDavit, member)
	}
	if err := decode(page[member], &entries); err != nil {
		return nil, "", err
	}
	if next := page["nextCursor"]; next != nil {
		err = decode(next, &cursor)
	}
	return entries, cursor, err
}
