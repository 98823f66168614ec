package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// The conditions of the two writes. An item that expired and is still there counts as absent.
const (
	mayCreate = "attribute_not_exists(#id) OR #expires < :now"
	mayUpdate = "#version = :version AND (attribute_not_exists(#expires) OR #expires >= :now)"
)

// createTries is how often a create is begun anew because what stood in its way was gone a moment later.
const createTries = 3

// Writer creates and updates records.
type Writer struct {
	client  PutAPI
	table   Table
	retryer aws.RetryerV2
}

// NewWriter makes a Writer of a client.
func NewWriter(client PutAPI, table Table) *Writer {
	return &Writer{client: client, table: table, retryer: newRetryer()}
}

// Create implements run.Store. It sets r.Version to 1 when it wrote r, and leaves r alone otherwise. What it answers is a copy of
// its own. CodeTooLarge: the item would be over 300,000 bytes. CodeThrottled means that nothing was written.
func (w *Writer) Create(ctx context.Context, r *run.Run) (*run.Run, bool, error) {
	seen := &tryObserver{RetryerV2: w.retryer}
	stored, created, err := w.create(ctx, r, seen)
	if err != nil {
		return nil, false, translate(ctx, "create", seen.markUnclear(err))
	}
	if created {
		r.Version = stored.Version
	}
	return stored, created, nil
}

func (w *Writer) create(ctx context.Context, r *run.Run, seen *tryObserver) (*run.Run, bool, error) {
	next, err := encode(r, 1)
	if err != nil {
		return nil, false, err
	}
	for range createTries {
		now := w.table.now()
		in := w.put(next, mayCreate)
		in.ExpressionAttributeNames = map[string]string{"#id": attr.RunID, "#expires": attr.Expires}
		in.ExpressionAttributeValues = item{":now": number(now.Unix())}
		there, err := w.send(ctx, in, seen)
		if err != nil {
			return nil, false, err
		}
		if sameWrite(there, next) {
			stored, err := next.run()
			return stored, true, err
		}
		if there != nil && !there.expired(now) {
			stored, err := there.run()
			return stored, false, err
		}
	}
	return nil, false, errBusy
}

// Update implements run.Store. CodeTooLarge: the item would be over 300,000 bytes. CodeThrottled means that nothing was written.
func (w *Writer) Update(ctx context.Context, r *run.Run) error {
	seen := &tryObserver{RetryerV2: w.retryer}
	if err := w.update(ctx, r, seen); err != nil {
		return translate(ctx, "update", seen.markUnclear(err))
	}
	r.Version++
	return nil
}

func (w *Writer) update(ctx context.Context, r *run.Run, seen *tryObserver) error {
	next, err := encode(r, r.Version+1)
	if err != nil {
		return err
	}
	now := w.table.now()
	in := w.put(next, mayUpdate)
	in.ExpressionAttributeNames = map[string]string{"#version": attr.Version, "#expires": attr.Expires}
	in.ExpressionAttributeValues = item{":version": number(r.Version), ":now": number(now.Unix())}
	there, err := w.send(ctx, in, seen)
	switch {
	case err != nil:
		return err
	case sameWrite(there, next):
		return nil
	case there == nil || there.expired(now):
		return run.ErrNotFound
	default:
		return run.ErrConflict
	}
}

// sameWrite reports whether the item that is there now is the one that was to be written, by this try or one before.
func sameWrite(there, next item) bool {
	return there != nil && there.text(attr.WriteID) == next.text(attr.WriteID)
}

func (w *Writer) put(next item, condition string) *dynamodb.PutItemInput {
	return &dynamodb.PutItemInput{
		TableName:                           aws.String(w.table.Name),
		Item:                                next,
		ConditionExpression:                 aws.String(condition),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// send makes a conditional put and answers the item that is there then: the new one, the one whose condition failed, or nil when
// that one is gone. Some servers refuse without telling the item; AWS does so when there is none.
func (w *Writer) send(ctx context.Context, in *dynamodb.PutItemInput, seen *tryObserver) (item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	_, err := w.client.PutItem(ctx, in, with(seen))
	if err == nil {
		return in.Item, nil
	}
	there, refused := inTheWay(err)
	if !refused {
		return nil, err
	}
	if len(there) > 0 {
		return there, nil
	}
	return read(ctx, w.client, w.table.Name, item(in.Item).text(attr.RunID), with(w.retryer))
}
