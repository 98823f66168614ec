package template_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// checkEnvironment checks that each function has the variables that its program reads, no others, with values that it starts with.
func checkEnvironment(s stack) (f faults) {
	known, err := knownVariables()
	if err != nil {
		return faults{err.Error()}
	}
	for name, resource := range s.functions() {
		given, _ := at(s.properties(resource), "Environment", "Variables").(object)
		var have []string
		for variable := range given {
			have = append(have, variable)
		}
		read, err := readVariables(name, known)
		if err != nil {
			f.addf("%s: %v", name, err)
			continue
		}
		f.differ("environment of "+name, have, read)
		for what, chosen := range situations {
			values, _ := s.with(chosen).value(given).(object)
			if err := starts(name, values); err != nil {
				f.addf("%s does not start, %s: %v", name, what, err)
			}
		}
	}
	return f
}

// situations are choices of parameters with which every function must start.
var situations = map[string]map[string]any{
	"with the defaults": {},
	"with every choice made": {
		"Clusters": items("arn:aws:ecs:eu-west-1:123456789012:cluster/a,arn:aws:ecs:eu-west-1:123456789012:cluster/b"), "AllowedFamilies": items("nightly,batch-*"),
		"RunDefaults": `{"cluster":"jobs","launchType":"FARGATE"}`, "AllowTaskDefinitionWrites": "true", "AllowExecuteCommand": "true", "Authorization": "JWT",
		"JwtIssuer": "https://issuer.example/", "JwtAudience": items("davit"), "Visibility": "owner", "OwnerScope": "session", "Prefix": "d2", "TaskEvents": "false", "RetentionDays": "2",
		"LogGroups": items("/ecs/nightly,/ecs/batch-*"),
	},
}

var variableName = regexp.MustCompile(`DAVIT_[A-Z_]+`)

// knownVariables returns all variables that internal/config names.
func knownVariables() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(root, "internal/config/*.go"))
	var all []string
	for _, name := range files {
		data, readErr := os.ReadFile(name)
		if readErr != nil {
			return nil, readErr
		}
		all = append(all, variableName.FindAllString(string(data), -1)...)
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

var readBy = map[string][]string{}

// readVariables returns the variables that a function reads. It starts the function with a value of each that is not allowed, which the function reports.
func readVariables(function string, known []string) ([]string, error) {
	if read, ok := readBy[function]; ok {
		return read, nil
	}
	values := object{}
	for _, name := range known {
		values[name] = "?"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	out, err := command(ctx, function, values, "").CombinedOutput()
	if err == nil || ctx.Err() != nil {
		return nil, fmt.Errorf("it started without any variable that it may have: %s", out)
	}
	read := variableName.FindAllString(string(out), -1)
	slices.Sort(read)
	readBy[function] = slices.Compact(read)
	return readBy[function], nil
}

func command(ctx context.Context, function string, values object, api string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program(function))
	cmd.Env = []string{"AWS_REGION=eu-west-1", "AWS_LAMBDA_RUNTIME_API=" + api, "AWS_EC2_METADATA_DISABLED=true", "HOME=" + folder}
	for name, v := range values {
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%v", name, v))
	}
	return cmd
}

// starts reports whether a function's program starts and asks for its first invocation.
func starts(function string, values object) error {
	asked := make(chan struct{}, 1)
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/invocation/next") {
			asked <- struct{}{}
			<-r.Context().Done()
		}
	}))
	defer api.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var out strings.Builder
	cmd := command(ctx, function, values, strings.TrimPrefix(api.URL, "http://"))
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-asked:
		cancel()
		if err := <-ended; err == nil {
			return errors.New("it ended by itself")
		}
		return nil
	case err := <-ended:
		return fmt.Errorf("%w: %s", err, out.String())
	}
}
