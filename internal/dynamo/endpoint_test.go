package dynamo_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"davit/internal/dynamo"
	"davit/internal/storetest"
)

// endpointVariable names a DynamoDB endpoint of somebody else's on this machine, for example http://127.0.0.1:5000.
const endpointVariable = "DAVIT_TEST_DYNAMODB"

// fewRecordsVariable, when it is set, is the suite's switch for a slow endpoint (storetest.Harness.FewRecords).
const fewRecordsVariable = "DAVIT_TEST_DYNAMODB_FEW_RECORDS"

func TestConformanceOnEndpoint(t *testing.T) {
	endpoint := os.Getenv(endpointVariable)
	if endpoint == "" {
		t.Skip(endpointVariable + " is not set; scripts/dynamo-emulators.sh starts emulators and sets it")
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	c := client(endpoint, transport)
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		clock := storetest.NewClock()
		store := dynamo.NewStore(c, dynamo.Table{Name: makeTable(t, c), Clock: clock})
		return storetest.Harness{Store: store, Clock: clock, Eventually: 2 * time.Second, FewRecords: os.Getenv(fewRecordsVariable) != ""}
	})
}

// makeTable makes a table of its own for one test, which is deleted with it.
func makeTable(t *testing.T, c *dynamodb.Client) string {
	t.Helper()
	name := "davit-test-" + strings.ToLower(rand.Text()[:12])
	if _, err := c.CreateTable(t.Context(), dynamo.TableInput(name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: aws.String(name)}); err != nil {
			t.Errorf("delete %s: %v", name, err)
		}
	})
	there := dynamodb.NewTableExistsWaiter(c, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, time.Second
	})
	if err := there.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(name)}, time.Minute); err != nil {
		t.Fatal(err)
	}
	return name
}
