package target

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"time"

	"davit/client"
)

// Explain returns what an error of a request to t means, in one sentence, and what to do, in another. todo is empty where nothing is to be done, or what says it all. t may be
// nil.
func Explain(err error, t *Target) (what, todo string) {
	var own *Error
	var unknown *client.UnknownError
	var p *client.Problem
	switch {
	case err == nil:
		return "", ""
	case errors.As(err, &unknown):
		what, todo = Explain(unknown.Err, t)
		return "it is not known whether the run was recorded: " + what, joined(strings.TrimPrefix(strings.TrimPrefix(todo, "try again"), "; "), "repeat the command with --key "+unknown.Key+", which is safe")
	case errors.As(err, &own):
		return own.What, own.Do
	case errors.As(err, &p):
		return explainProblem(p, t)
	case errors.Is(err, context.Canceled):
		return "it was interrupted", ""
	default:
		return explainNetwork(err, t)
	}
}

func joined(parts ...string) string {
	var there []string
	for _, s := range parts {
		if s != "" {
			there = append(there, s)
		}
	}
	return strings.Join(there, "; ")
}

// gateway is the type of answers that are not Davit's own.
const gateway = "http"

func explainProblem(p *client.Problem, t *Target) (what, todo string) {
	switch {
	case p.Status == http.StatusForbidden && p.Type == gateway:
		return explainForbidden(p, t)
	case p.Status == http.StatusUnauthorized:
		return explainUnauthorized(t)
	case p.Status == http.StatusNotFound && p.Type == gateway, p.Type == "method-not-allowed":
		return "the server does not know this request: it is another version, or the address is not Davit's", "check with: davit doctor"
	case p.Status == http.StatusTooManyRequests:
		return "there are too many requests", "try again in a moment"
	case p.Status >= http.StatusMultipleChoices && p.Status < http.StatusBadRequest:
		return "the server sends requests to another address, which Davit does not", "check the address: " + t.address()
	case p.Status >= http.StatusInternalServerError:
		return "the server failed: " + textOf(p), joined("try again", requestID(p))
	default:
		return textOf(p), ""
	}
}

// textOf returns a problem's detail, or its title where there is none.
func textOf(p *client.Problem) string {
	return firstOf(p.Detail, p.Title, fmt.Sprintf("status %d", p.Status))
}

func requestID(p *client.Problem) string {
	if p.RequestID == "" {
		return ""
	}
	return "the server's log has the cause under request id " + p.RequestID
}

// explainForbidden finds out why a gateway refused: an HTTP API answers the same to a wrong clock, a wrong Region, wrong keys and a missing permission.
func explainForbidden(p *client.Problem, t *Target) (what, todo string) {
	if t == nil {
		return textOf(p), ""
	}
	if ahead, known := t.Skew(); t.Context.Auth == SigV4 && known && ahead.Abs() >= MaxSkew {
		return "this machine's clock is " + ClockText(ahead), ClockDo
	}
	switch t.Context.Auth {
	case SigV4:
		return "AWS does not allow the request", "have execute-api:Invoke allowed on " + t.resource() + ", or use another --profile"
	case Token:
		return "the token does not allow the request", "get one with the scope that it needs: davit/read, davit/run or davit/admin"
	default:
		return "the server wants to know who asks", "give --profile and --region to sign, or a token with DAVIT_TOKEN"
	}
}

func explainUnauthorized(t *Target) (what, todo string) {
	if t == nil || t.Context.Auth != Token {
		return "the server wants a token", "give one with DAVIT_TOKEN"
	}
	if _, expires := claims(t.Context.Token); !expires.IsZero() && expires.Before(time.Now()) {
		err := &Error{}
		_ = errors.As(tokenExpired(expires), &err)
		return err.What, err.Do
	}
	return "the server does not take the token", "get a new one, of the stack's issuer and audience, and set DAVIT_TOKEN"
}

// ClockDo is what to do about a clock that is wrong.
const ClockDo = "set the clock (timedatectl set-ntp true)"

// ClockText returns a difference of the clocks, and what it means: "7 min 12 s ahead of the server; …".
func ClockText(ahead time.Duration) string {
	where := "ahead of"
	if ahead < 0 {
		where = "behind"
	}
	return fmt.Sprintf("%s %s the server; requests are refused from 5 min on", durationText(ahead.Abs()), where)
}

func durationText(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
}

// resource is the ARN that execute-api:Invoke must be allowed on for the request that was refused.
func (t *Target) resource() string {
	api, region := hostRegion(t.url.Hostname())
	if api == "" {
		return "the API's ARN"
	}
	account := "*"
	if t.keys != nil {
		account = t.keys.account()
	}
	partition := "aws"
	if strings.HasPrefix(region, "cn-") {
		partition = "aws-cn"
	} else if strings.HasPrefix(region, "us-gov-") {
		partition = "aws-us-gov"
	}
	return fmt.Sprintf("arn:%s:execute-api:%s:%s:%s/*/%s", partition, region, account, api, t.lastRefused())
}

// account is the account of the credentials, "*" where it is not known.
func (k *keys) account() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.source == nil {
		return "*"
	}
	k.source.mu.Lock()
	defer k.source.mu.Unlock()
	return firstOf(k.source.last.AccountID, "*")
}

func (t *Target) address() string {
	if t == nil {
		return "--url"
	}
	return t.Context.URL
}

// explainNetwork is about requests without an answer that Davit could have sent.
func explainNetwork(err error, t *Target) (what, todo string) {
	host := "the server"
	local := false
	if t != nil {
		host, local = t.url.Host, isLoopback(t.url.Hostname())
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var network net.Error
	var notJSON *json.SyntaxError
	switch {
	case errors.As(err, &notJSON), errors.Is(err, client.ErrNotDavit):
		return fmt.Sprintf("what answers at %s is not Davit", host), "check the address"
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no host %s", dns.Name), "check the address; a stack that was removed has none any more"
	case isRefused(err) && local:
		return fmt.Sprintf("nothing listens at %s", host), "start it with `davit local`, or choose another context: davit config use NAME"
	case errors.As(err, &certificate):
		return fmt.Sprintf("the certificate of %s is not trusted: %v", host, certificate.Err), "check the address, and whether a proxy stands in between"
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Sprintf("%s does not speak https", host), "write the address with http:// if it is local mode"
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s did not answer in time", host), "check the network, and repeat the command"
	case errors.As(err, &network):
		return fmt.Sprintf("%s cannot be reached: %s", host, lastOf(err)), "check the network and the address"
	default:
		return lastOf(err), ""
	}
}

// wsaConnRefused is Windows' own number for a refused connection.
const wsaConnRefused syscall.Errno = 10061

// isRefused reports whether nobody listens at the address.
func isRefused(err error) bool {
	var number syscall.Errno
	return errors.Is(err, syscall.ECONNREFUSED) || runtime.GOOS == "windows" && errors.As(err, &number) && number == wsaConnRefused
}
