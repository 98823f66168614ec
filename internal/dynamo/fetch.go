package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
)

// maxBatch is how many keys one BatchGetItem takes.
const maxBatch = 100

// fetch reads the items of up to 100 entries as the last writes left them, by ID. DynamoDB answers 16 MB at a time and may leave
// keys unread when it is busy: those are asked for again, after a pause, as long as some come.
func (l *Lister) fetch(ctx context.Context, batch []indexEntry) (map[string]item, error) {
	found := make(map[string]item, len(batch))
	for keys, try := keysOf(batch), 0; len(keys) > 0; try++ {
		if try > 0 {
			if err := sleep(ctx, backoff(try-1)); err != nil {
				return nil, err
			}
		}
		out, err := l.client.BatchGetItem(ctx, l.batch(keys), l.tune)
		if err != nil {
			return nil, err
		}
		for _, it := range out.Responses[l.table.Name] {
			found[item(it).text(attr.RunID)] = it
		}
		rest := out.UnprocessedKeys[l.table.Name].Keys
		if len(rest) < len(keys) {
			try = 0
		}
		if keys = rest; len(keys) > 0 && try >= tries-1 {
			return nil, errBusy
		}
	}
	return found, nil
}

func (l *Lister) batch(keys []map[string]types.AttributeValue) *dynamodb.BatchGetItemInput {
	return &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		l.table.Name: {Keys: keys, ConsistentRead: aws.Bool(true)},
	}}
}

// keysOf are the table's keys of entries, each once: an index that lags can show a record at two places.
func keysOf(batch []indexEntry) []map[string]types.AttributeValue {
	var keys []map[string]types.AttributeValue
	seen := make(map[string]bool, len(batch))
	for _, at := range batch {
		if !seen[at.id] {
			seen[at.id] = true
			keys = append(keys, map[string]types.AttributeValue{attr.RunID: text(at.id)})
		}
	}
	return keys
}
