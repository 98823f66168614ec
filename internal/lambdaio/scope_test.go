package lambdaio_test

import (
	"encoding/json"
	"testing"

	"davit/internal/lambdaio"
)

func TestHasScope(t *testing.T) {
	for authorizer, want := range map[string]bool{
		`{"jwt":{"claims":{"scope":"davit/read davit/admin"}}}`: true,
		`{"jwt":{"claims":{"scp":"[davit/read davit/admin]"}}}`: true,
		`{"jwt":{"claims":{"scope":"davit/read"}}}`:             false,
		`{"jwt":{"claims":{"scope":"davit/administrator"}}}`:    false,
		`{"jwt":{"scopes":["davit/admin"],"claims":{}}}`:        false,
		`{"iam":{"callerId":"AROA"}}`:                           false,
		`{"jwt":{"claims":{"scope":["davit/admin"]}}}`:          false,
		``: false,
	} {
		e := lambdaio.HTTPEvent{RequestContext: lambdaio.HTTPContext{Authorizer: json.RawMessage(authorizer)}}
		if got := lambdaio.HasScope(e, "davit/admin"); got != want {
			t.Errorf("%s: got %v, want %v", authorizer, got, want)
		}
	}
}
