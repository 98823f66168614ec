package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"davit/client"
	"davit/internal/cli/target"
)

// identityBound is how long the caller's name is waited for, which is good to know and no more.
const identityBound = 3 * time.Second

// credentials retrieves them and asks AWS for their owner.
func (x *examination) credentials(ctx context.Context) Check {
	who, err := x.target.Credentials(ctx)
	if err != nil {
		return x.failed("credentials", err)
	}
	c := Check{OK: true, Text: "credentials: token" + part(" of ", who.Subject)}
	switch who.Auth {
	case target.None:
		c.Text = "credentials: none needed"
		return c
	case target.SigV4:
		name, err := x.identity(ctx, who)
		if err != nil {
			return x.failed("credentials", err)
		}
		c.Text = "credentials: " + name
	}
	if !who.Expires.IsZero() {
		c.Text += ", " + leftText(time.Until(who.Expires)) + " left"
	}
	return c
}

// identity names the owner of AWS credentials, or where they are from. Its error is that AWS does not take them.
func (x *examination) identity(ctx context.Context, who target.Credentials) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, identityBound)
	defer cancel()
	arn, err := x.target.Identity(ctx)
	var refused *target.Error
	switch {
	case errors.As(err, &refused):
		return "", err
	case err != nil || arn == "":
		return "AWS, " + who.Source + part(", account ", who.Account), nil
	default:
		return identityText(arn), nil
	}
}

// identityText is an ARN in words: arn:aws:sts::1:assumed-role/NAME/SESSION is an assumed role.
func identityText(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return arn
	}
	account, kind, name := parts[4], parts[5], ""
	if before, after, ok := strings.Cut(parts[5], "/"); ok {
		kind, name = before, after
	}
	if kind == "assumed-role" {
		role, session, _ := strings.Cut(name, "/")
		return fmt.Sprintf("assumed role %s%s, account %s", role, part(", session ", session), account)
	}
	return strings.TrimSpace(kind+" "+name) + ", account " + account
}

func leftText(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	default:
		return fmt.Sprintf("%d min", max(d, 0)/time.Minute)
	}
}

// endpoint asks the server for anything, unsigned: whatever it answers, it is there.
func (x *examination) endpoint(ctx context.Context) Check {
	begun := time.Now()
	if _, err := x.target.Call(ctx, http.MethodGet, "/meta", nil, false); err != nil {
		return x.failed("endpoint", err)
	}
	return Check{OK: true, Text: fmt.Sprintf("endpoint: answers in %d ms", time.Since(begun).Milliseconds())}
}

// permission is a request that changes nothing and shows whether the caller may.
type permission struct {
	name, method, path string
	body               []byte // an array is no body that Davit takes
	without            string // what is refused without it
}

var permissions = []permission{
	{"read", http.MethodGet, "/runs?limit=1", nil, "ps, show, wait, logs"},
	{"run", http.MethodPost, "/runs?dryRun=true", []byte("[]"), "run, rerun, stop"},
	{"admin", http.MethodPost, "/task-definitions", []byte("[]"), "def register, schedule put"},
}

// verdict is what a permission's request showed.
type verdict struct {
	may bool
	err error // the server could not be asked
}

// server makes the checks that need credentials: permissions and version.
func (x *examination) server(ctx context.Context) []Check {
	verdicts := make([]verdict, len(permissions))
	var version Check
	var wait sync.WaitGroup
	for i, p := range permissions {
		wait.Go(func() { verdicts[i] = x.ask(ctx, p) })
	}
	wait.Go(func() { version = x.version(ctx) })
	wait.Wait()
	may := x.may(verdicts)
	if !may.OK {
		return []Check{may} // the version's would be about the same
	}
	return []Check{may, version}
}

func (x *examination) ask(ctx context.Context, p permission) verdict {
	a, err := x.target.Call(ctx, p.method, p.path, p.body, true)
	switch {
	case err != nil:
		return verdict{err: err}
	case a.Status == http.StatusForbidden, a.Status == http.StatusUnauthorized:
		return verdict{}
	case a.Status == http.StatusOK && p.body == nil && a.IsDavit(), a.Status == http.StatusBadRequest && a.IsDavit():
		return verdict{may: true}
	default:
		return verdict{err: problemOf(a)}
	}
}

// problemOf is an answer that no check expects.
func problemOf(a target.Answer) error {
	p := &client.Problem{}
	if a.Status < http.StatusMultipleChoices {
		return &target.Error{Kind: target.KindURL, What: "what answers there is not Davit", Do: "check the address"}
	}
	if json.Unmarshal(a.Body, p) != nil || p.Type == "" {
		p = &client.Problem{Type: "http", Title: http.StatusText(a.Status)}
	}
	p.Status = a.Status
	return p
}

func (x *examination) may(verdicts []verdict) Check {
	c := Check{OK: true}
	var words, refused []string
	for i, v := range verdicts {
		word := "yes"
		switch {
		case v.err != nil:
			return x.failed("may "+permissions[i].name+": not known", v.err)
		case !v.may:
			word = "no"
			refused = append(refused, permissions[i].without)
		}
		words = append(words, permissions[i].name+" "+word)
	}
	c.Text = "may: " + strings.Join(words, " · ")
	if len(refused) > 0 {
		c.Text += " (" + strings.Join(refused, ", ") + " will be refused)"
	}
	if !verdicts[0].may {
		c.OK = false
		c.Do = x.refusalDo()
	}
	return c
}

// refusalDo is what to do about a caller who may not even read.
func (x *examination) refusalDo() string {
	status := http.StatusForbidden
	if x.target.Context.Auth == target.Token {
		status = http.StatusUnauthorized
	}
	_, todo := target.Explain(&client.Problem{Type: "http", Status: status}, x.target)
	return todo
}
