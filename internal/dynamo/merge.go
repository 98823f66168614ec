package dynamo

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
)

// indexEntry is one index entry: a record's sort key there, and its ID.
type indexEntry struct{ key, id string }

// indexScan is what is read of an index, and in which order.
type indexScan struct {
	index   index
	value   string // of the partition key; "" where the index has none
	forward bool   // rising sort keys
	// bound is the condition on the sort key, #place, with its values; "" for none.
	bound  string
	values item
	// passed is a sort key that the bound lets through and that is not wanted; "" for none.
	passed string
	// chunk is how many entries one request asks a shard for.
	chunk int
}

// merge reads the shards of a walk side by side and puts them in order. It reads no further than it is asked.
type merge struct {
	client QueryAPI
	table  string
	tune   tuning
	scan   indexScan
	shards []shard
}

// newMerge makes the merge of a scan, of which nothing has been read.
func newMerge(client QueryAPI, table Table, tune tuning, scan indexScan) *merge {
	m := &merge{client: client, table: table.Name, tune: tune, scan: scan}
	for _, key := range partitions(scan.index.name, scan.value) {
		m.shards = append(m.shards, shard{key: key})
	}
	return m
}

// shard is how far one partition has been read.
type shard struct {
	key   string
	ahead []indexEntry // read and not yet taken
	from  map[string]types.AttributeValue
	ended bool // nothing is left in the table
}

// take returns the next n entries; fewer only when no more are left.
func (m *merge) take(ctx context.Context, n int) ([]indexEntry, error) {
	var next []indexEntry
	for len(next) < n {
		if err := m.refill(ctx); err != nil {
			return nil, err
		}
		best := m.best()
		if best == nil {
			break
		}
		next = append(next, best.ahead[0])
		best.ahead = best.ahead[1:]
	}
	return next, nil
}

// left reports whether there may be more entries.
func (m *merge) left() bool {
	for i := range m.shards {
		if s := &m.shards[i]; len(s.ahead) > 0 || !s.ended {
			return true
		}
	}
	return false
}

// best is the shard with the next entry, nil when all are empty.
func (m *merge) best() *shard {
	var best *shard
	for i := range m.shards {
		s := &m.shards[i]
		if len(s.ahead) == 0 {
			continue
		}
		if best == nil || (s.ahead[0].key < best.ahead[0].key) == m.scan.forward {
			best = s
		}
	}
	return best
}

// refill reads on, at the same time, in every shard that has nothing ahead: one of them may hold the next entry.
func (m *merge) refill(ctx context.Context) error {
	errs := make([]error, len(m.shards))
	var wg sync.WaitGroup
	for i := range m.shards {
		if s := &m.shards[i]; len(s.ahead) == 0 && !s.ended {
			wg.Go(func() { errs[i] = m.read(ctx, i) })
		}
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// read reads on in one shard until it has entries ahead, or none are left.
func (m *merge) read(ctx context.Context, n int) error {
	s := &m.shards[n]
	for len(s.ahead) == 0 && !s.ended {
		out, err := m.client.Query(ctx, m.query(n), m.tune)
		if err != nil {
			return err
		}
		for _, entry := range out.Items {
			at := indexEntry{key: item(entry).text(m.scan.index.place), id: item(entry).text(attr.RunID)}
			if at.key == "" || at.id == "" {
				return fmt.Errorf("%w: entry of index %s without its keys", errDamaged, m.scan.index.name)
			}
			if at.key != m.scan.passed {
				s.ahead = append(s.ahead, at)
			}
		}
		s.from, s.ended = out.LastEvaluatedKey, len(out.LastEvaluatedKey) == 0
	}
	return nil
}

func (m *merge) query(n int) *dynamodb.QueryInput {
	condition, names := "#shard = :shard", map[string]string{"#shard": m.scan.index.shard}
	values := item{":shard": text(m.shards[n].key)}
	if m.scan.bound != "" {
		condition += " AND " + m.scan.bound
		names["#place"] = m.scan.index.place
		maps.Copy(values, m.scan.values)
	}
	return &dynamodb.QueryInput{
		TableName:                 aws.String(m.table),
		IndexName:                 aws.String(m.scan.index.name),
		KeyConditionExpression:    aws.String(condition),
		ExpressionAttributeNames:  names,
		ExpressionAttributeValues: values,
		ExclusiveStartKey:         m.shards[n].from,
		ScanIndexForward:          aws.Bool(m.scan.forward),
		Limit:                     aws.Int32(int32(m.scan.chunk)),
	}
}
