package sim

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"davit/internal/dynamo"
	"davit/internal/dynamo/attr"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/dynamo/dynamofake/direct"
	"davit/internal/run"
)

const tableName = "runs"

// database is the table, its indexes, which lag, and its stream.
type database struct {
	w     *world
	api   direct.Client
	items map[string]dynamofake.Item

	mu    sync.Mutex // of views: an index is read by many goroutines of one process at once
	views map[string][]version
	keys  []string // of views, in the order of their creation
}

// version is an item from when the indexes show it.
type version struct {
	from time.Time
	item dynamofake.Item
}

func newDatabase(w *world) *database {
	d := &database{w: w, items: map[string]dynamofake.Item{}, views: map[string][]version{}}
	d.api = direct.Client{Fake: dynamofake.New(dynamofake.Options{Indexed: d.indexed})}
	setup := dynamodb.NewFromConfig(aws.Config{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://dynamodb.test"), HTTPClient: &http.Client{Transport: d.api.Fake},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	})
	if _, err := setup.CreateTable(context.Background(), dynamo.TableInput(tableName)); err != nil {
		panic(err) // the fake refuses a table that it has always taken
	}
	return d
}

// indexed is what the indexes show: of each item the newest version that has reached them.
func (d *database) indexed([]dynamofake.Item) []dynamofake.Item {
	d.mu.Lock()
	defer d.mu.Unlock()
	var shown []dynamofake.Item
	for _, key := range d.keys {
		versions := d.views[key]
		for i := len(versions) - 1; i >= 0; i-- {
			if !versions[i].from.After(d.w.now) {
				shown = append(shown, versions[i].item)
				d.views[key] = versions[i:]
				break
			}
		}
	}
	return shown
}

// written keeps what a put wrote for the indexes and the stream.
func (d *database) written(it dynamofake.Item) {
	key := it.Text(attr.RunID)
	if !strings.HasPrefix(key, attr.LockPrefix) {
		d.mu.Lock()
		if d.views[key] == nil {
			d.keys = append(d.keys, key)
		}
		from := d.w.now
		if d.w.indexLag > 0 && d.w.faulty() {
			from = from.Add(d.w.upTo(d.w.indexLag))
		}
		if n := len(d.views[key]); n > 0 && d.views[key][n-1].from.After(from) {
			from = d.views[key][n-1].from
		}
		d.views[key] = append(d.views[key], version{from, it})
		d.mu.Unlock()
		d.w.stream.add(d.items[key], it)
	}
	d.items[key] = it
}

// client is the table as one process sees it. It implements dynamo.API.
type client struct {
	p *process
	direct.Client
}

// request makes a call with the repetitions that the options' retryer asks for.
func (c client) request(ctx context.Context, seam Seam, what string, tune []func(*dynamodb.Options), do func() any) (any, error) {
	var o dynamodb.Options
	for _, set := range tune {
		set(&o)
	}
	f := c.p.w.fate(seam)
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out := c.p.try(seam, what, f, do)
		err := c.failure(out)
		if err == nil {
			return out.value, nil
		}
		if c.p.dead || try >= 5 || !o.Retryer.IsErrorRetryable(err) {
			return nil, err
		}
		if !f.sticky {
			f = fate{}
		}
		c.p.sleep(c.p.w.upTo(50 * time.Millisecond << try))
	}
}

// answer is what the fake replied.
type answer[T any] struct {
	out *T
	err error
}

// failure is the error that the SDK makes of a reply.
func (c client) failure(r reply) error {
	switch r.fault {
	case None:
		return nil
	case DieBefore, DieAfter:
		return errDied
	case Throttle:
		return &smithy.GenericAPIError{Code: "ProvisionedThroughputExceededException", Message: "throttled"}
	case ServerFault:
		return &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusInternalServerError}},
			Err:      &smithy.GenericAPIError{Code: "InternalServerError", Message: "server", Fault: smithy.FaultServer},
		}
	default:
		return &smithyhttp.RequestSendError{Err: errors.New("the connection broke")}
	}
}

// GetItem implements dynamo.API.
func (c client) GetItem(ctx context.Context, in *dynamodb.GetItemInput, tune ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	key := direct.Values(in.Key).Text(attr.RunID)
	v, err := c.request(ctx, GetItem, short(key), tune, func() any {
		out, err := c.Client.GetItem(context.Background(), in)
		return answer[dynamodb.GetItemOutput]{out, err}
	})
	if err != nil {
		return nil, err
	}
	a := v.(answer[dynamodb.GetItemOutput])
	return a.out, a.err
}

// PutItem implements dynamo.API.
func (c client) PutItem(ctx context.Context, in *dynamodb.PutItemInput, tune ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	it := direct.Values(in.Item)
	key, view, w := it.Text(attr.RunID), c.p.view, c.p.w
	seam, what := UpdateItem, short(key)+" "+view.text()
	switch {
	case strings.HasPrefix(key, attr.LockPrefix):
		seam, what = PutLock, "lock "+view.lockText()
	case strings.Contains(aws.ToString(in.ConditionExpression), "#id"):
		seam = CreateItem
	}
	v, err := c.request(ctx, seam, what, tune, func() any {
		out, err := c.Client.PutItem(context.Background(), in)
		result := "written"
		if err == nil {
			w.db.written(it)
			w.judge.wrote(c.p, it, view)
		} else {
			result = "condition fails"
		}
		w.note(c.p, seam, what, result)
		return answer[dynamodb.PutItemOutput]{out, err}
	})
	if err != nil {
		return nil, err
	}
	a := v.(answer[dynamodb.PutItemOutput])
	return a.out, a.err
}

// Query implements dynamo.API. It is called by goroutines of its own, so what goes wrong was drawn before.
func (c client) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if c.p.read != nil {
		return nil, c.p.read
	}
	return c.Client.Query(context.Background(), in)
}

// store is run.Store for one process: package dynamo's, which is told what it is about to write.
type store struct {
	*dynamo.Store
	p *process
}

func (p *process) store() run.Store {
	return store{dynamo.NewStore(client{p, p.w.db.api}, dynamo.Table{Name: tableName, Clock: p}), p}
}

func (s store) Create(ctx context.Context, r *run.Run) (*run.Run, bool, error) {
	s.p.view = summarize(r)
	return s.Store.Create(ctx, r)
}

func (s store) Update(ctx context.Context, r *run.Run) error {
	s.p.view = summarize(r)
	return s.Store.Update(ctx, r)
}

func (s store) PutLock(ctx context.Context, l *run.Lock) error {
	s.p.view = summary{lock: cloneLock(l)}
	return s.Store.PutLock(ctx, l)
}

func (s store) Open(ctx context.Context, due time.Time, limit int, after *run.OpenPosition) (run.OpenPage, error) {
	r := s.p.call(QueryIndex, "open", 5, func() any { return nil })
	s.p.read = client{p: s.p}.failure(r)
	return s.Store.Open(ctx, due, limit, after)
}

// short is what a trace shows of an id.
func short(id string) string {
	if strings.HasPrefix(id, attr.LockPrefix) {
		return "lock"
	}
	return id[:min(len(id), 6)]
}
