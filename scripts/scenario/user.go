package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
)

// user calls the deployed API and reads its table.
type user struct {
	api, table string
	schedule   string // ARN of the schedule function
	http       *http.Client
	region     string
	// credentials sign every request, as IAM authorisation asks.
	credentials aws.Credentials
	db          *dynamodb.Client
	bus         *eventbridge.Client
	logs        *cloudwatchlogs.Client
}

// clientTo returns a client that connects to addr whatever the URL's host is, for an emulator whose API's host names do not
// resolve; "" connects to the URL's host.
func clientTo(addr string) *http.Client {
	if addr == "" {
		return http.DefaultClient
	}
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}}
}

// runInfo is the part of a run that the scenarios check.
type runInfo struct {
	RunID        string `json:"runId"`
	Status       string `json:"status"`
	StatusReason string `json:"statusReason"`
	ExitCode     *int   `json:"exitCode"`
	StoppedAt    string `json:"stoppedAt"`
}

func (u *user) register(ctx context.Context, definition []byte) error {
	_, _, err := u.call(ctx, http.MethodPost, "/task-definitions", definition, "")
	return err
}

func (u *user) submit(ctx context.Context, body []byte, key string) (id string, replayed bool, err error) {
	answer, header, err := u.call(ctx, http.MethodPost, "/runs", body, key)
	if err != nil {
		return "", false, err
	}
	var run runInfo
	err = json.Unmarshal(answer, &run)
	return run.RunID, header.Get("Idempotent-Replayed") == "true", err
}

func (u *user) stop(ctx context.Context, id string) error {
	_, _, err := u.call(ctx, http.MethodPost, "/runs/"+id+"/stop", []byte(`{"reason":"scenario"}`), "")
	return err
}

// waitForEnd waits for the run's end and checks its status, its exit code and its record in the table.
func (u *user) waitForEnd(ctx context.Context, id, status string, exitCode int) error {
	run, err := u.await(ctx, id, func(r runInfo) bool { return r.StoppedAt != "" })
	if err != nil {
		return err
	}
	if run.Status != status || run.ExitCode == nil || *run.ExitCode != exitCode {
		return fmt.Errorf("run %s is %s (%s), want %s with exit code %d", id, run.Status, run.StatusReason, status, exitCode)
	}
	item, err := u.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &u.table, ConsistentRead: aws.Bool(true), Key: map[string]types.AttributeValue{"runId": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return err
	}
	if s, ok := item.Item["status"].(*types.AttributeValueMemberS); !ok || s.Value != status {
		return fmt.Errorf("the table says %v of run %s, want %s", item.Item["status"], id, status)
	}
	return nil
}

// waitForStatus waits until the run has the status. It is an error when the run ends with another.
func (u *user) waitForStatus(ctx context.Context, id, status string) error {
	run, err := u.await(ctx, id, func(r runInfo) bool { return r.Status == status || r.StoppedAt != "" })
	if err == nil && run.Status != status {
		err = fmt.Errorf("run %s is %s (%s), want %s", id, run.Status, run.StatusReason, status)
	}
	return err
}

// await reads the run every half second, for at most 3 minutes, until is reports true.
func (u *user) await(ctx context.Context, id string, is func(runInfo) bool) (runInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	var run runInfo
	for {
		answer, _, err := u.call(ctx, http.MethodGet, "/runs/"+id, nil, "")
		if err != nil {
			return run, errors.Join(fmt.Errorf("run %s was %s", id, run.Status), err)
		}
		if err := json.Unmarshal(answer, &run); err != nil || is(run) {
			return run, err
		}
		select {
		case <-ctx.Done():
			return run, fmt.Errorf("run %s stays %s (%s)", id, run.Status, run.StatusReason)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// call makes a signed request, with an Idempotency-Key unless key is empty. Any status from 300 is an error.
func (u *user) call(ctx context.Context, method, path string, body []byte, key string) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.api+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, u.credentials, req, hex.EncodeToString(sum[:]), "execute-api", u.region, time.Now()); err != nil {
		return nil, nil, err
	}
	resp, err := u.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", method, path, resp.Status, answer)
	}
	return answer, resp.Header, err
}
