package run

import (
	"davit/internal/jsontree"
)

// rerunBody is the body of a rerun.
type rerunBody struct {
	patch      jsontree.Node // null where none is given
	failedOnly bool
	revision   string
	canonical  []byte // its value, members that are null and the clientToken aside
}

// readRerun reads the body of a rerun; an empty one is {}. It returns every broken rule of it.
func readRerun(body []byte) (rerunBody, []Violation) {
	if len(body) == 0 {
		body = []byte("{}")
	}
	doc, syntax := jsontree.Parse(body)
	if syntax != nil {
		return rerunBody{}, []Violation{{"", RuleMalformed, "the body is not JSON: " + syntax.Error()}}
	}
	if doc.Root.Kind != jsontree.Object {
		return rerunBody{}, []Violation{{"", RuleNotObject, "the body must be a JSON object with patch, failedOnly and revision, all optional"}}
	}
	var found []Violation
	for _, pointer := range doc.Doubled {
		found = append(found, Violation{pointer, RuleDoubledName, "the name is there already; allowed: each name once in an object"})
	}
	b := rerunBody{canonical: canonicalRerun(doc.Root)}
	for _, m := range doc.Root.Members {
		if bad := b.take(m); bad != "" && len(found) < maxRerunFaults {
			found = append(found, Violation{jsontree.Join("", m.Name), RuleRerunBody, bad})
		}
	}
	return b, found
}

// maxRerunFaults bounds how many faults of one body are listed.
const maxRerunFaults = 1000

// take reads one member; null is absent. It returns what is wrong with it.
func (b *rerunBody) take(m jsontree.Member) (bad string) {
	kind := m.Value.Kind
	switch m.Name {
	case "patch":
		if b.patch = m.Value; kind != jsontree.Object && kind != jsontree.Null {
			return "must be an object: a JSON Merge Patch (RFC 7396) of the POST /runs body"
		}
	case "failedOnly":
		if b.failedOnly = m.Value.Truth; kind != jsontree.Bool && kind != jsontree.Null {
			return "must be true or false"
		}
	case "revision":
		if b.revision = m.Value.Text; kind != jsontree.Null && (kind != jsontree.String || b.revision != revisionLatest && b.revision != revisionSame) {
			return "allowed: latest, same"
		}
	default:
		return "there is no such member; allowed: patch, failedOnly, revision"
	}
	return ""
}

// canonicalRerun returns what tells a repetition of a rerun from another one. A null inside the patch has a meaning and stays.
func canonicalRerun(root jsontree.Node) []byte {
	kept := jsontree.Node{Kind: jsontree.Object}
	for _, m := range root.Members {
		if m.Value.Kind == jsontree.Null {
			continue
		}
		if m.Name == "patch" && m.Value.Kind == jsontree.Object {
			m.Value = m.Value.Without("clientToken")
		}
		kept.Members = append(kept.Members, m)
	}
	return jsontree.Canonical(kept)
}

// clientToken returns the key that the patch sets, "" when it sets none.
func (b rerunBody) clientToken() string {
	token, _ := b.patch.Get("clientToken")
	if token.Kind != jsontree.String {
		return ""
	}
	return token.Text
}

// names reports whether the patch has a member of that name, null included.
func (b rerunBody) names(name string) bool {
	for _, m := range b.patch.Members {
		if m.Name == name {
			return true
		}
	}
	return false
}

// identify returns sub with what fingerprints are made of: the first run's id and the rerun's body, which no POST /runs body equals.
func (b rerunBody) identify(sub Submission, first string) Submission {
	sub.WithNulls = append([]byte("rerun "+first+" "), b.canonical...)
	sub.Canonical = sub.WithNulls
	return sub
}
