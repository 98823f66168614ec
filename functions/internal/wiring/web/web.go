// Package web makes a function of routes of the HTTP API.
package web

import (
	"net/http"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/config"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
)

// Options is what the function's routes share.
func Options(rt *runtime.Runtime) httpapi.Options {
	return httpapi.Options{Log: rt.Log, Logs: httpapi.AWSLogs}
}

// Serve answers API Gateway's events with those routes that are filled in. services are those that the function calls, as in
// AWS_ENDPOINT_URL_<service>; see config.Env.Auth. Any function of the API can be the target of the gateway's $default route:
// what no route of the whole API takes is a 404 or 405 problem.
func Serve(rt *runtime.Runtime, routes httpapi.Routes, services ...string) lambdaio.Function {
	o := Options(rt)
	return lambdaio.HTTP(withUnrouted(routes, o).Handler(o), lambdaio.HTTPOptions{
		Caller: caller(rt.Auth(services...)), Context: httpapi.WithIdentity, Log: rt.Log,
	})
}

func caller(auth config.Auth) func(lambdaio.HTTPEvent) (string, error) {
	switch auth {
	case config.AuthIAM:
		return lambdaio.IAMCaller
	case config.AuthJWT:
		return lambdaio.JWTCaller
	case config.AuthNone:
		return lambdaio.LocalCaller
	default:
		return nil // the function does not start
	}
}

// withUnrouted fills in the routes that are other functions', so that the methods of the whole API are known.
func withUnrouted(routes httpapi.Routes, o httpapi.Options) httpapi.Routes {
	rest := httpapi.Unrouted(o)
	for _, h := range []*http.Handler{
		&routes.Submit, &routes.List, &routes.Get, &routes.Stop,
		&routes.Register, &routes.ListDefinitions, &routes.Describe, &routes.Deregister,
	} {
		if *h == nil {
			*h = rest
		}
	}
	return routes
}
