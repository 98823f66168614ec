package dynamo

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// emptyLock is how long the item of a lock that nobody holds is kept. A version that began anew at once could be the one that some
// writer read of the lock before.
const emptyLock = 24 * time.Hour

// Locker keeps the locks of overlap keys, an item each.
type Locker struct {
	writer *Writer
}

// NewLocker makes a Locker of a client.
func NewLocker(client PutAPI, table Table) *Locker { return &Locker{NewWriter(client, table)} }

// lockID is the item of an overlap key, hashed where it would be too long for a key.
func lockID(key string) string { return attr.LockPrefix + keyValue(key) }

// Lock implements run.Store: one consistent read.
func (k *Locker) Lock(ctx context.Context, key string) (*run.Lock, error) {
	l, err := k.lock(ctx, key)
	if err != nil {
		return nil, translate(ctx, "lock", err)
	}
	return l, nil
}

func (k *Locker) lock(ctx context.Context, key string) (*run.Lock, error) {
	l := &run.Lock{Key: key}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := k.writer
	it, err := read(ctx, w.client, w.table.Name, lockID(key), with(w.retryer))
	if err != nil || it == nil || it.expired(w.table.now()) {
		return l, err
	}
	body, ok := it[attr.Body].(*types.AttributeValueMemberB)
	if !ok {
		return nil, fmt.Errorf("%w: a lock without a body", errDamaged)
	}
	return l, unpackInto(body.Value, l)
}

// PutLock implements run.Store. CodeTooLarge: the item would be over 300,000 bytes. CodeThrottled means that nothing was written.
func (k *Locker) PutLock(ctx context.Context, l *run.Lock) error {
	seen := &tryObserver{RetryerV2: k.writer.retryer}
	if err := k.putLock(ctx, l, seen); err != nil {
		return translate(ctx, "put lock", seen.markUnclear(err))
	}
	l.Version++
	return nil
}

func (k *Locker) putLock(ctx context.Context, l *run.Lock, seen *tryObserver) error {
	w := k.writer
	now := w.table.now()
	next, err := encodeLock(l, now)
	if err != nil {
		return err
	}
	in := w.put(next, mayUpdate)
	in.ExpressionAttributeNames = map[string]string{"#version": attr.Version, "#expires": attr.Expires}
	in.ExpressionAttributeValues = item{":version": number(l.Version), ":now": number(now.Unix())}
	if l.Version == 0 {
		in.ConditionExpression = aws.String(mayCreate)
		in.ExpressionAttributeNames = map[string]string{"#id": attr.RunID, "#expires": attr.Expires}
		in.ExpressionAttributeValues = item{":now": number(now.Unix())}
	}
	there, err := w.send(ctx, in, seen)
	switch {
	case err != nil:
		return err
	case sameWrite(there, next):
		return nil
	default:
		return run.ErrConflict
	}
}

func encodeLock(l *run.Lock, now time.Time) (item, error) {
	c := *l
	c.Version++
	body, err := pack(&c)
	if err != nil {
		return nil, err
	}
	it := item{
		attr.RunID: text(lockID(l.Key)), attr.Version: number(c.Version), attr.WriteID: text(rand.Text()),
		attr.Body: &types.AttributeValueMemberB{Value: body},
	}
	if l.Empty() {
		it[attr.Expires] = number(now.Add(emptyLock).Unix())
	}
	if size := it.size(); size > maxItem {
		return nil, &run.Error{Code: run.CodeTooLarge, Message: fmt.Sprintf("too many runs wait for one overlap key: %d bytes compressed; allowed: %d", size, maxItem)}
	}
	return it, nil
}
