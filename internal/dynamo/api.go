package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"davit/internal/clock"
	"davit/internal/run"
)

// tuning changes the client's options for one call.
type tuning = func(*dynamodb.Options)

// GetAPI is what a Getter calls; *dynamodb.Client has it, as all of API.
type GetAPI interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

// PutAPI is what a Writer calls. It reads where a refused put does not bring the item that stands in its way.
type PutAPI interface {
	GetAPI
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// QueryAPI is what an Opener calls.
type QueryAPI interface {
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// ListAPI is what a Lister calls.
type ListAPI interface {
	QueryAPI
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
}

// API is what a Store calls.
type API interface {
	PutAPI
	ListAPI
}

// Table names where the records are.
type Table struct {
	Name string
	// Clock decides what has expired. Nil: clock.System.
	Clock run.Clock
}

func (t Table) now() time.Time {
	if t.Clock == nil {
		return clock.System.Now()
	}
	return t.Clock.Now()
}

// Store is run.Store on DynamoDB. It is safe for concurrent use, as its parts are.
type Store struct {
	*Getter
	*Writer
	*Lister
	*Opener
	*Locker
}

var _ run.Store = (*Store)(nil)

// NewStore makes a Store of a client. It does not look whether the table is there.
func NewStore(client API, table Table) *Store {
	return &Store{
		Getter: NewGetter(client, table),
		Writer: NewWriter(client, table),
		Lister: NewLister(client, table),
		Opener: NewOpener(client, table),
		Locker: NewLocker(client, table),
	}
}
