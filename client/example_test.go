package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"davit/client"
)

// davit stands for a Davit whose run succeeds at once.
func davit() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"type":"invalid-request","title":"The request breaks one or more rules"}`)
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusAccepted)
			_, _ = fmt.Fprint(w, `{"runId":"k7dq2mrxw3h5nfa6yzj4tbcevu","status":"SUBMITTED"}`)
		case r.URL.Path == "/runs":
			_, _ = fmt.Fprint(w, `{"runs":[{"runId":"k7dq2mrxw3h5nfa6yzj4tbcevu","status":"SUCCEEDED","family":"settlement"}]}`)
		case r.URL.Path == "/runs/k7dq2mrxw3h5nfa6yzj4tbcevu/logs" && r.URL.Query().Get("cursor") == "":
			_, _ = fmt.Fprint(w, `{"events":[{"at":"2026-11-30T02:00:41.1Z","attempt":1,"task":"0a90","container":"worker","text":"fetching 2026-11"}],"nextCursor":"AWg2","complete":false}`)
		case r.URL.Path == "/runs/k7dq2mrxw3h5nfa6yzj4tbcevu/logs":
			_, _ = fmt.Fprint(w, `{"events":[{"at":"2026-11-30T02:04:10.9Z","attempt":1,"task":"0a90","container":"worker","text":"84,112 rows"}],"complete":true}`)
		case r.URL.Path == "/runs/k7dq2mrxw3h5nfa6yzj4tbcevu":
			_, _ = fmt.Fprint(w, `{"runId":"k7dq2mrxw3h5nfa6yzj4tbcevu","status":"SUCCEEDED","statusReason":"the task succeeded","exitCode":0}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, `{"type":"not-found","title":"There is no such thing here","detail":"no such run"}`)
		}
	}))
}

func ExampleClient_Submit() {
	server := davit()
	defer server.Close()
	c := &client.Client{URL: server.URL} // for a stack: URL is its output ApiAddress, and Sign is that of package client/sigv4
	run, err := c.Submit(context.Background(), []byte(`{"taskDefinition": "settlement"}`), "month-end-2026-11")
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err = c.Wait(context.Background(), run.ID, nil)
	fmt.Println(run.Status, *run.ExitCode, err)
	// Output: SUCCEEDED 0 <nil>
}

func ExampleClient_Follow() {
	server := davit()
	defer server.Close()
	c := &client.Client{URL: server.URL}
	query := client.LogQuery{Unavailable: func(u client.Unavailable) { fmt.Println("cannot be read:", u.Container, u.Reason) }}
	for line, err := range c.Follow(context.Background(), "k7dq2mrxw3h5nfa6yzj4tbcevu", query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(line.Container, "|", line.Text)
	}
	// Output:
	// worker | fetching 2026-11
	// worker | 84,112 rows
}

func ExampleClient_Runs() {
	server := davit()
	defer server.Close()
	c := &client.Client{URL: server.URL}
	lastNight := client.Filter{Family: "settlement", Statuses: []client.Status{client.Succeeded, client.Failed}, CreatedAfter: time.Now().Add(-12 * time.Hour)}
	for run, err := range c.Runs(context.Background(), lastNight) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(run.ID, run.Status)
	}
	// Output: k7dq2mrxw3h5nfa6yzj4tbcevu SUCCEEDED
}

func ExampleProblem() {
	server := davit()
	defer server.Close()
	c := &client.Client{URL: server.URL}
	_, err := c.Get(context.Background(), "another")
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Type == "not-found" {
		fmt.Println(problem)
	}
	// Output: 404 There is no such thing here: no such run
}
