package template_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"davit/internal/httpapi"
)

const runID = "abcdefghijklmnopqrstuvwxyz"

// taker finds the route of the API that matches a request.
type taker struct {
	handler http.Handler
	taken   string
}

func newTaker() *taker {
	t := &taker{}
	var routes httpapi.Routes
	v := reflect.ValueOf(&routes).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		v.Field(i).Set(reflect.ValueOf(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.taken = name })))
	}
	t.handler = routes.Handler(httpapi.Options{})
	return t
}

// route returns the name of the field of httpapi.Routes that matches a request; "" for none.
func (t *taker) route(method, path string) string {
	t.taken = ""
	path = strings.NewReplacer("{runId}", runID, "{arn}", "arn:aws:ecs:eu-west-1:123456789012:task-definition", "{definition}", "nightly:7").Replace(path)
	r := httptest.NewRequestWithContext(context.Background(), method, "http://davit.test"+path, nil)
	t.handler.ServeHTTP(httptest.NewRecorder(), r)
	return t.taken
}

// functionOf returns the function that serves a route.
func functionOf(route string) string {
	switch route {
	case "Register", "Describe", "Values", "ListDefinitions", "Deregister":
		return "taskdefs"
	case "Submit", "Rerun":
		return "submit"
	case "Get", "Meta":
		return "get"
	default:
		return strings.ToLower(route)
	}
}

const routeType = "AWS::ApiGatewayV2::Route"

// integrated returns the function that a route of the gateway invokes.
func (s stack) integrated(route string) string {
	target := placeholder.FindString(textAt(s.properties(route), "Target", "Fn::Sub"))
	return referent(s.properties(strings.Trim(target, "${}"))["IntegrationUri"])
}

// checkRoutes checks that the gateway has a route for each method and path of the code, no others, and a default route.
func checkRoutes(s stack) (f faults) {
	taker, seen := newTaker(), map[string]bool{}
	var keys []string
	for _, route := range s.resources(routeType) {
		key := textAt(s.properties(route), "RouteKey")
		keys = append(keys, key)
		if key == "$default" {
			if !strings.HasSuffix(s.integrated(route), "GetFunction") {
				f.addf("%s: goes to %s", route, s.integrated(route))
			}
			continue
		}
		method, path, _ := strings.Cut(key, " ")
		taken := taker.route(method, path)
		seen[taken] = true
		if want := s.functions()[functionOf(taken)]; taken == "" || s.integrated(route) != want {
			f.addf("%s: %s goes to %q, want %q", route, key, s.integrated(route), want)
		}
	}
	for _, key := range keys {
		_, path, isPath := strings.Cut(key, " ")
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			if isPath && taker.route(method, path) != "" && !slices.Contains(keys, method+" "+path) {
				f.addf("the gateway has no route %s %s", method, path)
			}
		}
	}
	all := reflect.TypeFor[httpapi.Routes]()
	for i := range all.NumField() {
		if !seen[all.Field(i).Name] {
			f.addf("the gateway has no route to %s", all.Field(i).Name)
		}
	}
	if !slices.Contains(keys, "$default") {
		f.addf("the gateway has no $default route")
	}
	return append(f, checkStage(s)...)
}

// checkStage checks payload format 2.0, the throttling of existing routes, and access logs.
func checkStage(s stack) (f faults) {
	for _, integration := range s.resources("AWS::ApiGatewayV2::Integration") {
		if p := s.properties(integration); p["PayloadFormatVersion"] != "2.0" || p["IntegrationType"] != "AWS_PROXY" {
			f.addf("%s: is not a proxy of payload format 2.0", integration)
		}
	}
	stage := s.properties("Stage")
	if rate, _ := at(stage, "DefaultRouteSettings", "ThrottlingRateLimit").(int); rate < 1 {
		f.addf("Stage: does not throttle")
	}
	waits := texts(at(s.object, "Resources", "Stage", "DependsOn"))
	limits, _ := stage["RouteSettings"].(object)
	for key, limit := range limits {
		route := s.routeOf(key)
		if !slices.Contains(waits, route) {
			f.addf("Stage: limits %q without waiting for the route", key)
		}
		if rate, _ := at(limit, "ThrottlingRateLimit").(int); rate < 1 {
			f.addf("Stage: %s is not throttled", key)
		}
	}
	for _, route := range s.resources(routeType) {
		key := textAt(s.properties(route), "RouteKey")
		limited := strings.Contains(key, " /task-definitions") || strings.HasSuffix(key, "/logs")
		if limited && limits[key] == nil {
			f.addf("Stage: %s has no limit of its own, and the service behind it has", key)
		}
	}
	if s.properties(referent(at(stage, "AccessLogSettings", "DestinationArn"))) == nil || strings.Contains(textAt(stage, "AccessLogSettings", "Format"), "\n") {
		f.addf("Stage: has no access logs of one line each")
	}
	return f
}

