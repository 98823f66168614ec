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
	who, err := x.Target.Credentials(ctx)
	if err != nil {
		return failed("credentials", err, x.Target)
	}
	c := Check{OK: true, Name: "credentials"}
	switch who.Auth {
	case target.None:
		c.Text = "none needed"
		return c
	case target.Token:
		c.Text = "token" + part(" of ", who.Subject)
	default:
		c.Text = x.identity(ctx, who)
	}
	if !who.Expires.IsZero() {
		c.Text += ", " + leftText(time.Until(who.Expires)) + " left"
	}
	return c
}

// identity names the owner of AWS credentials, or where they are from.
func (x *examination) identity(ctx context.Context, who target.Credentials) string {
	ctx, cancel := context.WithTimeout(ctx, identityBound)
	defer cancel()
	arn, err := x.Target.Identity(ctx)
	if err != nil || arn == "" {
		return "AWS, " + who.Source + part(", account ", who.Account)
	}
	return identityText(arn)
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
	if _, err := x.Target.Call(ctx, http.MethodGet, "/meta", nil, false); err != nil {
		return failed("endpoint", err, x.Target)
	}
	return Check{OK: true, Name: "endpoint", Text: fmt.Sprintf("answers in %d ms", time.Since(begun).Milliseconds())}
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
	return []Check{x.may(verdicts), version}
}

func (x *examination) ask(ctx context.Context, p permission) verdict {
	a, err := x.Target.Call(ctx, p.method, p.path, p.body, true)
	switch {
	case err != nil:
		return verdict{err: err}
	case a.Status == http.StatusForbidden, a.Status == http.StatusUnauthorized:
		return verdict{}
	case a.Status < http.StatusMultipleChoices && p.body == nil, a.Status == http.StatusBadRequest && a.IsDavit():
		return verdict{may: true}
	default:
		return verdict{err: problemOf(a)}
	}
}

// problemOf is an answer that no check expects.
func problemOf(a target.Answer) error {
	p := &client.Problem{}
	if json.Unmarshal(a.Body, p) != nil || p.Type == "" {
		p = &client.Problem{Type: "http", Title: http.StatusText(a.Status)}
	}
	p.Status = a.Status
	return p
}

func (x *examination) may(verdicts []verdict) Check {
	c := Check{OK: true, Name: "may"}
	var words, refused []string
	for i, v := range verdicts {
		word := "yes"
		switch {
		case v.err != nil:
			c = failed("may", v.err, x.Target)
			c.Text = fmt.Sprintf("%s is not known: %s", permissions[i].name, c.Text)
			return c
		case !v.may:
			word = "no"
			refused = append(refused, permissions[i].without)
		}
		words = append(words, permissions[i].name+" "+word)
	}
	c.Text = strings.Join(words, " · ")
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
	if x.Target.Context.Auth == target.Token {
		status = http.StatusUnauthorized
	}
	what, todo := target.Explain(&client.Problem{Type: "http", Status: status}, x.Target)
	return what + ": " + todo
}

// version compares the server's with this program's.
func (x *examination) version(ctx context.Context) Check {
	a, err := x.Target.Call(ctx, http.MethodGet, "/meta", nil, true)
	var meta struct {
		Version string `json:"version"`
	}
	c := Check{Name: "version"}
	switch {
	case err != nil:
		return failed("version", err, x.Target)
	case a.Status == http.StatusNotFound:
		c.Text, c.Do = "the server is older than this program: it has no logs, rerun or meta", "update the stack, or `davit local`"
		return c
	case a.Status != http.StatusOK:
		return failed("version", problemOf(a), x.Target)
	case json.Unmarshal(a.Body, &meta) != nil || meta.Version == "":
		return failed("version", errors.New("what answers there is not Davit"), x.Target)
	}
	c.OK, c.Text = true, "server "+meta.Version+part(", this program ", x.Version)
	return c
}
