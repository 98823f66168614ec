package run

import "encoding/json"

// taggedAtLaunch reports whether the run's tasks may have tags: the request's, the task definition's or ECS's own.
func (r *Run) taggedAtLaunch() bool {
	var asked struct {
		Tags    []json.RawMessage `json:"tags"`
		From    string            `json:"propagateTags"`
		Managed bool              `json:"enableECSManagedTags"`
	}
	if json.Unmarshal(r.Resolved, &asked) != nil {
		return false
	}
	return len(asked.Tags) > 0 || asked.Managed || (asked.From != "" && asked.From != "NONE")
}

// unseen reports whether ECS has not shown the task's tags: what is known of it are events, or its ARN.
func (t *Task) unseen() bool { return !t.Ended() && t.State().Tags == nil }

// tagsUnseen reports whether a live task of the attempt may have tags that ECS has not shown.
func (r *Run) tagsUnseen(a *Attempt) bool {
	for i := range a.Tasks {
		if a.Tasks[i].unseen() {
			return r.taggedAtLaunch()
		}
	}
	return false
}

// withTagsSeen leaves out the tasks of the current attempt whose stop would delete tags that nobody has seen.
func (r *Run) withTagsSeen(due []int) []int {
	a := r.attempt()
	if a == nil || !r.tagsUnseen(a) {
		return due
	}
	var seen []int
	for _, i := range due {
		if !a.Tasks[i].unseen() {
			seen = append(seen, i)
		}
	}
	return seen
}
