// Package sigv4 verifies the signatures of AWS's Signature Version 4 on HTTP requests (IAM User Guide, "Create a signed AWS API request"). It imports nothing of
// Davit and knows no AWS SDK, so that it judges clients which use one.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	timeForm  = "20060102T150405Z"
	// MaxSkew is by how much the time of a request may differ from the verifier's: AWS's own limit for most services.
	MaxSkew = 5 * time.Minute
)

// Errors of Verify, to be compared with errors.Is. The texts name no secret.
var (
	ErrUnsigned  = errors.New("sigv4: the request is not signed")
	ErrMalformed = errors.New("sigv4: the Authorization header is not that of a signed request")
	ErrUnknown   = errors.New("sigv4: the access key is not known")
	ErrSkewed    = errors.New("sigv4: the time of the request is too far from the server's")
	ErrSignature = errors.New("sigv4: the signature does not match")
)

// Secrets returns the secret of an access key.
type Secrets func(accessKey string) (secret string, known bool)

// Verify checks that r, whose body was read as body, was signed with a known key at about the time now. It returns the access key. The body must be signed too.
func Verify(r *http.Request, body []byte, secrets Secrets, now time.Time) (accessKey string, err error) {
	a, err := parse(r)
	if err != nil {
		return "", err
	}
	secret, known := secrets(a.accessKey)
	if !known {
		return a.accessKey, ErrUnknown
	}
	if skew := now.Sub(a.at); skew > MaxSkew || skew < -MaxSkew {
		return a.accessKey, fmt.Errorf("%w: %s and %s", ErrSkewed, a.at.Format(timeForm), now.UTC().Format(timeForm))
	}
	if given := r.Header.Get("X-Amz-Content-Sha256"); given != "" && given != hash(body) {
		return a.accessKey, fmt.Errorf("%w: the body is another", ErrSignature)
	}
	want := a.sign(secret, canonical(r, a.headers, hash(body)))
	if subtle.ConstantTimeCompare([]byte(want), []byte(a.signature)) != 1 {
		return a.accessKey, ErrSignature
	}
	return a.accessKey, nil
}

// authorization is a parsed Authorization header.
type authorization struct {
	accessKey, day, region, service string
	headers                         []string
	signature                       string
	at                              time.Time
}

func parse(r *http.Request) (*authorization, error) {
	text, signed := strings.CutPrefix(r.Header.Get("Authorization"), algorithm+" ")
	if !signed {
		return nil, ErrUnsigned
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 || scope[4] != "aws4_request" || fields["Signature"] == "" {
		return nil, ErrMalformed
	}
	a := &authorization{scope[0], scope[1], scope[2], scope[3], strings.Split(fields["SignedHeaders"], ";"), fields["Signature"], time.Time{}}
	var err error
	if a.at, err = time.Parse(timeForm, r.Header.Get("X-Amz-Date")); err != nil || a.at.Format("20060102") != a.day {
		return nil, fmt.Errorf("%w: X-Amz-Date", ErrMalformed)
	}
	if !slices.Contains(a.headers, "host") || !slices.Contains(a.headers, "x-amz-date") || !slices.IsSorted(a.headers) {
		return nil, fmt.Errorf("%w: host and x-amz-date must be signed, names sorted", ErrMalformed)
	}
	return a, nil
}

// sign returns the signature of a canonical request.
func (a *authorization) sign(secret, request string) string {
	scope := strings.Join([]string{a.day, a.region, a.service, "aws4_request"}, "/")
	text := strings.Join([]string{algorithm, a.at.Format(timeForm), scope, hash([]byte(request))}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{a.day, a.region, a.service, "aws4_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text)) // a hash never fails
	return h.Sum(nil)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
