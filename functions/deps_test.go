package functions_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// services are the AWS services whose clients each function links: those that it calls and no other, because each lengthens its start by
// milliseconds. The SDK's configuration also links the services that issue credentials outside Lambda.
var services = map[string][]string{
	"submit":    {"dynamodb", "ecs", "sfn"},
	"get":       {"dynamodb"},
	"list":      {"dynamodb"},
	"logs":      {"cloudwatchlogs", "dynamodb"},
	"stop":      {"dynamodb", "ecs", "sfn"},
	"taskdefs":  {"ecs"},
	"launch":    {"dynamodb", "ecs", "sfn"},
	"observe":   {"dynamodb", "ecs", "sfn"},
	"taskevent": {"dynamodb", "ecs", "sfn"},
	"sweep":     {"dynamodb", "ecs", "sfn"},
	"notify":    {"eventbridge"},
	"schedule":  {"dynamodb", "ecs", "eventbridge", "sfn"},
}

func TestFunctionsLinkOnlyTheServicesThatTheyCall(t *testing.T) {
	const sdk = "github.com/aws/aws-sdk-go-v2/service/"
	credentials := []string{"signin", "sso", "ssooidc", "sts"}
	// Packages that call methods by name keep every operation of the SDK in the binary; tests and fakes are not part of a function.
	never := []string{"text/template", "net/rpc", "testing", "net/http/httptest", "go.etcd.io/bbolt", "davit/internal/localecs", "davit/internal/boltstore", "davit/internal/runtimeapi"}
	for _, name := range names(t) {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", flags[0], "./"+name)
		out, err := list.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var linked []string
		for dep := range strings.FieldsSeq(string(out)) {
			if slices.Contains(never, dep) {
				t.Errorf("%s links %s", name, dep)
			}
			service, isService := strings.CutPrefix(dep, sdk)
			if isService && !strings.Contains(service, "/") && !slices.Contains(credentials, service) {
				linked = append(linked, service)
			}
		}
		slices.Sort(linked)
		if diff := cmp.Diff(services[name], linked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// sizes enables the test that builds every function for arm64, which compiles everything once more.
var sizes = flag.Bool("sizes", false, "build the functions for linux/arm64 and hold them to their sizes")

// maxBytes is the greatest size of a function's executable, where it is not 13 MB.
var maxBytes = map[string]int64{"submit": 12_000_000, "stop": 12_000_000, "logs": 11_000_000, "get": 11_000_000, "list": 11_000_000}

func TestSizes(t *testing.T) {
	if !*sizes {
		t.Skip("run with: go test ./functions -run TestSizes -sizes")
	}
	folder := build(t, "GOOS=linux", "GOARCH=arm64")
	for _, name := range names(t) {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		most := maxBytes[name]
		if most == 0 {
			most = 13_000_000
		}
		t.Logf("%-10s %5.2f MB", name, float64(info.Size())/1e6)
		if info.Size() > most {
			t.Errorf("%s has %d bytes; allowed: %d", name, info.Size(), most)
		}
	}
}
