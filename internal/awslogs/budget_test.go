package awslogs_test

import (
	"context"
	"testing"
	"time"

	"davit/internal/awslogs"
	"davit/internal/awslogs/logsfake"
	"davit/internal/logs"
)

// readerFunc is a reader of pages that calls the source itself.
type readerFunc func(ctx context.Context) error

// Logs implements the Reader of awslogs.Requests.
func (f readerFunc) Logs(ctx context.Context, _ logs.Request) (logs.Page, error) {
	return logs.Page{}, f(ctx)
}

func TestRequests_EachMakesEightCalls_AndKeepsPositions(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 20)...)
	texts, states := "", [3]int{}
	var after logs.Position
	request := awslogs.Requests{Reader: readerFunc(func(ctx context.Context) error {
		for range 10 {
			b, err := fx.source.Read(ctx, stream(), logs.Query{After: after, Records: 1, Bytes: 100})
			if err != nil {
				return err
			}
			states[b.State]++
			for _, r := range b.Records {
				texts += r.Text + " "
			}
			if b.Next != "" {
				after = b.Next
			}
		}
		return nil
	})}
	for range 2 {
		if _, err := request.Logs(t.Context(), logs.Request{}); err != nil {
			t.Fatal(err)
		}
	}
	if want := "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 "; texts != want {
		t.Errorf("got %q, want %q", texts, want)
	}
	if n := len(fx.Calls()); n != 16 {
		t.Errorf("%d calls, want 16", n)
	}
	if got := states[logs.Throttled]; got != 4 {
		t.Errorf("%d reads are throttled, want 4", got)
	}
}

func TestRequests_TailOfLongLines_StopsAtTheLimit(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, long(200)...)
	fx.now = began.Add(time.Hour)
	request := awslogs.Requests{Reader: readerFunc(func(ctx context.Context) error {
		tail, err := fx.source.Tail(ctx, stream(), 200, time.Time{})
		if n := len(tail.Marks); err == nil && (n < 100 || n > 150) {
			t.Errorf("%d marks, want those of eight megabytes", n)
		}
		return err
	})}
	if _, err := request.Logs(t.Context(), logs.Request{}); err != nil {
		t.Fatal(err)
	}
	if n := len(fx.Calls()); n != 8 {
		t.Errorf("%d calls, want 8", n)
	}
}
