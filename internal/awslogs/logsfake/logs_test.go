package logsfake_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/smithy-go"

	"davit/internal/awslogs/logsfake"
)

var began = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// fixture is a fake with a clock of its own and a client of it.
type fixture struct {
	*logsfake.Logs
	client *cloudwatchlogs.Client
	now    time.Time
}

func setup(o logsfake.Options) *fixture {
	fx := &fixture{now: began}
	o.Now = func() time.Time { return fx.now }
	fx.Logs = logsfake.New(o)
	fx.client = cloudwatchlogs.New(cloudwatchlogs.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://logs.test"), HTTPClient: &http.Client{Transport: fx.Logs},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), Retryer: aws.NopRetryer{},
	})
	return fx
}

func (fx *fixture) get(t *testing.T, token *string, change func(*cloudwatchlogs.GetLogEventsInput)) (*cloudwatchlogs.GetLogEventsOutput, error) {
	t.Helper()
	in := &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), StartFromHead: aws.Bool(true), NextToken: token,
	}
	if change != nil {
		change(in)
	}
	return fx.client.GetLogEvents(t.Context(), in)
}

func (fx *fixture) page(t *testing.T, token *string, change func(*cloudwatchlogs.GetLogEventsInput)) (messages string, out *cloudwatchlogs.GetLogEventsOutput) {
	t.Helper()
	out, err := fx.get(t, token, change)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range out.Events {
		all = append(all, *e.Message)
	}
	return strings.Join(all, " "), out
}

func lines(from, to int) (events []logsfake.Event) {
	for i := from; i <= to; i++ {
		events = append(events, logsfake.Event{At: began.Add(time.Duration(i) * time.Second), Message: fmt.Sprint(i)})
	}
	return events
}

func TestGet_ForwardToken_RepeatsAtTheEnd(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put("g", "s", lines(1, 3)...)
	two := func(in *cloudwatchlogs.GetLogEventsInput) { in.Limit = aws.Int32(2) }
	first, a := fx.page(t, nil, two)
	second, b := fx.page(t, a.NextForwardToken, two)
	third, c := fx.page(t, b.NextForwardToken, two)
	if got := [3]string{first, second, third}; got != [3]string{"1 2", "3", ""} {
		t.Errorf("pages are %q, want 1 2, 3 and none", got)
	}
	if *c.NextForwardToken != *b.NextForwardToken {
		t.Errorf("token at the end is %s, want %s again", *c.NextForwardToken, *b.NextForwardToken)
	}
	fx.Put("g", "s", lines(4, 4)...)
	if got, _ := fx.page(t, c.NextForwardToken, two); got != "4" {
		t.Errorf("the token goes on with %q, want 4", got)
	}
}

func TestGet_Backward_ReadsTheLastFirst(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put("g", "s", lines(1, 5)...)
	two := func(in *cloudwatchlogs.GetLogEventsInput) { in.StartFromHead, in.Limit = nil, aws.Int32(2) }
	first, a := fx.page(t, nil, two)
	second, b := fx.page(t, a.NextBackwardToken, two)
	third, c := fx.page(t, b.NextBackwardToken, two)
	fourth, d := fx.page(t, c.NextBackwardToken, two)
	if got := [4]string{first, second, third, fourth}; got != [4]string{"4 5", "2 3", "1", ""} {
		t.Errorf("pages are %q, want 4 5, 2 3, 1 and none", got)
	}
	if *d.NextBackwardToken != *c.NextBackwardToken {
		t.Errorf("token at the head is %s, want %s again", *d.NextBackwardToken, *c.NextBackwardToken)
	}
	fx.Put("g", "s", lines(6, 6)...)
	if got, _ := fx.page(t, a.NextForwardToken, nil); got != "6" {
		t.Errorf("the forward token of the first page goes on with %q, want 6", got)
	}
}

func TestGet_Delay_HidesUntilIngested(t *testing.T) {
	fx := setup(logsfake.Options{Delay: 3 * time.Second})
	fx.Put("g", "s", lines(1, 1)...)
	before, a := fx.page(t, nil, nil)
	fx.now = fx.now.Add(3 * time.Second)
	after, _ := fx.page(t, a.NextForwardToken, nil)
	if before != "" || after != "1" {
		t.Errorf("got %q before and %q after the delay, want none and 1", before, after)
	}
}

func TestGet_PauseLongerThanSpan_IsAnEmptyPage(t *testing.T) {
	fx := setup(logsfake.Options{Span: time.Minute})
	fx.Put("g", "s", lines(1, 1)...)
	fx.Put("g", "s", lines(3600, 3601)...)
	var got []string
	token, last := (*string)(nil), ""
	for range 10 {
		messages, out := fx.page(t, token, func(in *cloudwatchlogs.GetLogEventsInput) { in.StartTime = aws.Int64(began.UnixMilli()) })
		got = append(got, messages)
		if token = out.NextForwardToken; *token == last {
			break
		}
		last = *token
	}
	if text := strings.Join(got, "|"); text != "1||3600 3601|" {
		t.Errorf("pages are %s, want 1, an empty one, 3600 3601, and the end", text)
	}
}

func TestGet_PageOfMoreThanAMegabyte_IsCut(t *testing.T) {
	fx := setup(logsfake.Options{})
	for i := range 3 {
		fx.Put("g", "s", logsfake.Event{At: began.Add(time.Duration(i) * time.Second), Message: strings.Repeat("x", 500_000)})
	}
	_, out := fx.page(t, nil, nil)
	if len(out.Events) != 2 {
		t.Errorf("%d events of 500 kB are in a page, want 2", len(out.Events))
	}
}

func TestGet_Refusals(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put("g", "s", lines(1, 1)...)
	_, out := fx.page(t, nil, nil)
	tests := []struct {
		name   string
		token  *string
		change func(*cloudwatchlogs.GetLogEventsInput)
		code   string
	}{
		{"group", nil, func(in *cloudwatchlogs.GetLogEventsInput) { in.LogGroupName = aws.String("other") }, "ResourceNotFoundException"},
		{"stream", nil, func(in *cloudwatchlogs.GetLogEventsInput) { in.LogStreamName = aws.String("other") }, "ResourceNotFoundException"},
		{"token", aws.String("f/1"), nil, "InvalidParameterException"},
		{"backward", out.NextForwardToken, func(in *cloudwatchlogs.GetLogEventsInput) { in.StartFromHead = nil }, "InvalidParameterException"},
		{"limit", nil, func(in *cloudwatchlogs.GetLogEventsInput) { in.Limit = aws.Int32(10_001) }, "InvalidParameterException"},
		{"old token", out.NextForwardToken, func(*cloudwatchlogs.GetLogEventsInput) { fx.now = fx.now.Add(25 * time.Hour) }, "InvalidParameterException"},
		{"throttled", nil, func(*cloudwatchlogs.GetLogEventsInput) { fx.Throttle(1) }, "ThrottlingException"},
	}
	for _, test := range tests {
		_, err := fx.get(t, test.token, test.change)
		var refusal smithy.APIError
		if !errors.As(err, &refusal) || refusal.ErrorCode() != test.code {
			t.Errorf("%s: error is %v, want %s", test.name, err, test.code)
		}
	}
	if _, err := fx.get(t, nil, nil); err != nil {
		t.Errorf("after the throttle: %v", err)
	}
}
