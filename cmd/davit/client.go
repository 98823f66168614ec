package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client calls Davit's HTTP API.
type client struct {
	base string
	http *http.Client
}

func newClient(addr string) client {
	return client{base: "http://" + addr, http: &http.Client{Timeout: 30 * time.Second}}
}

// runInfo is the part of a run that the demo shows.
type runInfo struct {
	RunID        string    `json:"runId"`
	Status       string    `json:"status"`
	StatusReason string    `json:"statusReason"`
	Class        string    `json:"class"`
	ExitCode     *int      `json:"exitCode"`
	CreatedAt    time.Time `json:"createdAt"`
	StoppedAt    time.Time `json:"stoppedAt"`
	Attempts     []struct {
		Number int        `json:"number"`
		Tasks  []taskInfo `json:"tasks"`
	} `json:"attempts"`
}

// taskInfo is the part of a task that the demo shows.
type taskInfo struct {
	TaskARN       string `json:"taskArn"`
	LastStatus    string `json:"lastStatus"`
	StopCode      string `json:"stopCode"`
	StoppedReason string `json:"stoppedReason"`
	Containers    []struct {
		Name       string `json:"name"`
		LastStatus string `json:"lastStatus"`
		ExitCode   *int   `json:"exitCode"`
		Reason     string `json:"reason"`
		Log        struct {
			File string `json:"file"`
		} `json:"log"`
	} `json:"containers"`
}

func (c client) register(ctx context.Context, definition []byte) error {
	var out json.RawMessage
	return c.call(ctx, http.MethodPost, "/task-definitions", definition, &out)
}

func (c client) submit(ctx context.Context, body []byte) (runInfo, error) {
	var out runInfo
	return out, c.call(ctx, http.MethodPost, "/runs", body, &out)
}

func (c client) get(ctx context.Context, id string) (runInfo, error) {
	var out runInfo
	return out, c.call(ctx, http.MethodGet, "/runs/"+id, nil, &out)
}

// refresh returns the run's current state, or r with an error.
func (c client) refresh(ctx context.Context, r runInfo) (runInfo, error) {
	now, err := c.get(ctx, r.RunID)
	if err != nil {
		return r, err
	}
	return now, nil
}

func (c client) stop(ctx context.Context, id, reason string) error {
	body, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		return err
	}
	var out runInfo
	return c.call(ctx, http.MethodPost, "/runs/"+id+"/stop", body, &out)
}

// call makes a request with a JSON body, unless body is nil, and decodes the answer into out. Any status from 300 is an error.
func (c client) call(ctx context.Context, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s answered %s: %s", method, path, resp.Status, data)
	}
	return json.Unmarshal(data, out)
}
