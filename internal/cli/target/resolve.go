package target

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"davit/client"
)

// Options is what a command line says of the target. Flags go before the variables DAVIT_CONTEXT, DAVIT_URL and DAVIT_TOKEN, and those before the current context.
type Options struct {
	Context, URL, Token, Region, Profile string
	// Env returns a variable; nil is os.Getenv.
	Env func(string) string
	// UserAgent is sent with each request.
	UserAgent string
}

// Target is a Davit and who asks it.
type Target struct {
	// Client makes requests, signed, with a token, or as they are.
	Client *client.Client
	// Context is what was chosen, with flags and variables in it. Its Auth is never empty; its Name is, for an address that was given.
	Context Context

	url     *url.URL
	http    *http.Client
	answers *answers
	keys    *keys // nil unless Auth is SigV4
	exposed string
}

// Exposed returns the file of contexts if it has tokens and others may read it, else "".
func (t *Target) Exposed() string { return t.exposed }

// Resolve chooses a context and returns its target. Nothing is sent, and no credentials are retrieved yet.
func Resolve(_ context.Context, cfg *Config, o Options) (*Target, error) {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	c, err := o.choose(cfg)
	if err != nil {
		return nil, err
	}
	o.override(&c)
	t, err := newTarget(c, o.UserAgent)
	if err != nil {
		return nil, err
	}
	t.exposed = cfg.exposed()
	return t, nil
}

// choose returns the context that flags, variables or the file name, as it is in the file.
func (o Options) choose(cfg *Config) (Context, error) {
	for _, from := range []struct{ name, url, names string }{
		{o.Context, o.URL, "--context and --url"},
		{o.Env("DAVIT_CONTEXT"), o.Env("DAVIT_URL"), "DAVIT_CONTEXT and DAVIT_URL"},
	} {
		switch {
		case from.name != "" && from.url != "":
			return Context{}, &Error{Kind: KindUsage, What: from.names + " are both given", Do: "give one of them"}
		case from.url != "":
			return Context{URL: from.url}, nil
		case from.name != "":
			return cfg.Find(from.name)
		}
	}
	return cfg.Find(cfg.Current())
}

// override puts the flags and DAVIT_TOKEN into a context. A context that signs, or needs nothing, is not sent a token that is meant for another.
func (o Options) override(c *Context) {
	if o.Region != "" {
		c.Region = o.Region
	}
	if o.Profile != "" {
		c.Profile = o.Profile
	}
	if token := o.Env("DAVIT_TOKEN"); token != "" && (c.Auth == "" || c.Auth == Token) {
		c.Auth, c.Token = Token, token
	}
	if o.Token != "" {
		c.Auth, c.Token = Token, o.Token
	}
	c.Token = strings.TrimPrefix(strings.TrimSpace(c.Token), "Bearer ")
}

// timeout bounds a request; the API's own limit is 30 s.
const timeout = 35 * time.Second

func newTarget(c Context, userAgent string) (*Target, error) {
	u, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	c.URL = u.String()
	c.Auth = c.auth(u)
	t := &Target{Context: c, url: u, answers: &answers{next: http.DefaultTransport}}
	t.http = &http.Client{Transport: t.answers, Timeout: timeout, CheckRedirect: noRedirect}
	t.Client = &client.Client{URL: c.URL, HTTP: t.http, UserAgent: userAgent}
	switch c.Auth {
	case Token:
		if c.Token == "" {
			return nil, &Error{Kind: KindNoCredentials, What: "there is no token", Do: "give one with DAVIT_TOKEN or --token"}
		}
		if err := checkToken(c.Token, u); err != nil {
			return nil, err
		}
		t.Client.Sign = bearer(c.Token)
	case SigV4:
		if err := checkRegion(u, c.Region); err != nil {
			return nil, err
		}
		_, region := hostRegion(u.Hostname())
		t.keys = &keys{profile: c.Profile, region: firstOf(region, c.Region)}
		t.Client.Sign = t.keys.sign
	}
	return t, nil
}

// noRedirect returns redirects as they are: the API sends none, and a request is signed for one address.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func bearer(token string) func(context.Context, *http.Request, []byte) error {
	return func(_ context.Context, r *http.Request, _ []byte) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
