package dynamofake

import (
	"maps"
	"slices"
	"strings"
)

// Sizes that DynamoDB takes, in bytes.
const (
	maxItem         = 400 << 10
	maxPartitionKey = 2048
	maxSortKey      = 1024
	maxQuery        = 1 << 20
	maxBatch        = 16 << 20
	maxExpression   = 4 << 10
)

type table struct {
	key     string // partition key
	indexes map[string]tableIndex
	items   map[string]Item
	// entries are the items in each partition of each index, by key.
	entries map[place]map[string]Item
}

// place is a partition of an index.
type place struct{ index, hash string }

type tableIndex struct{ hash, sort string }

// has reports whether an item is in the index: it has both keys.
func (x tableIndex) has(it Item) bool {
	_, hash := it[x.hash]
	_, sort := it[x.sort]
	return hash && sort
}

// set puts an item, or with nil takes one away, in the table and its indexes.
func (t *table) set(key string, it Item) {
	t.index(t.items[key], func(in map[string]Item) { delete(in, key) })
	delete(t.items, key)
	if it != nil {
		t.items[key] = it
		t.index(it, func(in map[string]Item) { in[key] = it })
	}
}

// index calls do with each partition that an item belongs in.
func (t *table) index(it Item, do func(in map[string]Item)) {
	for name, x := range t.indexes {
		if !x.has(it) {
			continue
		}
		at := place{name, it.Text(x.hash)}
		if t.entries[at] == nil {
			t.entries[at] = map[string]Item{}
		}
		do(t.entries[at])
	}
}

func (t *table) sorted() []Item {
	items := slices.Collect(maps.Values(t.items))
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(a.Text(t.key), b.Text(t.key)) })
	return items
}

type keyElement struct{ AttributeName, KeyType string }

type createTableInput struct {
	TableName            string
	BillingMode          string
	AttributeDefinitions []struct{ AttributeName, AttributeType string }
	KeySchema            []keyElement
	StreamSpecification  struct {
		StreamEnabled  bool
		StreamViewType string
	}
	GlobalSecondaryIndexes []struct {
		IndexName  string
		KeySchema  []keyElement
		Projection struct{ ProjectionType string }
	}
}

func (f *Fake) createTable(in *createTableInput) (map[string]any, error) {
	defined := map[string]bool{}
	for _, a := range in.AttributeDefinitions {
		if a.AttributeType != "S" || defined[a.AttributeName] {
			return nil, invalid("attribute definition %v", a)
		}
		defined[a.AttributeName] = true
	}
	unused := len(defined)
	key, rest, err := keySchema(in.KeySchema, defined, &unused)
	if err != nil || rest != "" || in.BillingMode != "PAY_PER_REQUEST" {
		return nil, invalid("the fake knows on-demand tables without a sort key only (%v)", err)
	}
	t := &table{key: key, indexes: map[string]tableIndex{}, items: map[string]Item{}, entries: map[place]map[string]Item{}}
	for _, x := range in.GlobalSecondaryIndexes {
		hash, sort, err := keySchema(x.KeySchema, defined, &unused)
		if err != nil || sort == "" || x.Projection.ProjectionType != "KEYS_ONLY" {
			return nil, invalid("the fake knows indexes of two keys and nothing else only (%v)", err)
		}
		t.indexes[x.IndexName] = tableIndex{hash, sort}
	}
	if unused != 0 {
		return nil, invalid("Number of attributes in KeySchema does not exactly match number of attributes in AttributeDefinitions")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tables[in.TableName] != nil {
		return nil, &Refusal{Code: "com.amazonaws.dynamodb.v20120810#ResourceInUseException", Message: in.TableName}
	}
	f.tables[in.TableName] = t
	return map[string]any{"TableDescription": map[string]string{"TableName": in.TableName, "TableStatus": "ACTIVE"}}, nil
}

// keySchema reads a schema and counts off the definitions that it is the first to use.
func keySchema(schema []keyElement, defined map[string]bool, unused *int) (hash, sort string, err error) {
	for i, k := range schema {
		first, has := defined[k.AttributeName]
		if !has || i > 1 || k.KeyType != []string{"HASH", "RANGE"}[i] {
			return "", "", invalid("key schema %v", schema)
		}
		if first {
			defined[k.AttributeName] = false
			*unused--
		}
		if i == 0 {
			hash = k.AttributeName
		} else {
			sort = k.AttributeName
		}
	}
	return hash, sort, nil
}

// table finds a table; the lock is held.
func (f *Fake) table(name string) (*table, error) {
	if t := f.tables[name]; t != nil {
		return t, nil
	}
	return nil, &Refusal{Code: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", Message: "Requested resource not found"}
}

// keyOf reads the one key attribute of a request's Key.
func (t *table) keyOf(key Item) (string, error) {
	if len(key) != 1 || key[t.key].S == nil {
		return "", invalid("The provided key element does not match the schema")
	}
	return key.Text(t.key), checkKey(t.key, key[t.key], maxPartitionKey)
}

func checkKey(name string, v Value, most int) error {
	switch {
	case v.S == nil:
		return invalid("Type mismatch for key %s", name)
	case *v.S == "":
		return invalid("The AttributeValue for a key attribute cannot contain an empty string value. Key: %s", name)
	case len(*v.S) > most:
		return invalid("Size of key %s has exceeded the maximum size limit of %d bytes", name, most)
	}
	return nil
}

// checkItem is what DynamoDB asks of an item before it looks at conditions.
func (t *table) checkItem(it Item) error {
	for name, value := range it {
		if err := value.check(name); err != nil {
			return err
		}
	}
	if err := checkKey(t.key, it[t.key], maxPartitionKey); err != nil {
		return err
	}
	for _, x := range t.indexes {
		for name, most := range map[string]int{x.hash: maxPartitionKey, x.sort: maxSortKey} {
			if v, has := it[name]; has {
				if err := checkKey(name, v, most); err != nil {
					return err
				}
			}
		}
	}
	if it.Size() > maxItem {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	return nil
}
