package lambdaio_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"davit/internal/lambdaio"
)

// sample returns an event of package events.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type callerFunc = func(lambdaio.HTTPEvent) (string, error)

func TestCallersOfTheSamples(t *testing.T) {
	const cognito = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"
	tests := []struct {
		file     string
		iam, jwt string // "": nobody
	}{
		{"submit.json", "iam:AROADBQP57FF2AEXAMPLE", ""},
		{"get.json", "iam:AIDACKCEVSQ6C2EXAMPLE", ""},
		{"list.json", "cognito:eu-west-1:3f291106-8703-466b-8f2b-3ecee1ca56ce", ""},
		{"submit-jwt.json", "", "jwt-sub:" + cognito + " 6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e5f"},
		{"get-jwt.json", "", "jwt-client:https://id.example.com/ nightly-batch"},
	}
	for _, test := range tests {
		var e lambdaio.HTTPEvent
		if err := json.Unmarshal(sample(t, test.file), &e); err != nil {
			t.Fatal(err)
		}
		wantCaller(t, test.file+" by IAM", lambdaio.IAMCaller, e, test.iam)
		wantCaller(t, test.file+" by JWT", lambdaio.JWTCaller, e, test.jwt)
		wantCaller(t, test.file+" locally", lambdaio.LocalCaller, e, "local")
	}
}

func wantCaller(t *testing.T, what string, of callerFunc, e lambdaio.HTTPEvent, want string) {
	t.Helper()
	got, err := of(e)
	if got != want || (err == nil) != (want != "") {
		t.Errorf("%s: %q, %v; want %q", what, got, err, want)
	}
}

func authorized(authorizer string) lambdaio.HTTPEvent {
	var e lambdaio.HTTPEvent
	e.RequestContext.Authorizer = json.RawMessage(authorizer)
	return e
}

func TestIAMCallers(t *testing.T) {
	tests := []struct{ authorizer, want string }{
		{`{"iam":{"callerId":"AROAROLE:one"}}`, "iam:AROAROLE"},
		{`{"iam":{"callerId":"AROAROLE:two"}}`, "iam:AROAROLE"},
		{`{"iam":{"callerId":"AROAROLE:"}}`, "iam:AROAROLE"},
		{`{"iam":{"callerId":"AROAROLE"}}`, "iam:AROAROLE"},
		{`{"iam":{"callerId":"AIDAUSER"}}`, "iam:AIDAUSER"},
		{`{"iam":{"callerId":"123456789012"}}`, "iam:123456789012"},
		{`{"iam":{"callerId":"123456789012:kim"}}`, "iam:123456789012:kim"},
		{`{"iam":{"callerId":"123456789012:AROAROLE"}}`, "iam:123456789012:AROAROLE"},
		{`{"iam":{"callerId":"AROAROLE:CognitoIdentityCredentials","cognitoIdentity":{"identityId":"eu-west-1:1"}}}`, "cognito:eu-west-1:1"},
		{`{"iam":{"callerId":"AROAROLE:x","cognitoIdentity":{"identityId":""}}}`, "iam:AROAROLE"},
		{`{"iam":{"callerId":"AROAROLE:x","cognitoIdentity":null}}`, "iam:AROAROLE"},
		{`{"iam":{"callerId":""}}`, ""},
		{`{"iam":{"callerId":" "}}`, ""},
		{`{"iam":{"callerId":"AROA\u0000:x"}}`, ""},
		{`{"iam":{"callerId":7}}`, ""},
		{`{"iam":{"callerId":"AIDAUSER","cognitoIdentity":"x"}}`, ""},
		{`{"iam":{"callerId":"` + strings.Repeat("A", 1100) + `"}}`, ""},
		{`{"iam":{"userArn":"arn:aws:iam::123456789012:user/kim"}}`, ""},
		{`{"iam":[]}`, ""}, {`{"iam":null}`, ""}, {`{}`, ""}, {`null`, ""}, {`[]`, ""}, {`"iam"`, ""}, {`{`, ""}, {``, ""},
		{`{"jwt":{"claims":{"iss":"https://x","sub":"AIDAUSER"}}}`, ""},
		{`{"lambda":{"callerId":"AIDAUSER"}}`, ""},
	}
	for _, test := range tests {
		wantCaller(t, test.authorizer, lambdaio.IAMCaller, authorized(test.authorizer), test.want)
	}
}

func TestJWTCallers(t *testing.T) {
	claims := func(c string) string { return `{"jwt":{"claims":` + c + `,"scopes":["davit/read"]}}` }
	tests := []struct{ authorizer, want string }{
		{claims(`{"iss":"https://x","sub":"kim"}`), "jwt-sub:https://x kim"},
		{claims(`{"iss":"https://x","sub":"kim","client_id":"app"}`), "jwt-sub:https://x kim"},
		{claims(`{"iss":"https://x","client_id":"kim"}`), "jwt-client:https://x kim"},
		{claims(`{"iss":"https://x","sub":"","client_id":"kim"}`), "jwt-client:https://x kim"},
		{claims(`{"iss":"https://x","sub":"a b"}`), "jwt-sub:https://x a b"},
		{claims(`{"iss":"https://x","sub":"kim","SUB":"root","Sub":"root","ISS":"https://y"}`), "jwt-sub:https://x kim"},
		{claims(`{"iss":"https://x","SUB":"root","client_id":"app","Client_ID":"root"}`), "jwt-client:https://x app"},
		{claims(`{"ISS":"https://x","sub":"kim"}`), ""},
		{claims(`{"iss":"https://x","sub":7}`), ""},
		{claims(`{"iss":"https://x a","sub":"b"}`), ""},
		{claims(`{"iss":"https://x\n","sub":"b"}`), ""},
		{claims(`{"iss":"https://x"}`), ""},
		{claims(`{"sub":"kim"}`), ""},
		{claims(`{"client_id":"kim"}`), ""},
		{claims(`{"iss":"https://x","sub":" "}`), ""},
		{claims(`{"iss":"https://x","sub":"a\u0007"}`), ""},
		{claims(`{"iss":"https://x","sub":1}`), ""},
		{claims(`{"iss":["https://x"],"sub":"kim"}`), ""},
		{claims(`{"iss":"https://x","sub":"` + strings.Repeat("a", 1100) + `"}`), ""},
		{claims(`null`), ""}, {claims(`[]`), ""}, {`{"jwt":null}`, ""}, {`{"jwt":"x"}`, ""}, {`{}`, ""}, {`null`, ""}, {``, ""},
		{`{"iam":{"callerId":"AIDAUSER"}}`, ""},
	}
	for _, test := range tests {
		wantCaller(t, test.authorizer, lambdaio.JWTCaller, authorized(test.authorizer), test.want)
	}
}

