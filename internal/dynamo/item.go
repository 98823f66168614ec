package dynamo

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// Limits of an item.
const (
	maxItem = run.MaxRecord // bytes, counted as DynamoDB does; it takes 400 KB
	maxID   = 128           // bytes
)

// item is one record as the table holds it.
type item map[string]types.AttributeValue

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func number(value int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(value, 10)}
}

// text reads a string; "" when there is none.
func (it item) text(name string) string {
	if s, ok := it[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// number reads a whole number.
func (it item) number(name string) (value int64, has bool) {
	n, ok := it[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseInt(n.Value, 10, 64)
	return value, err == nil
}

// expired reports whether the record counts as absent; the conditions of the writes say the same.
func (it item) expired(now time.Time) bool {
	at, has := it.number(attr.Expires)
	return has && at < now.Unix()
}

// run reads the whole record. What it answers shares nothing with the item.
func (it item) run() (*run.Run, error) {
	body, ok := it[attr.Body].(*types.AttributeValueMemberB)
	if !ok {
		return nil, fmt.Errorf("%w: item %q has no body", errDamaged, it.text(attr.RunID))
	}
	r, err := unpack(body.Value)
	if err != nil {
		return nil, fmt.Errorf("item %q: %w", it.text(attr.RunID), err)
	}
	return r, nil
}

// encode makes r's item, of that version. It has a write id of its own.
func encode(r *run.Run, version int64) (item, error) {
	if !fitID(r.ID) {
		return nil, fmt.Errorf("%w: ID of %d bytes", errUnfit, len(r.ID))
	}
	c := *r
	c.Version = version
	body, err := pack(&c)
	if err != nil {
		return nil, err
	}
	it := item{
		attr.Version: number(version),
		attr.WriteID: text(rand.Text()),
		attr.Body:    &types.AttributeValueMemberB{Value: body},
	}
	if at := expiry(&c); at != 0 {
		it[attr.Expires] = number(at)
	}
	it.setTexts(readerAttributes(&c))
	if err := it.setMetricCounts(&c); err != nil {
		return nil, err
	}
	it.setTexts(indexKeys(&c))
	if size := it.size(); size > maxItem {
		return nil, tooLarge(fmt.Sprintf("%d bytes compressed; allowed: %d", size, maxItem))
	}
	return it, nil
}

// fitID reports whether id can be an item's key.
func fitID(id string) bool { return id != "" && len(id) <= maxID }

// readerAttributes are the strings that filters and the stream's readers need.
func readerAttributes(r *run.Run) map[string]string {
	return map[string]string{
		attr.RunID: r.ID, attr.Incarnation: r.Incarnation, attr.Owner: r.Owner, attr.Status: string(r.Status), attr.Class: string(r.Class),
		attr.Family: r.Family, attr.Group: r.Group, attr.StartedBy: r.StartedBy, attr.CreatedAt: r.CreatedAt.UTC().Format(time.RFC3339Nano),
	}
}

// setMetricCounts leaves a tally out in which nothing was counted.
func (it item) setMetricCounts(r *run.Run) error {
	counted, err := json.Marshal(r.MetricCounts())
	if err == nil && string(counted) != "{}" {
		it[attr.MetricCounts] = text(string(counted))
	}
	return err
}

func (it item) setTexts(values map[string]string) {
	for name, value := range values {
		if value != "" {
			it[name] = text(value)
		}
	}
}

// size is the item's size by DynamoDB's rules: names and values in bytes; a number, a byte for two digits and one more.
func (it item) size() int {
	size := 0
	for name, value := range it {
		size += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			size += len(v.Value)
		case *types.AttributeValueMemberN:
			size += len(v.Value)/2 + 2
		case *types.AttributeValueMemberB:
			size += len(v.Value)
		}
	}
	return size
}
