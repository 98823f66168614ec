package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck_OldVerbs_AreReportedWithTheirPlace(t *testing.T) {
	source := strings.ReplaceAll(`package p

# f says that it is so.
func f() {}

# T answers a call; it gives nothing more.
type T struct {
	# A tells the time.
	A int
	# B is what the caller says.
	B int
}

# g reports whether somebody answers.
func g() bool {
	# says nothing of a declaration
	return true
}

type i interface {
	# M gives the next.
	M()
}
`, "#", "//")
	want := []string{
		`p.go:3:1: "f says": write returns, reports whether, writes or calls`,
		`p.go:6:1: "T answers": write returns, reports whether, writes or calls`,
		`p.go:8:2: "A tells": write returns, reports whether, writes or calls`,
		`p.go:21:2: "M gives": write returns, reports whether, writes or calls`,
	}
	got, err := check("p.go", source)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