// No two callers of different kinds or parts have the same name.
func TestCallersNeverCollide(t *testing.T) {
	words := []string{"a", "b", "a b", "local", "AROAa", "AROAa:b", "iam:a", "cognito:a", "jwt-sub:a b", "a  b"}
	names := map[string]string{"local": "local mode"}
	add := func(what string, of callerFunc, authorizer string) {
		name, err := of(authorized(authorizer))
		if err != nil {
			return
		}
		if other, taken := names[name]; taken {
			t.Errorf("%s and %s are both %q", what, other, name)
		}
		names[name] = what
	}
	for _, w := range words {
		if w != "AROAa:b" { // a session of AROAa
			add("IAM "+w, lambdaio.IAMCaller, fmt.Sprintf(`{"iam":{"callerId":%q}}`, w))
		}
		add("Cognito "+w, lambdaio.IAMCaller, fmt.Sprintf(`{"iam":{"callerId":"AROA:x","cognitoIdentity":{"identityId":%q}}}`, w))
		for _, issuer := range words {
			add("subject "+issuer+"|"+w, lambdaio.JWTCaller, fmt.Sprintf(`{"jwt":{"claims":{"iss":%q,"sub":%q}}}`, issuer, w))
			add("client "+issuer+"|"+w, lambdaio.JWTCaller, fmt.Sprintf(`{"jwt":{"claims":{"iss":%q,"client_id":%q}}}`, issuer, w))
		}
	}
	if len(names) < 100 {
		t.Errorf("only %d callers were compared", len(names))
	}
}

func TestIAMSessionCallers(t *testing.T) {
	for authorizer, want := range map[string]string{
		`{"iam":{"callerId":"AROAROLE:one"}}`:     "iam:AROAROLE:one",
		`{"iam":{"callerId":"AROAROLE:two"}}`:     "iam:AROAROLE:two",
		`{"iam":{"callerId":"AROAROLE:"}}`:        "iam:AROAROLE",
		`{"iam":{"callerId":"AROAROLE"}}`:         "iam:AROAROLE",
		`{"iam":{"callerId":"AIDAUSER"}}`:         "iam:AIDAUSER",
		`{"iam":{"callerId":"123456789012:kim"}}`: "iam:123456789012:kim",
		`{"iam":{"callerId":"AROAROLE:a\nb"}}`:    "",
		`{"iam":{"callerId":"AROAROLE:a:b"}}`:     "iam:AROAROLE:a:b",
		`{"iam":{"callerId":"AROAROLE:CognitoIdentityCredentials","cognitoIdentity":{"identityId":"eu-west-1:1"}}}`: "cognito:eu-west-1:1",
		`{"jwt":{"claims":{"iss":"https://x","sub":"AIDAUSER"}}}`:                                                   "",
	} {
		wantCaller(t, authorizer, lambdaio.IAMSessionCaller, authorized(authorizer), want)
	}
}

func TestPrincipal(t *testing.T) {
	for authorizer, want := range map[string][2]string{
		`{"iam":{"callerId":"AROAROLE:kim","userArn":"arn:aws:sts::1:assumed-role/Dev/kim"}}`:                                         {"arn:aws:sts::1:assumed-role/Dev", "kim"},
		`{"iam":{"callerId":"AIDAUSER","userArn":"arn:aws:iam::1:user/team/kim"}}`:                                                    {"arn:aws:iam::1:user/team/kim", ""},
		`{"iam":{"callerId":"1:kim","userArn":"arn:aws:sts::1:federated-user/kim"}}`:                                                  {"arn:aws:sts::1:federated-user/kim", ""},
		`{"iam":{"callerId":"AIDAUSER"}}`:                                                                                             {"AIDAUSER", ""},
		`{"iam":{"callerId":"AROA:C","userArn":"arn:aws:sts::1:assumed-role/Pool/C","cognitoIdentity":{"identityId":"eu-west-1:1"}}}`: {"eu-west-1:1", ""},
		`{"jwt":{"claims":{"iss":"https://x","sub":"kim","client_id":"app"}}}`:                                                        {"kim", ""},
		`{"jwt":{"claims":{"iss":"https://x","client_id":"app"}}}`:                                                                    {"app", ""},
		`{"iam":{"userArn":"/assumed-role/"}}`:                                                                                        {"/assumed-role/", ""},
		`{}`:                                                                                                                          {"", ""}, `{`: {"", ""}, ``: {"", ""}, `{"iam":7}`: {"", ""},
	} {
		principal, session := lambdaio.Principal(authorized(authorizer))
		if got := [2]string{principal, session}; got != want {
			t.Errorf("%s: got %q, want %q", authorizer, got, want)
		}
	}
}
