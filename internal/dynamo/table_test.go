package dynamo

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
)

func TestTableInput(t *testing.T) {
	in := TableInput("runs")
	got := map[string][]string{"": keyNames(in.KeySchema)}
	for _, x := range in.GlobalSecondaryIndexes {
		got[*x.IndexName] = keyNames(x.KeySchema)
		if x.Projection.ProjectionType != types.ProjectionTypeKeysOnly {
			t.Errorf("index %s holds %s", *x.IndexName, x.Projection.ProjectionType)
		}
	}
	want := map[string][]string{
		"":          {"runId HASH"},
		"created":   {"createdShard HASH", "place RANGE"},
		"family":    {"familyShard HASH", "place RANGE"},
		"group":     {"groupShard HASH", "place RANGE"},
		"startedBy": {"startedByShard HASH", "place RANGE"},
		"origin":    {"origin HASH", "place RANGE"},
		"open":      {"openShard HASH", "openPlace RANGE"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(in.AttributeDefinitions) != 9 || *in.TableName != "runs" || in.BillingMode != types.BillingModePayPerRequest {
		t.Errorf("table %s, %s, attributes %v", *in.TableName, in.BillingMode, in.AttributeDefinitions)
	}
	if s := in.StreamSpecification; !aws.ToBool(s.StreamEnabled) || s.StreamViewType != types.StreamViewTypeNewAndOldImages {
		t.Errorf("stream %v", s)
	}
}

func keyNames(schema []types.KeySchemaElement) []string {
	var names []string
	for _, k := range schema {
		names = append(names, *k.AttributeName+" "+string(k.KeyType))
	}
	return names
}
