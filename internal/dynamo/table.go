package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
)

// The indexes' names. A partition key of theirs begins with it, but for origin's.
const (
	createdIndex   = "created"
	familyIndex    = "family"
	groupIndex     = "group"
	startedByIndex = "startedBy"
	originIndex    = "origin"
	openIndex      = "open"
)

// index is one index and its keys.
type index struct{ name, shard, place string }

func indexes() []index {
	return []index{
		{createdIndex, attr.CreatedShard, attr.Place},
		{familyIndex, attr.FamilyShard, attr.Place},
		{groupIndex, attr.GroupShard, attr.Place},
		{startedByIndex, attr.StartedByShard, attr.Place},
		{originIndex, attr.Origin, attr.Place},
		{openIndex, attr.OpenShard, attr.OpenPlace},
	}
}

func indexNamed(name string) index {
	for _, x := range indexes() {
		if x.name == name {
			return x
		}
	}
	return index{}
}

// TableInput is the table that a Store needs, for tests and emulators; in AWS the template makes it. The attribute of its time to
// live, attr.Expires, is set by another call.
func TableInput(name string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:            aws.String(name),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{textAttribute(attr.RunID)},
		KeySchema:            []types.KeySchemaElement{keyElement(attr.RunID, types.KeyTypeHash)},
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}
	defined := map[string]bool{}
	for _, x := range indexes() {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName:  aws.String(x.name),
			KeySchema:  []types.KeySchemaElement{keyElement(x.shard, types.KeyTypeHash), keyElement(x.place, types.KeyTypeRange)},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		})
		for _, key := range []string{x.shard, x.place} {
			if !defined[key] {
				defined[key] = true
				in.AttributeDefinitions = append(in.AttributeDefinitions, textAttribute(key))
			}
		}
	}
	return in
}

func textAttribute(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
}

func keyElement(name string, kind types.KeyType) types.KeySchemaElement {
	return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: kind}
}
