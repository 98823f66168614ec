package jsontree

// MergePatch returns n changed by a JSON Merge Patch (RFC 7396): members that the patch has as null are removed, objects are merged member by member, and
// anything else replaces what was there. Members of n keep their order, new ones follow in the patch's. n and the patch are left alone.
func (n Node) MergePatch(patch Node) Node {
	if patch.Kind != Object {
		return patch
	}
	pending := make(map[string]Node, len(patch.Members))
	for _, m := range patch.Members {
		pending[m.Name] = m.Value
	}
	merged := Node{Kind: Object, Members: make([]Member, 0, len(n.Members)+len(patch.Members))}
	known := make(map[string]bool, len(n.Members))
	for _, m := range n.Members {
		known[m.Name] = true
		if change, has := pending[m.Name]; !has {
			merged.Members = append(merged.Members, m)
		} else if change.Kind != Null {
			merged.Members = append(merged.Members, Member{m.Name, m.Value.MergePatch(change)})
		}
	}
	for _, m := range patch.Members {
		if !known[m.Name] && m.Value.Kind != Null {
			known[m.Name] = true
			merged.Members = append(merged.Members, Member{m.Name, Node{}.MergePatch(pending[m.Name])})
		}
	}
	return merged
}
