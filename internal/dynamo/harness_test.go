package dynamo_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"davit/internal/dynamo"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/run"
	"davit/internal/storetest"
)

const tableName = "runs"

// client talks to an endpoint through a transport, with made-up credentials and nothing from the environment.
func client(endpoint string, transport http.RoundTripper) *dynamodb.Client {
	return dynamodb.NewFromConfig(aws.Config{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String(endpoint),
		HTTPClient:   &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	})
}

// fixture is a store on a fake of its own.
type fixture struct {
	*testing.T
	fake   *dynamofake.Fake
	client *dynamodb.Client
	clock  *storetest.Clock
	store  *dynamo.Store
}

func newFixture(t *testing.T, options dynamofake.Options) *fixture {
	t.Helper()
	w := &fixture{T: t, fake: dynamofake.New(options), clock: storetest.NewClock()}
	w.client = client("http://dynamodb.test", w.fake)
	if _, err := w.client.CreateTable(t.Context(), dynamo.TableInput(tableName)); err != nil {
		t.Fatal(err)
	}
	w.store = dynamo.NewStore(w.client, dynamo.Table{Name: tableName, Clock: w.clock})
	return w
}

// record is a small run.
func (w *fixture) record(id string, edits ...func(*run.Run)) *run.Run {
	r := &run.Run{
		ID: id, Incarnation: "abcdefgh", Owner: "somebody", Status: run.Submitted, CreatedAt: w.clock.Now(), Family: "sleep", Generation: 1,
	}
	for _, edit := range edits {
		edit(r)
	}
	return r
}

func (w *fixture) create(r *run.Run) *run.Run {
	w.Helper()
	stored, created, err := w.store.Create(w.Context(), r)
	if err != nil || !created {
		w.Fatalf("Create: created %v, error %v", created, err)
	}
	return stored
}

func (w *fixture) update(r *run.Run) {
	w.Helper()
	if err := w.store.Update(w.Context(), r); err != nil {
		w.Fatalf("Update: %v", err)
	}
}

func (w *fixture) get(id string) *run.Run {
	w.Helper()
	r, err := w.store.Get(w.Context(), id)
	if err != nil {
		w.Fatalf("Get: %v", err)
	}
	return r
}

// list is one page's IDs, and whether there is a next.
func (w *fixture) list(q run.Query) (ids []string, next *run.Position) {
	w.Helper()
	page, err := w.store.List(w.Context(), q)
	if err != nil {
		w.Fatalf("List: %v", err)
	}
	for _, r := range page.Runs {
		ids = append(ids, r.ID)
	}
	return ids, page.Next
}

// wantCode demands the domain's error of that code, with its cause.
func wantCode(t *testing.T, err error, want run.Code) {
	t.Helper()
	var e *run.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Fatalf("error is %v, want code %s", err, want)
	}
}

// first returns faults for the first requests of one operation, made after the fixture was set up.
func first(operation string, faults ...dynamofake.Fault) func(string, int) dynamofake.Fault {
	return func(op string, n int) dynamofake.Fault {
		if op == operation && n <= len(faults) {
			return faults[n-1]
		}
		return dynamofake.None
	}
}

// always returns one fault for every request of an operation.
func always(operation string, fault dynamofake.Fault) func(string, int) dynamofake.Fault {
	return func(op string, _ int) dynamofake.Fault {
		if op == operation {
			return fault
		}
		return dynamofake.None
	}
}