// routeOf returns the resource of a route; "" when there is none.
func (s stack) routeOf(key string) string {
	for _, route := range s.resources(routeType) {
		if textAt(s.properties(route), "RouteKey") == key {
			return route
		}
	}
	return ""
}

// checkScopes checks that every route requires IAM, or with JWT a token with the scope of its operation.
func checkScopes(s stack) (f faults) {
	iam, jwt := s.with(nil), s.with(map[string]any{"Authorization": "JWT"})
	for _, route := range s.resources(routeType) {
		key := textAt(s.properties(route), "RouteKey")
		p, _ := iam.value(s.properties(route)).(object)
		if p["AuthorizationType"] != "AWS_IAM" || p["AuthorizerId"] != nil || p["AuthorizationScopes"] != nil {
			f.addf("%s: is open to %v %v by default", key, p["AuthorizationType"], p["AuthorizationScopes"])
		}
		want := "[davit/read]"
		switch method, path, _ := strings.Cut(key, " "); {
		case key == "$default":
			want = "[davit/read davit/run davit/admin]"
		case method == "POST" && strings.HasPrefix(path, "/task-definitions"):
			want = "[davit/admin]"
		case method == "POST":
			want = "[davit/run]"
		}
		p, _ = jwt.value(s.properties(route)).(object)
		if p["AuthorizationType"] != "JWT" || p["AuthorizerId"] != "JwtAuthorizer" || fmt.Sprint(p["AuthorizationScopes"]) != want {
			f.addf("%s: is open to %v %v with JWT, want %s", key, p["AuthorizationType"], p["AuthorizationScopes"], want)
		}
	}
	p := s.properties("JwtAuthorizer")
	if !refersTo(at(p, "JwtConfiguration", "Issuer"), "JwtIssuer") || !refersTo(at(p, "JwtConfiguration", "Audience"), "JwtAudience") {
		f.addf("JwtAuthorizer: does not take JwtIssuer and JwtAudience")
	}
	return f
}

// checkInvokers checks that the gateway may invoke each function for its own routes.
func checkInvokers(s stack) (f faults) {
	chosen := s.with(nil)
	for _, route := range s.resources(routeType) {
		key := textAt(s.properties(route), "RouteKey")
		method, path, isPath := strings.Cut(key, " ")
		arn := "arn:aws:execute-api:eu-west-1:123456789012:Api/$default/" + method
		if isPath {
			arn += path
		}
		if !s.permits("apigateway.amazonaws.com", s.integrated(route), func(source any) bool {
			pattern := regexp.QuoteMeta(fmt.Sprint(chosen.value(source)))
			ok, err := regexp.MatchString("^"+strings.ReplaceAll(pattern, `\*`, ".*")+"$", arn)
			return err == nil && ok
		}) {
			f.addf("%s: the gateway may not invoke %s", key, s.integrated(route))
		}
	}
	return f
}

// The scopes of docs/api.yaml are those of the gateway's routes. GET routes have HEAD too, and task definitions their ARN, which the
// document has once.
func TestDocumentedScopes(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs/api.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var api object
	if err := yaml.Unmarshal(data, &api); err != nil {
		t.Fatal(err)
	}
	var documented, deployed []string
	paths, _ := api["paths"].(object)
	for path, item := range paths {
		for method, operation := range item.(object) {
			for _, way := range listAt(operation, "security") {
				if scopes := listAt(way, "jwt"); scopes != nil {
					documented = append(documented, fmt.Sprint(strings.ToUpper(method), " ", path, scopes))
				}
			}
		}
	}
	jwt := load(t).with(map[string]any{"Authorization": "JWT"})
	for _, route := range jwt.resources(routeType) {
		p, _ := jwt.value(jwt.properties(route)).(object)
		if key := textAt(p, "RouteKey"); key != "$default" && !strings.HasPrefix(key, "HEAD ") && !strings.Contains(key, "{arn}") {
			deployed = append(deployed, fmt.Sprint(key, listAt(p, "AuthorizationScopes")))
		}
	}
	var f faults
	f.differ("scopes of docs/api.yaml", documented, deployed)
	for _, fault := range f {
		t.Error(fault)
	}
}
