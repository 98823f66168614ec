package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// definitionInfo is the part of a task definition that the scenario checks.
type definitionInfo struct {
	TaskDefinition struct {
		ARN      string `json:"taskDefinitionArn"`
		Revision int    `json:"revision"`
		Status   string `json:"status"`
	} `json:"taskDefinition"`
	Tags []struct{ Key, Value string } `json:"tags"`
}

// registersDefinition registers the same definition twice, describes it by family, name and ARN, lists it and deregisters it.
func registersDefinition(ctx context.Context, u *user) error {
	family := fmt.Sprintf("scenario-%d", time.Now().UnixNano())
	body := []byte(strings.Replace(shell, `"shell"`, `"`+family+`"`, 1))
	var first, second, described definitionInfo
	for _, into := range []*definitionInfo{&first, &second} {
		if err := u.callJSON(ctx, http.MethodPost, "/task-definitions", body, into); err != nil {
			return err
		}
	}
	if first.TaskDefinition.Revision == 0 || second.TaskDefinition != first.TaskDefinition {
		return fmt.Errorf("the same was registered as %+v and as %+v", first.TaskDefinition, second.TaskDefinition)
	}
	name := fmt.Sprintf("%s:%d", family, first.TaskDefinition.Revision)
	for _, path := range []string{family, name, first.TaskDefinition.ARN} {
		if err := u.callJSON(ctx, http.MethodGet, "/task-definitions/"+path, nil, &described); err != nil {
			return err
		}
		if described.TaskDefinition.Status != "ACTIVE" || len(described.Tags) != 1 || described.Tags[0].Key != "davit:content-hash" {
			return fmt.Errorf("%s is described as %+v", path, described)
		}
	}
	if err := u.wantActiveRevisions(ctx, family, 1); err != nil {
		return err
	}
	for range 2 {
		if err := u.callJSON(ctx, http.MethodPost, "/task-definitions/"+name+"/deregister", nil, &described); err != nil {
			return err
		}
		if described.TaskDefinition.Status != "INACTIVE" {
			return fmt.Errorf("%s is %s after it was deregistered", name, described.TaskDefinition.Status)
		}
	}
	return u.wantActiveRevisions(ctx, family, 0)
}

// wantActiveRevisions checks the number of ACTIVE revisions of a family.
func (u *user) wantActiveRevisions(ctx context.Context, family string, want int) error {
	var page struct {
		TaskDefinitions []struct{ Family string } `json:"taskDefinitions"`
	}
	if err := u.callJSON(ctx, http.MethodGet, "/task-definitions?familyPrefix="+family, nil, &page); err != nil {
		return err
	}
	if len(page.TaskDefinitions) != want {
		return fmt.Errorf("%d revisions of %s are listed, want %d", len(page.TaskDefinitions), family, want)
	}
	return nil
}

// callJSON makes a request and decodes the answer.
func (u *user) callJSON(ctx context.Context, method, path string, body []byte, into any) error {
	answer, _, err := u.call(ctx, method, path, body, "")
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}
