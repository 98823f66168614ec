package config

import (
	"net/url"
	"strings"
)

const varAuth = "DAVIT_AUTH"

// Auth is the kind of authorizer that API Gateway has.
type Auth string

// The kinds of authorizers. With AuthNone every request has the same caller; it is for emulators of AWS, which name no caller.
const (
	AuthIAM  Auth = "IAM"
	AuthJWT  Auth = "JWT"
	AuthNone Auth = "NONE"
)

// Auth returns DAVIT_AUTH. NONE is refused unless AWS_ENDPOINT_URL_<service> is set for every service that the function calls (ECS,
// DYNAMODB, SFN, CLOUDWATCH_LOGS), each to an address outside AWS, so that an API without an authorizer cannot be deployed to AWS by mistake.
func (e *Env) Auth(services ...string) Auth {
	auth := Auth(e.oneOf(varAuth, string(AuthIAM), string(AuthJWT), string(AuthNone)))
	if auth != AuthNone {
		return auth
	}
	const allowed = "IAM, JWT; NONE only away from AWS"
	if strings.EqualFold(e.optional("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		e.addFault(varAuth, "is NONE while AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set", allowed)
	}
	for _, service := range services {
		name := "AWS_ENDPOINT_URL_" + service
		if value := e.optional(name); value == "" {
			e.addFault(varAuth, "is NONE while "+name+" is not set", allowed)
		} else if !isOutsideAWS(value) {
			e.addFault(varAuth, "is NONE while "+name+" is "+truncated(value), allowed)
		}
	}
	return auth
}

// isOutsideAWS reports whether an endpoint's host is under none of AWS's domains.
func isOutsideAWS(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" {
		return false
	}
	host := "." + strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for _, domain := range []string{".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".amazonwebservices.com.cn", ".on.aws"} {
		if strings.HasSuffix(host, domain) {
			return false
		}
	}
	return true
}
