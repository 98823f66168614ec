package taskdef

import (
	"encoding/base64"
	"testing"

	"davit/internal/run"
)

// Any cursor of a list of task definitions is refused, or names one of the families that ECS is asked for and is written again as the same place.
func FuzzCursor(f *testing.F) {
	text, err := base64.RawURLEncoding.DecodeString((&Registrar{}).encodeCursor(ListRequest{FamilyPrefix: "job"}, "other", "token"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, cursor := range []string{string(text), base64.RawURLEncoding.EncodeToString(text)} {
			checkCursor(t, cursor)
		}
	})
}

func checkCursor(t *testing.T, text string) {
	q, families, g := ListRequest{FamilyPrefix: "job", Cursor: text}, []string{"job", "other"}, &Registrar{}
	at, err := g.decodeCursor(q, families)
	if err != nil {
		switch {
		case run.CodeOf(err) != run.CodeInvalid:
			t.Errorf("%q: run.CodeOf(err) is %v, want %v", text, run.CodeOf(err), run.CodeInvalid)
		case len(run.ViolationsOf(err)) != 1:
			t.Errorf("%q: len(run.ViolationsOf(err)) is not 1", text)
		}
		return
	}
	if text == "" {
		return
	}
	q.Cursor = g.encodeCursor(q, families[at.index], at.token)
	again, err := g.decodeCursor(q, families)
	if err != nil {
		t.Errorf("%q is %+v and became %q: %v", text, at, q.Cursor, err)
	}
	if again != at {
		t.Errorf("%q is %+v and became %q: %+v", text, at, q.Cursor, again)
	}
}
