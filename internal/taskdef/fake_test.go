package taskdef

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"davit/internal/run"
)

// fakeTaskDefinitions keeps task definitions as ECS does: revisions rise and are never given twice, and lists have pages.
type fakeTaskDefinitions struct {
	revisions []fakeRevision // in the order of their registration
	// before is asked before each call, and after it once it was carried out; an error is the answer.
	before, after func(op string) error
	calls         []string
}

type fakeRevision struct {
	family   string
	revision int
	status   string
	tags     []Tag
}

const arnPrefix = "arn:aws:ecs:eu-west-1:123456789012:task-definition/"

func (s fakeRevision) arn() string { return arnPrefix + s.family + ":" + strconv.Itoa(s.revision) }

func (s fakeRevision) described() Definition {
	return Definition{Tags: s.tags, Definition: fmt.Appendf(nil, `{"family":%q,"revision":%d,"status":%q}`, s.family, s.revision, s.status)}
}

func (d *fakeTaskDefinitions) call(op, about string, do func() (Definition, error)) (Definition, error) {
	d.calls = append(d.calls, strings.TrimSpace(op+" "+about))
	if d.before != nil {
		if err := d.before(op); err != nil {
			return Definition{}, err
		}
	}
	answer, err := do()
	if d.after != nil && err == nil {
		if err := d.after(op); err != nil {
			return Definition{}, err
		}
	}
	return answer, err
}

func (d *fakeTaskDefinitions) Register(_ context.Context, input json.RawMessage) (Definition, error) {
	return d.call("Register", "", func() (Definition, error) {
		var in struct {
			Family string
			Tags   []Tag
		}
		if err := json.Unmarshal(input, &in); err != nil {
			return Definition{}, refusal("ClientException", err.Error())
		}
		return d.put(in.Family, "ACTIVE", in.Tags...).described(), nil
	})
}

func (d *fakeTaskDefinitions) put(family, status string, tags ...Tag) fakeRevision {
	next := 1
	for _, r := range d.revisions {
		if r.family == family {
			next++
		}
	}
	d.revisions = append(d.revisions, fakeRevision{family, next, status, tags})
	return d.revisions[len(d.revisions)-1]
}

func (d *fakeTaskDefinitions) find(name string) *fakeRevision {
	name = strings.TrimPrefix(name, arnPrefix)
	for i := range slices.Backward(d.revisions) {
		r := &d.revisions[i]
		if strings.TrimPrefix(r.arn(), arnPrefix) == name || r.family == name && r.status == "ACTIVE" {
			return r
		}
	}
	return nil
}

func (d *fakeTaskDefinitions) Describe(_ context.Context, name string) (Definition, error) {
	return d.call("Describe", name, func() (Definition, error) {
		if r := d.find(name); r != nil {
			return r.described(), nil
		}
		return Definition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Code: "ClientException", Unknown: true}
	})
}

func (d *fakeTaskDefinitions) Deregister(_ context.Context, name string) (Definition, error) {
	return d.call("Deregister", name, func() (Definition, error) {
		r := d.find(name)
		if r == nil {
			return Definition{}, &run.EngineError{Operation: "DeregisterTaskDefinition", Code: "ClientException", Unknown: true}
		}
		r.status = "INACTIVE"
		return Definition{Definition: r.described().Definition}, nil
	})
}

// List returns tokens that only it understands: where the next page begins.
func (d *fakeTaskDefinitions) List(_ context.Context, q Query) (page Page, err error) {
	_, err = d.call("List", fmt.Sprint(q.Family, " ", q.Limit), func() (Definition, error) {
		at := 0
		if q.Token != "" {
			n, err := fmt.Sscanf(q.Token, "from-%d", &at)
			if n != 1 || err != nil {
				return Definition{}, refusal("InvalidParameterException", "Invalid token.")
			}
		}
		all := d.listed(q)
		end := min(at+q.Limit, len(all))
		page.ARNs = all[at:end]
		if end < len(all) {
			page.Next = fmt.Sprintf("from-%d", end)
		}
		return Definition{}, nil
	})
	return page, err
}

func (d *fakeTaskDefinitions) listed(q Query) []string {
	sorted := slices.Clone(d.revisions)
	slices.SortStableFunc(sorted, func(a, b fakeRevision) int { return strings.Compare(a.family, b.family) })
	var arns []string
	for _, r := range sorted {
		if r.status == q.Status && (q.Family == "" || q.Family == r.family) {
			arns = append(arns, r.arn())
		}
	}
	return arns
}
