package lambdaio

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The kinds of callers. Each caller's name begins with one, so that callers of different kinds are never the same.
const (
	kindIAM       = "iam:"        // a role's, user's or account's id
	kindCognito   = "cognito:"    // an identityId
	kindJWT       = "jwt-sub:"    // issuer, space, subject
	kindJWTClient = "jwt-client:" // issuer, space, client id
	localCaller   = "local"
)

// maxCaller bounds a caller's name, in bytes: it is kept with each of the caller's runs.
const maxCaller = 1024

var errNoCaller = errors.New("the event names no caller of the kind that this API takes")

// IAMCaller names who signed the request: a Cognito identity by its identityId; a role by its id without the session's name, so that
// all sessions of a role are one caller; a user, an account or a federated user by its id. Ids, unlike names, are never used again.
func IAMCaller(e HTTPEvent) (string, error) {
	var a struct {
		IAM struct {
			CallerID        string `json:"callerId"`
			CognitoIdentity struct {
				IdentityID string `json:"identityId"`
			} `json:"cognitoIdentity"`
		} `json:"iam"`
	}
	if err := parseAuthorizer(e, &a); err != nil {
		return "", err
	}
	if id := a.IAM.CognitoIdentity.IdentityID; id != "" {
		return callerName(kindCognito, id)
	}
	id := a.IAM.CallerID
	if role, _, session := strings.Cut(id, ":"); session && strings.HasPrefix(role, rolePrefix) {
		id = role
	}
	return callerName(kindIAM, id)
}

// rolePrefix begins the ids of roles. A federated user's is account:name, whose name is no session's.
const rolePrefix = "AROA"

// JWTCaller names whom the token was issued to: the subject of its issuer or, where it has none, as with client credentials of some
// issuers, the client.
func JWTCaller(e HTTPEvent) (string, error) {
	var a struct {
		JWT struct {
			Claims struct {
				Issuer  string `json:"iss"`
				Subject string `json:"sub"`
				Client  string `json:"client_id"`
			} `json:"claims"`
		} `json:"jwt"`
	}
	if err := parseAuthorizer(e, &a); err != nil {
		return "", err
	}
	c := a.JWT.Claims
	if c.Issuer == "" || strings.ContainsFunc(c.Issuer, unicode.IsSpace) {
		return "", errNoCaller // the first space ends the issuer
	}
	if c.Subject != "" {
		return callerName(kindJWT, c.Issuer, c.Subject)
	}
	return callerName(kindJWTClient, c.Issuer, c.Client)
}

// LocalCaller is everybody, under local mode's name. It is for emulators of API Gateway, which name no caller.
func LocalCaller(HTTPEvent) (string, error) { return localCaller, nil }

func parseAuthorizer(e HTTPEvent, into any) error {
	if len(e.RequestContext.Authorizer) == 0 {
		return errNoCaller
	}
	if err := json.Unmarshal(e.RequestContext.Authorizer, into); err != nil {
		return errors.Join(errNoCaller, err)
	}
	return nil
}

// callerName puts a name together of parts of which only the last may hold a space.
func callerName(kind string, parts ...string) (string, error) {
	name := kind + strings.Join(parts, " ")
	bad := len(name) > maxCaller || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl)
	if bad || strings.TrimSpace(parts[len(parts)-1]) == "" {
		return "", errNoCaller
	}
	return name, nil
}
