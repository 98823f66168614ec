package target

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
)

// Credentials is who asks, as far as this machine knows.
type Credentials struct {
	Auth    Auth
	Source  string    // of AWS credentials: SSOProvider, EnvConfigCredentials …
	Account string    // of AWS; empty where it is not known
	Subject string    // of a token
	Expires time.Time // zero where that is not known
}

// Credentials returns what the next request is signed with. It retrieves AWS credentials, which may call AWS.
func (t *Target) Credentials(ctx context.Context) (Credentials, error) {
	x := Credentials{Auth: t.Context.Auth}
	switch x.Auth {
	case Token:
		x.Subject, x.Expires = claims(t.Context.Token)
		if !x.Expires.IsZero() && !x.Expires.After(time.Now()) {
			return x, tokenExpired(x.Expires)
		}
	case SigV4:
		who, err := t.retrieve(ctx)
		if err != nil {
			return x, err
		}
		x.Source, x.Account = who.Source, who.AccountID
		if who.CanExpire {
			x.Expires = who.Expires
		}
	}
	return x, nil
}

func (t *Target) retrieve(ctx context.Context) (aws.Credentials, error) {
	if _, err := t.keys.load(ctx); err != nil {
		return aws.Credentials{}, err
	}
	who, err := t.keys.source.Retrieve(ctx)
	if err != nil {
		return who, credentialsError(err, t.keys.profile)
	}
	return who, nil
}

// Identity returns the ARN that AWS knows the caller by, of STS's GetCallerIdentity; "" unless the context signs. Its error is an *Error where AWS does not take the
// credentials at all.
func (t *Target) Identity(ctx context.Context) (arn string, err error) {
	if t.keys == nil {
		return "", nil
	}
	if _, err := t.keys.load(ctx); err != nil {
		return "", err
	}
	c := t.keys.config
	c.Credentials = t.keys.source
	var answer struct {
		ARN string `xml:"GetCallerIdentityResult>Arn"`
	}
	err = query{service: "sts", version: "2011-06-15", action: "GetCallerIdentity"}.call(ctx, c, &answer)
	var e *queryError
	if errors.As(err, &e) {
		if refused := refusedKeys(e, t.keys.profile); refused != nil {
			return "", refused
		}
	}
	return answer.ARN, err
}

// refusedKeys is what a service's refusal of the credentials themselves means; nil for other refusals.
func refusedKeys(e *queryError, profile string) error {
	switch e.Code {
	case "ExpiredToken", "ExpiredTokenException":
		return expired(profile, e)
	case "RequestExpired", "SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSignatureException":
		return &Error{
			Kind: KindNoCredentials, Err: e,
			What: "AWS does not take the credentials: " + e.Message,
			Do:   "check the clock and the credentials: aws sts get-caller-identity" + profileFlag(profile),
		}
	default:
		return nil
	}
}

// claims returns the subject and the end of a JWT, unchecked; neither for other tokens.
func claims(token string) (subject string, expires time.Time) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", expires
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", expires
	}
	var c struct {
		Subject string  `json:"sub"`
		Expires float64 `json:"exp"`
	}
	if json.Unmarshal(data, &c) == nil && c.Expires > 0 {
		expires = time.Unix(int64(c.Expires), 0)
	}
	return c.Subject, expires
}

func tokenExpired(at time.Time) error {
	return &Error{Kind: KindExpired, What: "the token expired at " + at.UTC().Format(time.RFC3339), Do: "get a new one and set DAVIT_TOKEN"}
}

func expired(profile string, err error) error {
	return &Error{Kind: KindExpired, What: "the AWS session has expired", Do: "sign in again: aws sso login" + profileFlag(profile), Err: err}
}

func profileFlag(profile string) string {
	if profile == "" {
		return ""
	}
	return " --profile " + profile
}

// credentialsError is what an error of the AWS configuration or of its credentials means.
func credentialsError(err error, profile string) error {
	var own *Error
	if errors.As(err, &own) || errors.Is(err, context.Canceled) {
		return err
	}
	text := err.Error()
	var unknown config.SharedConfigProfileNotExistError
	var session *ssocreds.InvalidTokenError
	var api smithy.APIError
	var network net.Error
	switch {
	case errors.As(err, &unknown):
		return &Error{Kind: KindProfile, What: fmt.Sprintf("there is no AWS profile %s", unknown.Profile), Do: "see them with: aws configure list-profiles", Err: err}
	case strings.Contains(text, "reauthenticate"):
		return &Error{Kind: KindExpired, What: "the AWS session has expired", Do: "sign in again: aws login" + profileFlag(profile), Err: err}
	case errors.As(err, &session), strings.Contains(text, "SSO token"), errors.As(err, &api) && sessionOver[api.ErrorCode()]:
		return expired(profile, err)
	case strings.Contains(text, "EC2 IMDS"), strings.Contains(text, "ec2imds"):
		return &Error{
			Kind: KindNoCredentials, Err: err,
			What: "there are no AWS credentials to sign with",
			Do:   "give a profile (--profile, AWS_PROFILE), or sign in: aws sso login",
		}
	case errors.As(err, &api):
		return &Error{
			Kind: KindNoCredentials, Err: err,
			What: fmt.Sprintf("AWS gives no credentials: %s: %s", api.ErrorCode(), api.ErrorMessage()),
			Do:   "check the profile: aws sts get-caller-identity" + profileFlag(profile),
		}
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: KindNoCredentials, What: "AWS did not answer when asked for credentials", Do: "check the network, and repeat the command", Err: err}
	default:
		return &Error{
			Kind: KindNoCredentials, Err: err,
			What: "the AWS credentials cannot be had: " + lastOf(err),
			Do:   "check the profile: aws sts get-caller-identity" + profileFlag(profile),
		}
	}
}

// sessionOver is the error codes of a session that is over.
var sessionOver = map[string]bool{
	"UnauthorizedException": true, "InvalidGrantException": true, "ExpiredTokenException": true, "ExpiredToken": true,
}

// lastOf is the text of the innermost error, on one line.
func lastOf(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return strings.Join(strings.Fields(err.Error()), " ")
		}
		err = inner
	}
}
