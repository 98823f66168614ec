package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// Getter reads single records.
type Getter struct {
	client GetAPI
	table  Table
	tune   tuning
}

// NewGetter makes a Getter of a client.
func NewGetter(client GetAPI, table Table) *Getter {
	return &Getter{client: client, table: table, tune: with(newRetryer())}
}

// Get implements run.Store: one consistent read.
func (g *Getter) Get(ctx context.Context, id string) (*run.Run, error) {
	r, err := g.get(ctx, id)
	if err != nil {
		return nil, translate(ctx, "get", err)
	}
	return r, nil
}

func (g *Getter) get(ctx context.Context, id string) (*run.Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !fitID(id) {
		return nil, run.ErrNotFound
	}
	it, err := read(ctx, g.client, g.table.Name, id, g.tune)
	if err != nil {
		return nil, err
	}
	if it == nil || it.expired(g.table.now()) {
		return nil, run.ErrNotFound
	}
	return it.run()
}

// read gets an item as the last write left it, expired or not; nil when there is none.
func read(ctx context.Context, client GetAPI, table, id string, tune tuning) (item, error) {
	out, err := client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(table),
		Key:            map[string]types.AttributeValue{attr.RunID: text(id)},
		ConsistentRead: aws.Bool(true),
	}, tune)
	if err != nil || len(out.Item) == 0 {
		return nil, err
	}
	return out.Item, nil
}
