package dynamofake

import (
	"maps"
	"slices"
	"strings"
)

// QueryInput is a request.
type QueryInput struct {
	TableName                 string
	IndexName                 string
	KeyConditionExpression    string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues Item
	ExclusiveStartKey         Item
	ScanIndexForward          *bool
	Limit                     *int
}

// QueryOutput is the reply to a Query.
type QueryOutput struct {
	Items            []Item
	Count            int
	ScannedCount     int
	LastEvaluatedKey Item `json:",omitempty"`
}

// Query performs a request on an index; the table itself has no sort key to query. Its error is a *Refusal.
func (f *Fake) Query(in *QueryInput) (*QueryOutput, error) {
	f.mu.Lock()
	t, err := f.table(in.TableName)
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	x, has := t.indexes[in.IndexName]
	if !has {
		return nil, invalid("The table does not have the specified index: %s", in.IndexName)
	}
	s := scope{in.ExpressionAttributeNames, in.ExpressionAttributeValues}
	condition, err := s.compile(in.KeyConditionExpression)
	if err != nil {
		return nil, err
	}
	hash, err := s.keyCondition(condition, x)
	if err != nil {
		return nil, err
	}
	var entries []Item
	for _, it := range f.entries(t, place{in.IndexName, hash}) {
		if x.has(it) && s.holds(condition, it) {
			entries = append(entries, it.only([]string{t.key, x.hash, x.sort}))
		}
	}
	return page(in, t, x, entries)
}

// entries are the items that an index shows in a partition at this moment, and perhaps others.
func (f *Fake) entries(t *table, at place) []Item {
	f.mu.Lock()
	if f.options.Indexed == nil {
		defer f.mu.Unlock()
		return slices.Collect(maps.Values(t.entries[at]))
	}
	items := t.sorted()
	f.mu.Unlock()
	return f.options.Indexed(items)
}

// page orders the entries and cuts the page out.
func page(in *QueryInput, t *table, x tableIndex, entries []Item) (*QueryOutput, error) {
	order := func(a, b Item) int {
		c := strings.Compare(a.Text(x.sort), b.Text(x.sort))
		if c == 0 {
			c = strings.Compare(a.Text(t.key), b.Text(t.key))
		}
		if in.ScanIndexForward != nil && !*in.ScanIndexForward {
			return -c
		}
		return c
	}
	slices.SortFunc(entries, order)
	if start := in.ExclusiveStartKey; start != nil {
		if len(start) != 3 || start.Text(t.key) == "" || start.Text(x.hash) == "" || start.Text(x.sort) == "" {
			return nil, invalid("The provided starting key is invalid")
		}
		entries = slices.DeleteFunc(entries, func(e Item) bool { return order(e, start) <= 0 })
	}
	if in.Limit != nil && *in.Limit < 1 {
		return nil, invalid("limit must be at least 1")
	}
	out := &QueryOutput{Items: []Item{}}
	for size := 0; len(out.Items) < len(entries); {
		entry := entries[len(out.Items)]
		out.Items = append(out.Items, entry)
		if size += entry.Size(); size > maxQuery || in.Limit != nil && len(out.Items) == *in.Limit {
			out.LastEvaluatedKey = entry
			break
		}
	}
	out.Count, out.ScannedCount = len(out.Items), len(out.Items)
	return out, nil
}
