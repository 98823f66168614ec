package lambdaio

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The kinds of callers. Each caller's name begins with one, so that callers of different kinds never have the same name.
const (
	kindIAM       = "iam:"        // id of a role, user or account
	kindCognito   = "cognito:"    // an identityId
	kindJWT       = "jwt-sub:"    // issuer, space, subject
	kindJWTClient = "jwt-client:" // issuer, space, client id
	localCaller   = "local"
)

// maxCaller bounds a caller's name, in bytes: it is stored with each of the caller's runs.
const maxCaller = 1024

var errNoCaller = errors.New("the event names no caller of the kind that this API takes")

// Principal returns the person or program that an event's authorizer identified: the ARN of a user, or of an assumed role with the session's name apart; a Cognito
// identity's id; a token's subject or client. It returns "" where the event has none.
func Principal(e HTTPEvent) (principal, session string) {
	var a struct {
		IAM struct {
			CallerID        string `json:"callerId"`
			UserARN         string `json:"userArn"`
			CognitoIdentity struct {
				IdentityID string `json:"identityId"`
			} `json:"cognitoIdentity"`
		} `json:"iam"`
	}
	if parseAuthorizer(e, &a) != nil {
		return "", ""
	}
	if id := a.IAM.CognitoIdentity.IdentityID; id != "" {
		return id, ""
	}
	c, _ := claimsOf(e) // none: the request was signed
	arn := a.IAM.UserARN
	if i := strings.LastIndexByte(arn, '/'); i > 0 && strings.Contains(arn[:i], ":assumed-role/") {
		return arn[:i], arn[i+1:]
	}
	return cmp.Or(arn, a.IAM.CallerID, c.text("sub"), c.text("client_id")), ""
}

// IAMCaller returns the name of the principal that signed the request: a Cognito identity's identityId; a role's id without the session's
// name, so that all sessions of a role are one caller; the id of a user, an account or a federated user. Ids, unlike names, are never reused.
func IAMCaller(e HTTPEvent) (string, error) { return iamCaller(e, false) }

// IAMSessionCaller returns what IAMCaller does, and each session of a role as a caller of its own. A session's name is its user's to choose unless the role's
// trust policy holds it to something.
func IAMSessionCaller(e HTTPEvent) (string, error) { return iamCaller(e, true) }

func iamCaller(e HTTPEvent, withSession bool) (string, error) {
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
	if role, session, has := strings.Cut(id, ":"); has && strings.HasPrefix(role, rolePrefix) && (!withSession || session == "") {
		id = role
	}
	return callerName(kindIAM, id)
}

// rolePrefix begins the ids of roles. A federated user's id is account:name, where the name is no session's.
const rolePrefix = "AROA"

// JWTCaller returns the name of the principal that the token was issued to: its issuer and subject or, without a subject (client
// credentials of some issuers), its issuer and client id.
func JWTCaller(e HTTPEvent) (string, error) {
	c, err := claimsOf(e)
	if err != nil {
		return "", err
	}
	issuer, subject := c.text("iss"), c.text("sub")
	if issuer == "" || strings.ContainsFunc(issuer, unicode.IsSpace) {
		return "", errNoCaller // the first space of a name ends the issuer
	}
	if subject != "" {
		return callerName(kindJWT, issuer, subject)
	}
	return callerName(kindJWTClient, issuer, c.text("client_id"))
}

// claims are those of a token, by their exact names: encoding/json would take SUB for sub, and an issuer may let its users choose the names of claims.
type claims map[string]json.RawMessage

// claimsOf returns the claims of the token of a request. errNoCaller: there is none.
func claimsOf(e HTTPEvent) (claims, error) {
	var a struct {
		JWT struct {
			Claims claims `json:"claims"`
		} `json:"jwt"`
	}
	err := parseAuthorizer(e, &a)
	return a.JWT.Claims, err
}

// text returns a claim that is a text, "" for any other.
func (c claims) text(name string) string {
	var text string
	if json.Unmarshal(c[name], &text) != nil {
		return ""
	}
	return text
}

// HasScope reports whether the token of a request has a scope. Issuers name their scopes scope, as OAuth does, or scp.
func HasScope(e HTTPEvent, scope string) bool {
	c, err := claimsOf(e)
	if err != nil {
		return false
	}
	// Issuers that write a list have it made the text [a b] by the gateway.
	return slices.Contains(strings.Fields(c.text("scope")), scope) || slices.Contains(strings.Fields(strings.Trim(c.text("scp"), "[]")), scope)
}

// LocalCaller returns local mode's caller for every request. It is for emulators of API Gateway, which name no caller.
func LocalCaller(HTTPEvent) (string, error) { return localCaller, nil }

// parseAuthorizer parses the authorizer's part of an event. errNoCaller: the event has none, or it is malformed.
func parseAuthorizer(e HTTPEvent, into any) error {
	if len(e.RequestContext.Authorizer) == 0 {
		return errNoCaller
	}
	if err := json.Unmarshal(e.RequestContext.Authorizer, into); err != nil {
		return errors.Join(errNoCaller, err)
	}
	return nil
}

// callerName joins a kind and parts, of which only the last may contain a space, to a caller's name.
func callerName(kind string, parts ...string) (string, error) {
	name := kind + strings.Join(parts, " ")
	bad := len(name) > maxCaller || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl)
	if bad || strings.TrimSpace(parts[len(parts)-1]) == "" {
		return "", errNoCaller
	}
	return name, nil
}
