package taskdef

import "encoding/json"

// RegisterResult is a task definition as ECS describes it.
type RegisterResult struct {
	Definition json.RawMessage
	Tags       []Tag // the caller's, and ContentTag
	Created    bool  // false: the latest revision already says the same
}

// ListRequest filters a list of task definitions.
type ListRequest struct {
	FamilyPrefix string // in spite of its name a whole family, as in ECS; "": all
	Status       string // one of Statuses; "": ACTIVE
	Limit        int    // 0: 20
	Cursor       string // of an earlier answer with the same filters
}

// List is a page of task definitions, by family and then by revision, both rising. It may be short, even empty,
// with a NextCursor.
type List struct {
	TaskDefinitions []Summary
	NextCursor      string // "" when nothing is left
}

// Summary is a revision as lists show it, under ECS's names.
type Summary struct {
	ARN      string `json:"taskDefinitionArn"`
	Family   string `json:"family"`
	Revision int    `json:"revision"`
	Status   string `json:"status"`
}
