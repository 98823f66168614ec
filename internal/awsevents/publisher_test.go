package awsevents_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/google/go-cmp/cmp"

	"davit/internal/awsevents"
)

type entry struct{ EventBusName, Source, DetailType, Detail string }

// bus is EventBridge in the test's process. It takes every entry but those of which refuse says a code.
type bus struct {
	refuse func(e entry) string
	breaks func(call int) error
	short  bool
	calls  [][]entry
}

func (b *bus) RoundTrip(r *http.Request) (*http.Response, error) {
	var in struct{ Entries []entry }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	if r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" {
		return nil, fmt.Errorf("asked for %s", r.Header.Get("X-Amz-Target"))
	}
	b.calls = append(b.calls, in.Entries)
	if b.breaks != nil {
		if err := b.breaks(len(b.calls)); err != nil {
			return nil, err
		}
	}
	var results []string
	for _, e := range in.Entries {
		if code := b.code(e); code != "" {
			results = append(results, fmt.Sprintf(`{"ErrorCode":%q,"ErrorMessage":"refused"}`, code))
		} else {
			results = append(results, `{"EventId":"11710aed-b79e-4468-a20b-bb3c0c3b4860"}`)
		}
	}
	if b.short {
		results = results[1:]
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"FailedEntryCount":0,"Entries":[` + strings.Join(results, ",") + `]}`)),
	}, nil
}

func (b *bus) code(e entry) string {
	if b.refuse == nil {
		return ""
	}
	return b.refuse(e)
}

func (b *bus) publisher() *awsevents.Publisher {
	return awsevents.New(eventbridge.NewFromConfig(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://events.test"), HTTPClient: &http.Client{Transport: b},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}), "davit-bus", "Davit Run Status Change")
}

func details(n int) []json.RawMessage {
	var all []json.RawMessage
	for i := range n {
		all = append(all, fmt.Appendf(nil, `{"n":%d}`, i))
	}
	return all
}

func TestEventsGoOutTenAtATime(t *testing.T) {
	for _, n := range []int{0, 1, 10, 11, 25} {
		b := &bus{}
		errs := b.publisher().Publish(t.Context(), details(n))
		var sent []entry
		for _, call := range b.calls {
			if len(call) > 10 {
				t.Errorf("%d entries in one call", len(call))
			}
			sent = append(sent, call...)
		}
		switch {
		case len(b.calls) != (n+9)/10:
			t.Fatalf("%d: len(b.calls) is %v, want %v", n, len(b.calls), (n+9)/10)
		case len(sent) != n:
			t.Fatalf("%d: len(sent) is %v, want %v", n, len(sent), n)
		case len(errs) != n:
			t.Fatalf("%d: len(errs) is %v, want %v", n, len(errs), n)
		case errors.Join(errs...) != nil:
			t.Fatalf("%d: errors.Join(errs...) is not nil", n)
		}
		for i, e := range sent {
			want := entry{"davit-bus", "davit", "Davit Run Status Change", fmt.Sprintf(`{"n":%d}`, i)}
			if diff := cmp.Diff(want, e); diff != "" {
				t.Errorf("entry %d (-want +got):\n%s", i, diff)
			}
		}
	}
}

func TestEachEventHasItsOwnError(t *testing.T) {
	b := &bus{refuse: func(e entry) string {
		if e.Detail == `{"n":3}` || e.Detail == `{"n":12}` {
			return "ThrottlingException"
		}
		return ""
	}}
	for i, err := range b.publisher().Publish(t.Context(), details(14)) {
		if refused := i == 3 || i == 12; refused != (err != nil) || (err != nil && !strings.Contains(err.Error(), "ThrottlingException")) {
			t.Errorf("event %d: %v", i, err)
		}
	}
}

func TestACallThatFailsLeavesTheOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bus{breaks: func(call int) error {
			if call >= 2 && call <= 4 { // the second batch, with the SDK's tries
				return errors.New("connection reset")
			}
			return nil
		}}
		errs := b.publisher().Publish(t.Context(), details(25))
		for i, err := range errs {
			if failed := i >= 10 && i < 20; failed != (err != nil) {
				t.Errorf("event %d: %v", i, err)
			}
		}
	})
}

func TestAReplyThatIsTooShortIsNotBelieved(t *testing.T) {
	b := &bus{short: true}
	for i, err := range b.publisher().Publish(t.Context(), details(3)) {
		if err == nil {
			t.Errorf("event %d counts as taken", i)
		}
	}
}
