package taskdef

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"davit/internal/run"
)

// library has three revisions each of a, b and c, 40 of z-1, and one INACTIVE of b.
func library() *fakeTaskDefinitions {
	d := &fakeTaskDefinitions{}
	for range 3 {
		for _, family := range []string{"b", "a", "c"} {
			d.put(family, "ACTIVE")
		}
	}
	for range 40 {
		d.put("z-1", "ACTIVE")
	}
	d.put("b", "INACTIVE")
	return d
}

// whole follows the cursors, and answers the names and how many there were on each page.
func whole(t *testing.T, g *Registrar, q ListRequest) (names []string, pages []int) {
	t.Helper()
	for range 100 {
		page, err := g.ListDefinitions(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.TaskDefinitions {
			if s.ARN != fmt.Sprintf("%s%s:%d", arnPrefix, s.Family, s.Revision) {
				t.Errorf("s.ARN is not fmt.Sprintf(\"%%s%%s:%%d\", arnPrefix, s.Family, s.Revision)")
			}
			names = append(names, fmt.Sprintf("%s:%d %s", s.Family, s.Revision, s.Status))
		}
		pages = append(pages, len(page.TaskDefinitions))
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return names, pages
		}
	}
	t.Fatal("the list does not end")
	return nil, nil
}

func TestListDefinitions(t *testing.T) {
	abc := "a:1 ACTIVE a:2 ACTIVE a:3 ACTIVE b:1 ACTIVE b:2 ACTIVE b:3 ACTIVE c:1 ACTIVE c:2 ACTIVE c:3 ACTIVE"
	for _, c := range []struct {
		name     string
		families []string
		q        ListRequest
		want     string
		pages    []int
		calls    []string // nil: any
	}{
		{"everything", nil, ListRequest{}, "", []int{20, 20, 9}, []string{"List  20", "List  20", "List  20"}},
		{"everything by a star", []string{"*"}, ListRequest{Limit: 100}, "", []int{49}, []string{"List  100"}},
		{"a family", nil, ListRequest{FamilyPrefix: "a"}, "a:1 ACTIVE a:2 ACTIVE a:3 ACTIVE", []int{3}, []string{"List a 20"}},
		{"a family in pages", nil, ListRequest{FamilyPrefix: "a", Limit: 2}, "a:1 ACTIVE a:2 ACTIVE a:3 ACTIVE", []int{2, 1}, []string{"List a 2", "List a 2"}},
		{"the beginning of a family", nil, ListRequest{FamilyPrefix: "z"}, "", []int{0}, []string{"List z 20"}},
		{"another status", nil, ListRequest{Status: "INACTIVE"}, "b:4 INACTIVE", []int{1}, nil},
		{"a status that none has", nil, ListRequest{Status: "DELETE_IN_PROGRESS"}, "", []int{0}, nil},
		{"allowed families", []string{"c", "a", "b", "a"}, ListRequest{}, abc, []int{9}, []string{"List a 20", "List b 17", "List c 14"}},
		{"allowed families in pages", []string{"a", "b", "c"}, ListRequest{Limit: 4}, abc, []int{4, 4, 1}, nil},
		{"full at the end of a family", []string{"a", "b", "c"}, ListRequest{Limit: 3}, abc, []int{3, 3, 3}, nil},
		{"allowed families without revisions", []string{"k", "l", "m", "n", "o", "a"}, ListRequest{FamilyPrefix: ""}, "a:1 ACTIVE a:2 ACTIVE a:3 ACTIVE", []int{3, 0}, nil},
		{"an allowed family", []string{"a", "z*"}, ListRequest{FamilyPrefix: "a"}, "a:1 ACTIVE a:2 ACTIVE a:3 ACTIVE", []int{3}, []string{"List a 20"}},
		{"a family that is not allowed", []string{"a", "z*"}, ListRequest{FamilyPrefix: "b"}, "", []int{0}, []string{}},
		{"beginnings", []string{"z*", "a"}, ListRequest{FamilyPrefix: "", Limit: 5}, "", []int{5, 5, 5, 5, 5, 5, 5, 5, 3}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := library()
			names, pages := whole(t, registrarOf(d, c.families...), c.q)
			if c.want != "" && strings.Join(names, " ") != c.want {
				t.Errorf("listed %v, want %s", names, c.want)
			}
			if !slices.Equal(pages, c.pages) || c.calls != nil && !slices.Equal(d.calls, c.calls) {
				t.Errorf("pages of %v with %q, want %v with %q", pages, d.calls, c.pages, c.calls)
			}
			if slices.Sort(names); len(slices.Compact(names)) != len(names) {
				t.Errorf("something is there twice: %v", names)
			}
		})
	}
}

