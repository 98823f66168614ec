package run

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"davit/internal/jsontree"
)

var maskNode = jsontree.Node{Kind: jsontree.String, Text: Mask}

// envValue is an environment value of a container override.
type envValue struct {
	container, variable string
	pointer             string // into the body
	text                string
}

// mapValues returns a POST /runs body with every environment value of its container overrides replaced by what change returns.
func mapValues(body jsontree.Node, change func(v envValue) jsontree.Node) jsontree.Node {
	return mapMember(body, "overrides", func(overrides jsontree.Node) jsontree.Node {
		return mapMember(overrides, "containerOverrides", func(list jsontree.Node) jsontree.Node {
			return mapItems(list, func(i int, container jsontree.Node) jsontree.Node {
				at := "/overrides/containerOverrides/" + strconv.Itoa(i) + "/environment/"
				return mapEnvironment(container, at, change)
			})
		})
	})
}

func mapEnvironment(container jsontree.Node, at string, change func(v envValue) jsontree.Node) jsontree.Node {
	name := textOf(container, "name")
	return mapMember(container, "environment", func(list jsontree.Node) jsontree.Node {
		return mapItems(list, func(i int, variable jsontree.Node) jsontree.Node {
			return mapMember(variable, "value", func(value jsontree.Node) jsontree.Node {
				if value.Kind != jsontree.String {
					return value
				}
				return change(envValue{name, textOf(variable, "name"), at + strconv.Itoa(i) + "/value", value.Text})
			})
		})
	})
}

// mapMember returns an object with a member changed; a value without it is returned as it is.
func mapMember(n jsontree.Node, name string, change func(jsontree.Node) jsontree.Node) jsontree.Node {
	value, has := n.Get(name)
	if !has {
		return n
	}
	return n.With(name, change(value))
}

func mapItems(list jsontree.Node, change func(i int, item jsontree.Node) jsontree.Node) jsontree.Node {
	if list.Kind != jsontree.Array {
		return list
	}
	items := make([]jsontree.Node, len(list.Items))
	for i, item := range list.Items {
		items[i] = change(i, item)
	}
	list.Items = items
	return list
}

func textOf(n jsontree.Node, name string) string {
	value, _ := n.Get(name)
	if value.Kind != jsontree.String {
		return ""
	}
	return value.Text
}

// fillValues returns the masked body with the values of given in the place of the masks, matched by container and variable, and the values that it kept. A
// mask that has no counterpart stays, which POST /runs refuses. Of a variable that is given more than once, the first goes to the first and the last to the rest.
func fillValues(masked, given jsontree.Node) (whole jsontree.Node, kept []envValue) {
	type name struct{ container, variable string }
	stored := map[name][]string{}
	mapValues(given, func(v envValue) jsontree.Node {
		of := name{v.container, v.variable}
		stored[of] = append(stored[of], v.text)
		return jsontree.Node{}
	})
	whole = mapValues(masked, func(v envValue) jsontree.Node {
		of := name{v.container, v.variable}
		values := stored[of]
		if v.text != Mask || len(values) == 0 {
			return jsontree.Node{Kind: jsontree.String, Text: v.text}
		}
		if len(values) > 1 {
			stored[of] = values[1:]
		}
		kept = append(kept, v)
		return jsontree.Node{Kind: jsontree.String, Text: values[0]}
	})
	return whole, kept
}

// ownsValues reports whether the environment values of the first run are the caller's own.
func (p *rerun) ownsValues() bool {
	return p.q.Caller == firstOf(p.first.ValuesOf, p.first.Owner)
}

// valuesOwner returns whose values the new run keeps, "" where they are its owner's.
func (p *rerun) valuesOwner() string {
	if len(p.kept) == 0 || p.ownsValues() {
		return ""
	}
	return firstOf(p.first.ValuesOf, p.first.Owner)
}

// checkValues returns an error with every value that has to be given anew. A value of somebody else's is kept only where the revision that ran runs again, and
// nothing differs by which a container could show it.
func (p *rerun) checkValues(r *Run) error {
	if len(p.kept) == 0 || p.ownsValues() || p.sameRevision(r) && p.sameRequest() {
		return nil
	}
	var found []Violation
	for _, v := range p.kept[:min(len(p.kept), maxRerunFaults)] {
		found = append(found, Violation{v.pointer, RuleValueNeeded, fmt.Sprintf("container %s, variable %s: give the value; it is kept for the run's owner, or "+
			"where the same revision runs and nothing differs but policy, count, cpu, memory, placement and capacity", shorten(v.container, 255), shorten(v.variable, 255))})
	}
	return &Error{Code: CodeValuesNeeded, Message: "environment values of another caller's run have to be given anew: patch overrides.containerOverrides", Violations: found}
}

// sameRevision reports whether r launches the revision that ran.
func (p *rerun) sameRevision(r *Run) bool {
	ran := p.first.Definition
	if ran == nil {
		return false
	}
	if r.Definition != nil {
		return r.Definition.ARN == ran.ARN
	}
	return textOf(p.masked, "taskDefinition") == ran.ARN
}

// sameRequest reports whether the patched body differs from the first one in nothing by which a container could show a value. A value that the patch gives
// counts as a difference, also if it is the stored one: an answer must not show that it is.
func (p *rerun) sameRequest() bool {
	return bytes.Equal(jsontree.Canonical(withoutScale(p.before)), jsontree.Canonical(withoutScale(p.masked))) && p.sameInstances()
}

// sameInstances reports whether the patched body names container instances of the first run only, or both name none.
func (p *rerun) sameInstances() bool {
	before, was := p.before.Get("containerInstances")
	after, is := p.masked.Get("containerInstances")
	if was != is {
		return false
	}
	return !slices.ContainsFunc(after.Items, func(item jsontree.Node) bool {
		return !slices.ContainsFunc(before.Items, func(known jsontree.Node) bool { return known.Text == item.Text })
	})
}

// withoutScale returns a body without what may differ: policy, count, cpu, memory, placement and capacity. The task definition and the container instances
// are compared by themselves.
func withoutScale(body jsontree.Node) jsontree.Node {
	body = body.WithoutNulls().Without("policy", "clientToken", "count", "placementConstraints", "placementStrategy", "capacityProviderStrategy", "launchType",
		"platformVersion", "taskDefinition", "containerInstances")
	body = mapMember(body, "overrides", func(overrides jsontree.Node) jsontree.Node {
		overrides = overrides.Without("cpu", "memory")
		return withoutEmpty(mapMember(overrides, "containerOverrides", containersWithoutScale), "containerOverrides")
	})
	return withoutEmpty(body, "overrides")
}

// withoutEmpty returns an object without a member that is an empty object or array.
func withoutEmpty(n jsontree.Node, name string) jsontree.Node {
	value, has := n.Get(name)
	if has && (value.Kind == jsontree.Object || value.Kind == jsontree.Array) && len(value.Members)+len(value.Items) == 0 {
		return n.Without(name)
	}
	return n
}

// containersWithoutScale leaves the overrides out that are left with nothing but a name.
func containersWithoutScale(list jsontree.Node) jsontree.Node {
	list = mapItems(list, func(_ int, container jsontree.Node) jsontree.Node {
		if container.Kind != jsontree.Object {
			return container
		}
		return container.Without("cpu", "memory", "memoryReservation")
	})
	list.Items = slices.DeleteFunc(list.Items, func(container jsontree.Node) bool {
		return container.Kind == jsontree.Object && (len(container.Members) == 0 || len(container.Members) == 1 && container.Members[0].Name == "name")
	})
	return list
}
