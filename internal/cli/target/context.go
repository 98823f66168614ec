package target

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// Auth is how a request shows who asks.
type Auth string

// The ways. An empty Auth is found out from the rest of the context.
const (
	SigV4 Auth = "sigv4" // signed with AWS credentials
	Token Auth = "token" // a bearer token
	None  Auth = "none"
)

// LocalName is the name of the context that always exists: local mode on this machine.
const LocalName = "local"

// localURL is where `davit local` listens without flags.
const localURL = "http://127.0.0.1:3000"

// Context is one Davit, by name.
type Context struct {
	Name    string `yaml:"name"`
	URL     string `yaml:"url"`
	Stack   string `yaml:"stack,omitempty"`   // whose outputs it was made of
	Region  string `yaml:"region,omitempty"`  // of the stack
	Profile string `yaml:"profile,omitempty"` // of AWS; empty is the SDK's default chain
	Auth    Auth   `yaml:"auth,omitempty"`
	Token   string `yaml:"token,omitempty"` // of Auth Token
}

// Describe returns the context on one line, without its name and its token.
func (c Context) Describe() string {
	var parts []string
	if c.Stack != "" {
		parts = append(parts, "stack "+c.Stack)
	}
	if c.Region != "" {
		parts = append(parts, c.Region)
	}
	if c.Profile != "" {
		parts = append(parts, "profile "+c.Profile)
	}
	if c.Auth == Token || c.Token != "" {
		parts = append(parts, "with a token")
	}
	return strings.Join(append(parts, c.URL), ", ")
}

// local is the context that always exists.
func local() Context { return Context{Name: LocalName, URL: localURL, Auth: None} }

var contextName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// check reports what is wrong with a context.
func (c Context) check() error {
	if !contextName.MatchString(c.Name) {
		return &Error{Kind: KindContext, What: fmt.Sprintf("%q is no name for a context", c.Name), Do: "use 1 to 64 letters, digits, dots, dashes and underscores"}
	}
	u, err := parseURL(c.URL)
	if err != nil {
		return err
	}
	switch c.Auth {
	case "", SigV4, Token, None:
	default:
		return &Error{Kind: KindContext, What: fmt.Sprintf("context %s: %q is no way to ask", c.Name, c.Auth), Do: "use sigv4, token or none"}
	}
	if c.Token != "" {
		if err := checkToken(c.Token, u); err != nil {
			return err
		}
	}
	return checkRegion(u, c.Region)
}

// parseURL returns the address of an API.
func parseURL(text string) (*url.URL, error) {
	bad := func(what, do string) error { return &Error{Kind: KindURL, What: what, Do: do} }
	if text == "" {
		return nil, bad("there is no address", "give one with --url, or make a context: davit config add NAME --stack STACK")
	}
	if !strings.Contains(text, "://") {
		return nil, bad(fmt.Sprintf("the address %q has no scheme", text), fmt.Sprintf("write https://%s, or http:// for local mode", text))
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, bad("the address cannot be read: "+err.Error(), "write it as https://HOST")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, bad(fmt.Sprintf("the address %q begins with %s://", text, u.Scheme), "use https://, or http:// for local mode")
	case u.Hostname() == "":
		return nil, bad(fmt.Sprintf("the address %q has no host", text), "write it as https://HOST")
	case u.User != nil:
		return nil, bad("the address has a user in it", "leave that out; Davit takes AWS credentials or a token")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, bad(fmt.Sprintf("the address %q has a query or a fragment", text), "leave out what is after ? or #")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// apiHost is the host of an API Gateway: the API's id and its Region.
var apiHost = regexp.MustCompile(`^([a-z0-9-]+)\.execute-api\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.(?:com|com\.cn|eu)$`)

// hostRegion returns the API's id and the Region that a host names; "" for other hosts.
func hostRegion(host string) (api, region string) {
	if m := apiHost.FindStringSubmatch(strings.ToLower(host)); m != nil {
		return m[1], m[2]
	}
	return "", ""
}

// checkRegion refuses a Region that is another than the address names: API Gateway would refuse the signature.
func checkRegion(u *url.URL, region string) error {
	_, there := hostRegion(u.Hostname())
	if there == "" || region == "" || there == region {
		return nil
	}
	return &Error{
		Kind: KindRegion,
		What: fmt.Sprintf("the address is in Region %s, but %s is asked for", there, region),
		Do:   "leave --region out, or use " + there,
	}
}

// checkToken refuses a token that no header can carry, and one that others on the way could read.
func checkToken(token string, u *url.URL) error {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return &Error{Kind: KindUsage, What: "the token has spaces or characters that no token has", Do: "give the token alone, on one line"}
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return &Error{
			Kind: KindInsecure,
			What: fmt.Sprintf("the token would go to %s over http, where others on the way can read it", u.Host),
			Do:   "use https",
		}
	}
	return nil
}

// auth returns how the context's requests show who asks.
func (c Context) auth(u *url.URL) Auth {
	_, region := hostRegion(u.Hostname())
	switch {
	case c.Auth != "":
		return c.Auth
	case c.Token != "":
		return Token
	case region != "" || c.Region != "" || c.Profile != "" || u.Scheme == "https":
		return SigV4
	default:
		return None
	}
}
