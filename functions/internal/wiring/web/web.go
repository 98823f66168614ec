// Package web builds a function from routes of the HTTP API.
package web

import (
	"net/http"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/buildinfo"
	"davit/internal/config"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
)

// Options returns the options that the function's routes share.
func Options(rt *runtime.Runtime) httpapi.Options {
	return httpapi.Options{Log: rt.Log, Logs: httpapi.AWSLogs}
}

// Meta returns what GET /meta shows of a stack. It reads the stack's settings; services are those of Serve.
func Meta(rt *runtime.Runtime, services ...string) httpapi.Meta {
	version, commit := buildinfo.Read()
	tuning := rt.Tuning()
	return httpapi.Meta{
		Version: version, Commit: commit, Region: rt.AWS.Region, Prefix: tuning.Prefix, Mode: httpapi.ModeAWS,
		Features: httpapi.Features{
			TaskEvents: tuning.TaskEvents, Logs: len(rt.LogGroups()) > 0, DefinitionWrites: rt.TaskDefinitionWrites(), ExecuteCommand: rt.ExecuteCommand(),
			Authorization: string(rt.Auth(services...)), OwnerScope: ownerScope(rt), Visibility: visibility(rt),
		},
	}
}

func ownerScope(rt *runtime.Runtime) string {
	if rt.OwnerBySession() {
		return httpapi.OwnerIsSession
	}
	return httpapi.OwnerIsRole
}

func visibility(rt *runtime.Runtime) string {
	if rt.OwnerOnly() {
		return httpapi.SeesOwn
	}
	return httpapi.SeesStack
}

// Serve returns the function that serves those routes that are set. services are the AWS services that the function calls, as in
// AWS_ENDPOINT_URL_<service>; see config.Env.Auth. Any function of the API can be the target of the gateway's $default route:
// a request that matches no route of the whole API gets a 404 or 405 problem.
func Serve(rt *runtime.Runtime, routes httpapi.Routes, services ...string) lambdaio.Function {
	o, auth, bySession := Options(rt), rt.Auth(services...), rt.OwnerBySession()
	return lambdaio.HTTP(withUnrouted(routes, o).Handler(o), lambdaio.HTTPOptions{
		Caller: caller(auth, bySession), Context: httpapi.WithIdentity, Principal: lambdaio.Principal, WithPrincipal: httpapi.WithPrincipal,
		MayRegister: mayRegister(auth), Registrar: httpapi.WithRegistrar, Log: rt.Log,
	})
}

// scopeOfRegistrars is the scope of the routes that register.
const scopeOfRegistrars = "davit/admin"

// mayRegister returns the function that reads from an event whether its caller may register. An event of IAM does not show it.
func mayRegister(auth config.Auth) func(lambdaio.HTTPEvent) bool {
	switch auth {
	case config.AuthJWT:
		return func(e lambdaio.HTTPEvent) bool { return lambdaio.HasScope(e, scopeOfRegistrars) }
	case config.AuthNone:
		return func(lambdaio.HTTPEvent) bool { return true }
	default:
		return nil
	}
}

// caller returns the function that reads the caller's name from an event of a gateway with that kind of authorizer. Only IAM has sessions.
func caller(auth config.Auth, bySession bool) func(lambdaio.HTTPEvent) (string, error) {
	switch auth {
	case config.AuthIAM:
		if bySession {
			return lambdaio.IAMSessionCaller
		}
		return lambdaio.IAMCaller
	case config.AuthJWT:
		return lambdaio.JWTCaller
	case config.AuthNone:
		return lambdaio.LocalCaller
	default:
		return nil // rt.Err is not nil, so the function does not start
	}
}

// withUnrouted sets the routes that other functions serve, so that a wrong method gets 405 and not 404.
func withUnrouted(routes httpapi.Routes, o httpapi.Options) httpapi.Routes {
	rest := httpapi.Unrouted(o)
	for _, h := range []*http.Handler{
		&routes.Submit, &routes.List, &routes.Get, &routes.Logs, &routes.Stop, &routes.Rerun, &routes.Meta,
		&routes.Register, &routes.ListDefinitions, &routes.Describe, &routes.Values, &routes.Deregister,
	} {
		if *h == nil {
			*h = rest
		}
	}
	return routes
}