// Where most of what ECS lists is not to be seen, a page reads a bounded part of it.
func TestListDefinitionsReadsABoundedPart(t *testing.T) {
	d := &fakeTaskDefinitions{}
	for range 60 {
		d.put("hidden", "ACTIVE")
	}
	d.put("seen", "ACTIVE")
	names, pages := whole(t, registrarOf(d, "see*"), ListRequest{Limit: 10})
	if !slices.Equal(names, []string{"seen:1 ACTIVE"}) || !slices.Equal(pages, []int{0, 1}) || len(d.calls) != 7 {
		t.Errorf("%v on pages of %v with %d calls, want 5 a page at most", names, pages, len(d.calls))
	}
}

func TestListDefinitionsRefuses(t *testing.T) {
	g := registrarOf(library())
	for _, c := range []struct {
		q    ListRequest
		want []string
	}{
		{ListRequest{Status: "active"}, []string{"query:status DV-12"}},
		{ListRequest{Limit: 101}, []string{"query:limit DV-12"}},
		{ListRequest{FamilyPrefix: "a:1"}, []string{"query:familyPrefix DV-12"}},
		{ListRequest{FamilyPrefix: "a*", Status: "X", Limit: -1}, []string{"query:familyPrefix DV-12", "query:status DV-12", "query:limit DV-12"}},
		{ListRequest{Cursor: "%"}, []string{"query:cursor DV-11"}},
		{ListRequest{Cursor: "bm9uc2Vuc2U"}, []string{"query:cursor DV-11"}},
	} {
		switch _, err := g.ListDefinitions(context.Background(), c.q); {
		case run.CodeOf(err) != run.CodeInvalid:
			t.Errorf("run.CodeOf(err) is %v, want %v", run.CodeOf(err), run.CodeInvalid)
		case !slices.Equal(faults(run.ViolationsOf(err)), c.want):
			t.Error("slices.Equal(faults(run.ViolationsOf(err)), c.want) is false, want true")
		}
	}
}

// A cursor is of its filters and of the families that were allowed; ECS's token alone is none, nor is one that ECS refuses.
func TestDefinitionCursors(t *testing.T) {
	d := library()
	page, err := registrarOf(d).ListDefinitions(context.Background(), ListRequest{Limit: 2})
	switch {
	case err != nil:
		t.Fatalf("error %v", err)
	case page.NextCursor == "":
		t.Fatalf("page.NextCursor is %v", page.NextCursor)
	}
	switch next, err := registrarOf(d).ListDefinitions(context.Background(), ListRequest{Limit: 7, Status: "ACTIVE", Cursor: page.NextCursor}); {
	case err != nil:
		t.Errorf("another limit, and the default said: error %v", err)
	case len(next.TaskDefinitions) != 7:
		t.Errorf("another limit, and the default said: len(next.TaskDefinitions) is %v, want 7", len(next.TaskDefinitions))
	}
	asked := len(d.calls)
	forged := func(token string) string { // with the right filters
		q := ListRequest{Status: "ACTIVE"}
		return (&Registrar{}).encodeCursor(q, "", token)
	}
	for name, c := range map[string]struct {
		families []string
		q        ListRequest
	}{
		"another status":       {nil, ListRequest{Status: "INACTIVE", Cursor: page.NextCursor}},
		"another family":       {nil, ListRequest{FamilyPrefix: "a", Cursor: page.NextCursor}},
		"other allowances":     {[]string{"a*"}, ListRequest{Cursor: page.NextCursor}},
		"ECS's token":          {nil, ListRequest{Cursor: "from-2"}},
		"ECS's token, encoded": {nil, ListRequest{Cursor: base64.RawURLEncoding.EncodeToString([]byte(`{"token":"from-2"}`))}},
		"a cut one":            {nil, ListRequest{Cursor: page.NextCursor[:len(page.NextCursor)-3]}},
		"a cursor of runs":     {nil, ListRequest{Cursor: cursorOfRuns()}},
	} {
		if _, err := registrarOf(d, c.families...).ListDefinitions(context.Background(), c.q); !slices.Equal(faults(run.ViolationsOf(err)), []string{"query:cursor DV-11"}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(d.calls) != asked {
		t.Errorf("ECS was asked %v", d.calls[asked:])
	}
	ofA, err := registrarOf(d, "a", "b").ListDefinitions(context.Background(), ListRequest{FamilyPrefix: "a", Limit: 1})
	switch {
	case err != nil:
		t.Fatalf("error %v", err)
	case ofA.NextCursor == "":
		t.Fatalf("ofA.NextCursor is %v", ofA.NextCursor)
	}
	if _, err := registrarOf(d, "a", "b").ListDefinitions(context.Background(), ListRequest{Cursor: ofA.NextCursor}); !slices.Equal(faults(run.ViolationsOf(err)), []string{"query:cursor DV-11"}) {
		t.Errorf("the cursor of one family's list, for that of all: %v", err)
	}
	if _, err := registrarOf(d).ListDefinitions(context.Background(), ListRequest{Cursor: forged("odd")}); !slices.Equal(faults(run.ViolationsOf(err)), []string{"query:cursor DV-11"}) {
		t.Errorf("a token that ECS refuses: %v", err)
	}
}
