package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestList(t *testing.T) {
	var got run.ListRequest
	result := run.List{}
	c := &cases{t: t, list: func(req run.ListRequest) (run.List, error) {
		got = req
		return result, nil
	}}
	h := c.handler(httpapi.Options{})
	tests := []struct {
		name, query string
		want        run.ListRequest
	}{
		{"nothing", "", run.ListRequest{}},
		{"stray separators", "?&&", run.ListRequest{}},
		{"status and group", "?status=RUNNING&group=a%26b+c%C3%A9&limit=100", run.ListRequest{Status: "RUNNING", Group: "a&b cé", Limit: 100}},
		{"family and cursor", "?family=f&cursor=abc_-&limit=1", run.ListRequest{Family: "f", Cursor: "abc_-", Limit: 1}},
		{"a key", "?key=month%20end%2F11", run.ListRequest{Key: "month end/11"}},
		{"several statuses", "?status=FAILED,TIMED_OUT%2CLOST&class=EXIT:1", run.ListRequest{Status: "FAILED,TIMED_OUT,LOST", Class: "EXIT:1"}},
		{"open", "?open=true&schedule=month%20end", run.ListRequest{Open: true, Schedule: "month end"}},
		{"not open", "?open=false&rerunOf=" + runID, run.ListRequest{RerunOf: runID}},
		{
			"times", "?createdAfter=2026-11-30T02:00:00Z&createdBefore=2026-11-30T04:00:00.5%2B01:00",
			run.ListRequest{CreatedAfter: "2026-11-30T02:00:00Z", CreatedBefore: "2026-11-30T04:00:00.5+01:00"},
		},
		{"an encoded name", "?started%42y=me", run.ListRequest{StartedBy: "me"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := call{method: "GET", target: "/runs" + test.query}.to(h)
			test.want.Caller = caller
			wantStatus(t, w, http.StatusOK)
			wantRequest(t, test.want, got)
			wantBody(t, w, `{"runs":[]}`+"\n")
		})
	}
	t.Run("summaries", func(t *testing.T) {
		result = run.List{Runs: []*run.Run{sample(), sample()}, NextCursor: "next"}
		w := call{method: "GET", target: "/runs"}.to(h)
		const one = `{"runId":"abcdefghijklmnopqrstuvwxyz","owner":"arn:aws:iam::123456789012:role/team","status":"FAILED","statusReason":"it <failed> & ended","class":"EXIT:3",` +
			`"createdAt":"2026-01-02T03:04:05.000Z","startedAt":"2026-01-02T03:04:06.120Z","stoppedAt":"2026-01-02T03:05:00.000Z","exitCode":3,"idempotencyKey":"key-1",` +
			`"family":"nightly","group":"g","startedBy":"me","count":2,"tries":2,"maxTries":3}`
		wantBody(t, w, `{"runs":[`+one+","+one+`],"nextCursor":"next"}`+"\n")
	})
}

func TestListRefuses(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	tests := []struct {
		query string
		want  []string
	}{
		{"limit=0", []string{"query:limit DV-12"}},
		{"limit=101", []string{"query:limit DV-12"}},
		{"limit=-1", []string{"query:limit DV-12"}},
		{"limit=%2B5", []string{"query:limit DV-12"}},
		{"limit=05", []string{"query:limit DV-12"}},
		{"limit=1.0", []string{"query:limit DV-12"}},
		{"limit=99999999999999999999", []string{"query:limit DV-12"}},
		{"limit=", []string{"query:limit DV-12"}},
		{"limit", []string{"query:limit DV-12"}},
		{"status=running", []string{"query:status DV-12"}},
		{"status=", []string{"query:status DV-12"}},
		{"status=RUNNING,", []string{"query:status DV-12"}},
		{"status=RUNNING&status=FAILED", []string{"query:status DV-12"}},
		{"status=" + strings.Repeat("RUNNING,", 40) + "RUNNING", []string{"query:status DV-12"}},
		{"class=exit:1", []string{"query:class DV-12"}},
		{"open=yes", []string{"query:open DV-12"}},
		{"open=true&status=FAILED", []string{"query:status DV-12"}},
		{"createdAfter=yesterday&createdBefore=2026-11-30", []string{"query:createdAfter DV-12", "query:createdBefore DV-12"}},
		{"createdBefore=2026-11-30T04:00:00+01:00", []string{"query:createdBefore DV-12"}},
		{"schedule=a&rerunOf=" + runID, []string{"query:schedule DV-12"}},
		{"rerunOf=abc", []string{"query:rerunOf DV-12"}},
		{"schedule=" + strings.Repeat("a", 256), []string{"query:schedule DV-12"}},
		{"key=k&open=true&limit=0", []string{"query:key DV-12", "query:limit DV-12"}},
		{"cursor=", []string{"query:cursor DV-12"}},
		{"cursor=" + strings.Repeat("a", 5000), []string{"query:cursor DV-11"}},
		{"group=" + strings.Repeat("a", 256), []string{"query:group DV-12"}},
		{"limit=1&limit=1", []string{"query:limit DV-12"}},
		{"Limit=1", []string{"query:Limit DV-12"}},
		{"limit=1;status=RUNNING", []string{"query:limit DV-12"}},
		{"family=%zz", []string{"query:family DV-12"}},
		{"family=%ff", []string{"query:family DV-12"}},
		{"family=\xff", []string{"query:family DV-12"}},
		{"%zz=1", []string{"query: DV-12"}},
		{"%ff=1", []string{"query: DV-12"}},
		{"=1", []string{"query: DV-12"}},
		{"limit=0&status=x&nope=1", []string{"query:nope DV-12", "query:status DV-12", "query:limit DV-12"}},
		{strings.Repeat("a=1&", 100), strings.Split(strings.Repeat("query:a DV-12|", 19)+"query:a DV-12", "|")},
	}
	for _, test := range tests {
		t.Run(test.query[:min(len(test.query), 30)], func(t *testing.T) {
			w := call{method: "GET", target: "/runs?" + test.query}.to(h)
			wantErrors(t, wantProblem(t, w, http.StatusBadRequest, "invalid-request"), test.want...)
		})
	}
}

// Routes that take no parameters refuse them.
func TestNoParameters(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	for _, q := range []call{
		{method: "GET", target: "/runs/" + runID + "?verbose=1"},
		{method: "POST", target: "/runs/" + runID + "/stop?verbose=1"},
		{method: "POST", target: "/task-definitions?verbose=1", body: "{}"},
	} {
		wantErrors(t, wantProblem(t, q.to(h), http.StatusBadRequest, "invalid-request"), "query:verbose DV-12")
	}
}
