package ecsspec

import (
	"slices"
	"strconv"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
	"davit/internal/run"
)

// definitionRule is a V row that can be judged only when the task definition is known. What it finds lies below the whole input.
type definitionRule struct {
	rule
	fits func(input jsontree.Node, d *run.Definition) []finding
}

var definitionAware = []definitionRule{
	{rule{
		id: "RT-11", on: onLaunch, field: "/enableExecuteCommand", limit: "enableExecuteCommand with a task role, in the task definition or in overrides", source: row.PageRunTask,
	}, execNeedsRole},
	{rule{
		id: "RT-13", on: onLaunch, field: "/networkConfiguration", limit: "networkConfiguration for task definitions of network mode awsvpc, and for no others", source: row.PageRunTask,
	}, networkFitsMode},
	{rule{
		id: "RT-18", on: onLaunch, field: ofContainer + "/name", limit: "the name of one of the task definition's containers", source: row.PageRunTask,
	}, overridesKnown},
}

// CheckAgainst returns what is wrong with a launch input, its defaults filled in, for the definition that it is to launch. Fields are pointers
// into the input. Without a definition nothing is wrong.
func (Spec) CheckAgainst(d *run.Definition, op run.Operation, input jsontree.Node) []run.Violation {
	if d == nil {
		return nil
	}
	var found []run.Violation
	for _, r := range definitionAware {
		if !slices.Contains(r.on, op) {
			continue
		}
		for _, f := range r.fits(input, d) {
			found = append(found, r.violation(f.pointer, f.detail))
		}
	}
	return bounded(found)
}

func execNeedsRole(input jsontree.Node, d *run.Definition) []finding {
	exec, _ := input.Get("enableExecuteCommand")
	overrides, _ := input.Get("overrides")
	if !exec.Truth || d.TaskRoleARN != "" || member(overrides, "taskRoleArn") != "" {
		return nil
	}
	return []finding{{"/enableExecuteCommand", "the task definition has no task role"}}
}

func networkFitsMode(input jsontree.Node, d *run.Definition) []finding {
	network, _ := input.Get("networkConfiguration")
	_, given := network.Get("awsvpcConfiguration")
	switch awsvpc := d.NetworkMode == "awsvpc"; {
	case awsvpc && !given:
		return []finding{{"/networkConfiguration", "the task definition's network mode is awsvpc, and no awsvpcConfiguration was given"}}
	case given && !awsvpc:
		return []finding{{"/networkConfiguration", "the task definition's network mode is " + modeName(d.NetworkMode)}}
	default:
		return nil
	}
}

func modeName(mode string) string {
	if mode == "" {
		return "the default, which is not awsvpc"
	}
	return mode
}

func overridesKnown(input jsontree.Node, d *run.Definition) []finding {
	overrides, _ := input.Get("overrides")
	list, _ := overrides.Get("containerOverrides")
	var found []finding
	for i, o := range list.Items {
		name := member(o, "name")
		if name == "" || slices.ContainsFunc(d.Containers, func(c run.Container) bool { return c.Name == name }) {
			continue
		}
		found = append(found, finding{"/overrides/containerOverrides/" + strconv.Itoa(i) + "/name", "there is no " + quoted(name)})
	}
	return found
}
