package target_test

import (
	"testing"

	"davit/internal/cli/target"
)

const apiURL = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com"

const contexts = `current: prod
contexts:
  - {name: prod, url: "https://a1b2c3.execute-api.eu-west-1.amazonaws.com", stack: davit, region: eu-west-1, profile: work, auth: sigv4}
  - {name: jwt, url: "https://jobs.example.com", auth: token, token: stored}
  - {name: bare, url: "https://jobs.example.com"}
`

func TestResolve(t *testing.T) {
	type want struct {
		url, token, region, profile string
		auth                        target.Auth
		kind                        target.Kind
	}
	for name, c := range map[string]struct {
		o    target.Options
		env  map[string]string
		want want
	}{
		"the current one":             {want: want{url: apiURL, region: "eu-west-1", profile: "work", auth: target.SigV4}},
		"a flag over it":              {o: target.Options{Context: "local"}, want: want{url: "http://127.0.0.1:3000", auth: target.None}},
		"a variable over it":          {env: map[string]string{"DAVIT_CONTEXT": "local"}, want: want{url: "http://127.0.0.1:3000", auth: target.None}},
		"a flag over a variable":      {o: target.Options{Context: "jwt"}, env: map[string]string{"DAVIT_URL": "http://127.0.0.1:1"}, want: want{url: "https://jobs.example.com", auth: target.Token, token: "stored"}},
		"an address":                  {o: target.Options{URL: "http://[::1]:3000/"}, want: want{url: "http://[::1]:3000", auth: target.None}},
		"an address of AWS":           {o: target.Options{URL: apiURL + "/prod/"}, want: want{url: apiURL + "/prod", auth: target.SigV4}},
		"an address with a token":     {env: map[string]string{"DAVIT_URL": apiURL, "DAVIT_TOKEN": " Bearer t\n"}, want: want{url: apiURL, auth: target.Token, token: "t"}},
		"a variable's token":          {o: target.Options{Context: "jwt"}, env: map[string]string{"DAVIT_TOKEN": "t"}, want: want{url: "https://jobs.example.com", auth: target.Token, token: "t"}},
		"a token for another":         {env: map[string]string{"DAVIT_TOKEN": "t"}, want: want{url: apiURL, region: "eu-west-1", profile: "work", auth: target.SigV4}},
		"a flag's token":              {o: target.Options{Context: "jwt", Token: "u"}, env: map[string]string{"DAVIT_TOKEN": "t"}, want: want{url: "https://jobs.example.com", auth: target.Token, token: "u"}},
		"another profile":             {o: target.Options{Profile: "play"}, want: want{url: apiURL, region: "eu-west-1", profile: "play", auth: target.SigV4}},
		"https signs":                 {o: target.Options{Context: "bare"}, want: want{url: "https://jobs.example.com", auth: target.SigV4}},
		"http does not":               {o: target.Options{URL: "http://davit:3000"}, want: want{url: "http://davit:3000", auth: target.None}},
		"http with a token on lo":     {o: target.Options{URL: "http://localhost:3000", Token: "t"}, want: want{url: "http://localhost:3000", auth: target.Token, token: "t"}},
		"http with a token":           {o: target.Options{URL: "http://davit:3000", Token: "t"}, want: want{kind: target.KindInsecure}},
		"two flags":                   {o: target.Options{URL: apiURL, Context: "prod"}, want: want{kind: target.KindUsage}},
		"two variables":               {env: map[string]string{"DAVIT_URL": apiURL, "DAVIT_CONTEXT": "prod"}, want: want{kind: target.KindUsage}},
		"no such context":             {o: target.Options{Context: "prd"}, want: want{kind: target.KindContext}},
		"another Region":              {o: target.Options{Region: "us-east-1"}, want: want{kind: target.KindRegion}},
		"no scheme":                   {o: target.Options{URL: "127.0.0.1:3000"}, want: want{kind: target.KindURL}},
		"another scheme":              {o: target.Options{URL: "ftp://a"}, want: want{kind: target.KindURL}},
		"no host":                     {o: target.Options{URL: "http:///a"}, want: want{kind: target.KindURL}},
		"a user in it":                {o: target.Options{URL: "https://a:b@c"}, want: want{kind: target.KindURL}},
		"a query":                     {o: target.Options{URL: "https://c/?a=b"}, want: want{kind: target.KindURL}},
		"a token of two lines":        {o: target.Options{URL: apiURL, Token: "a\nb"}, want: want{kind: target.KindUsage}},
		"a context without its token": {o: target.Options{URL: apiURL, Token: " "}, want: want{kind: target.KindNoCredentials}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, _, err := load(t, contexts)
			if err != nil {
				t.Fatal(err)
			}
			c.o.Env = func(name string) string { return c.env[name] }
			got, err := target.Resolve(t.Context(), cfg, c.o)
			if kindOf(err) != c.want.kind {
				t.Fatalf("error %v, want the kind %q", err, c.want.kind)
			}
			if err != nil {
				return
			}
			x := got.Context
			if have := (want{x.URL, x.Token, x.Region, x.Profile, x.Auth, ""}); have != c.want {
				t.Errorf("got %+v, want %+v", have, c.want)
			}
			if (got.Client.Sign == nil) != (c.want.auth == target.None) {
				t.Errorf("signs: %v, want that of %s", got.Client.Sign != nil, c.want.auth)
			}
		})
	}
}
