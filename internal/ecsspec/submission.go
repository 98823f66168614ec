package ecsspec

import (
	"davit/internal/jsontree"
	"davit/internal/run"
)

// newSubmission reads what the domain decides by. Members of the wrong type are read as absent: checkTypes reports them.
func newSubmission(doc jsontree.Document) run.Submission {
	root := doc.Root
	s := run.Submission{
		Operation:      run.RunTask,
		Request:        root.Without(policyName).Encode(),
		ClientToken:    member(root, clientTokenName),
		StartedBy:      member(root, startedByName),
		Group:          member(root, "group"),
		TaskDefinition: member(root, "taskDefinition"),
		Cluster:        member(root, "cluster"),
		Count:          count(root),
		Canonical:      jsontree.Canonical(root.WithoutNulls(), clientTokenName),
		WithNulls:      jsontree.Canonical(root, clientTokenName),
	}
	if policy, ok := root.Get(policyName); ok {
		s.Policy = policy
	}
	if instances, ok := root.Get(instancesName); ok {
		s.Operation = run.StartTask
		s.Instances = texts(instances)
		s.Count = len(s.Instances)
	}
	s.Input = root.Without(policyName, clientTokenName, startedByName).Without(onlyInOther(s.Operation)...)
	if len(doc.Doubled) > 0 {
		s.Input = lastOfEach(s.Input)
	}
	return s
}

// lastOfEach returns the object with the last member of each name only.
func lastOfEach(n jsontree.Node) jsontree.Node {
	place := make(map[string]int, len(n.Members))
	kept := make([]jsontree.Member, 0, len(n.Members))
	for _, m := range n.Members {
		if i, doubled := place[m.Name]; doubled {
			kept[i] = m
			continue
		}
		place[m.Name] = len(kept)
		kept = append(kept, m)
	}
	n.Members = kept
	return n
}

func member(n jsontree.Node, name string) string {
	value, _ := n.Get(name)
	if value.Kind != jsontree.String {
		return ""
	}
	return value.Text
}

// count returns RunTask's count, 1 when it is absent.
func count(root jsontree.Node) int {
	value, ok := root.Get("count")
	if !ok {
		return 1
	}
	v, whole, fits := value.Int64()
	if !whole || !fits {
		return 0
	}
	return int(v)
}

func texts(list jsontree.Node) []string {
	var found []string
	for _, item := range list.Items {
		if item.Kind == jsontree.String {
			found = append(found, item.Text)
		}
	}
	return found
}
