// Package direct is a DynamoDB client over a fake, without a wire between: the SDK and two JSON codecs take most of the time of a test that
// makes ten thousand requests.
package direct

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"davit/internal/dynamo/dynamofake"
)

// Client hands the requests to the fake. It implements dynamo.API.
type Client struct{ Fake *dynamofake.Fake }

// outcome is a request's error as the SDK has it: of a context that ended, or of the reply.
func outcome(ctx context.Context, err error) error {
	var refusal *dynamofake.Refusal
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &refusal):
		return err
	case refusal.Code == "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException":
		return &types.ConditionalCheckFailedException{Message: &refusal.Message, Item: attributes(refusal.Item)}
	}
	return &smithy.GenericAPIError{Code: refusal.Code, Message: refusal.Message}
}

// GetItem reads an item.
func (c Client) GetItem(ctx context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out, err := c.Fake.GetItem(&dynamofake.GetItemInput{
		TableName: *in.TableName, Key: Values(in.Key), ConsistentRead: aws.ToBool(in.ConsistentRead),
	})
	if err = outcome(ctx, err); err != nil {
		return nil, err
	}
	return &dynamodb.GetItemOutput{Item: attributes(out.Item)}, nil
}

// PutItem writes an item under its condition.
func (c Client) PutItem(ctx context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	_, err := c.Fake.PutItem(&dynamofake.PutItemInput{
		TableName: *in.TableName, Item: Values(in.Item), ConditionExpression: aws.ToString(in.ConditionExpression),
		ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: Values(in.ExpressionAttributeValues),
		ReturnValuesOnConditionCheckFailure: string(in.ReturnValuesOnConditionCheckFailure),
	})
	return &dynamodb.PutItemOutput{}, outcome(ctx, err)
}

// Query reads an index.
func (c Client) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out, err := c.Fake.Query(&dynamofake.QueryInput{
		TableName: *in.TableName, IndexName: *in.IndexName, KeyConditionExpression: *in.KeyConditionExpression,
		ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: Values(in.ExpressionAttributeValues),
		ExclusiveStartKey: Values(in.ExclusiveStartKey), ScanIndexForward: in.ScanIndexForward, Limit: aws.Int(int(*in.Limit)),
	})
	if err = outcome(ctx, err); err != nil {
		return nil, err
	}
	return &dynamodb.QueryOutput{Items: lists(out.Items), LastEvaluatedKey: attributes(out.LastEvaluatedKey)}, nil
}

// BatchGetItem reads items of one table.
func (c Client) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	asked := map[string]dynamofake.Keys{}
	for table, k := range in.RequestItems {
		keys := dynamofake.Keys{ConsistentRead: aws.ToBool(k.ConsistentRead)}
		for _, key := range k.Keys {
			keys.Keys = append(keys.Keys, Values(key))
		}
		asked[table] = keys
	}
	reply, err := c.Fake.BatchGetItem(&dynamofake.BatchGetItemInput{RequestItems: asked})
	if err = outcome(ctx, err); err != nil {
		return nil, err
	}
	out := &dynamodb.BatchGetItemOutput{
		Responses: map[string][]map[string]types.AttributeValue{}, UnprocessedKeys: map[string]types.KeysAndAttributes{},
	}
	for table, items := range reply.Responses {
		out.Responses[table] = lists(items)
	}
	for table, k := range reply.UnprocessedKeys {
		out.UnprocessedKeys[table] = types.KeysAndAttributes{Keys: lists(k.Keys), ConsistentRead: aws.Bool(k.ConsistentRead)}
	}
	return out, nil
}

// Values returns the SDK's attributes as the fake's.
func Values(attributes map[string]types.AttributeValue) dynamofake.Item {
	if attributes == nil {
		return nil
	}
	it := dynamofake.Item{}
	for name, value := range attributes {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			it[name] = dynamofake.Value{S: &v.Value}
		case *types.AttributeValueMemberN:
			it[name] = dynamofake.Value{N: &v.Value}
		case *types.AttributeValueMemberB:
			it[name] = dynamofake.Value{B: &v.Value}
		}
	}
	return it
}

func attributes(it dynamofake.Item) map[string]types.AttributeValue {
	if it == nil {
		return nil
	}
	out := map[string]types.AttributeValue{}
	for name, v := range it {
		switch {
		case v.S != nil:
			out[name] = &types.AttributeValueMemberS{Value: *v.S}
		case v.N != nil:
			out[name] = &types.AttributeValueMemberN{Value: *v.N}
		case v.B != nil:
			out[name] = &types.AttributeValueMemberB{Value: *v.B}
		}
	}
	return out
}

func lists(items []dynamofake.Item) []map[string]types.AttributeValue {
	out := make([]map[string]types.AttributeValue, len(items))
	for i, it := range items {
		out[i] = attributes(it)
	}
	return out
}
