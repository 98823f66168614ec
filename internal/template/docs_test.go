package template_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/operations.md has a row for every parameter and every alarm, and for no others; docs/security.md one for every function.
func TestDocumented(t *testing.T) {
	s := load(t)
	var alarms []string
	for _, alarm := range s.resources("AWS::CloudWatch::Alarm") {
		alarms = append(alarms, strings.TrimPrefix(textAt(s.properties(alarm), "AlarmName", "Fn::Sub"), "${AWS::StackName} "))
	}
	var parameters, functions []string
	for name := range at(s.object, "Parameters").(object) {
		parameters = append(parameters, name)
	}
	for name := range s.functions() {
		functions = append(functions, name)
	}
	var f faults
	operations, security := page(t, "operations.md"), page(t, "security.md")
	f.differ("parameters in operations.md", rows(operations, "| parameter |"), parameters)
	f.differ("alarms in operations.md", rows(operations, "| alarm |"), alarms)
	f.differ("functions in security.md", rows(security, "| function |"), functions)
	metrics := len(s.watched(&f))
	if !strings.Contains(operations, fmt.Sprintf("watch %d metrics", metrics)) {
		f.addf("operations.md: the alarms watch %d metrics", metrics)
	}
	for _, fault := range f {
		t.Error(fault)
	}
}

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var code = regexp.MustCompile("`([^`]+)`")

// rows returns the names in the first column of the table that begins with a header.
func rows(page, header string) (all []string) {
	_, table, _ := strings.Cut(page, "\n"+header)
	for _, line := range strings.Split(table, "\n")[1:] {
		if !strings.HasPrefix(line, "|") {
			break
		}
		for _, m := range code.FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			all = append(all, m[1])
		}
	}
	slices.Sort(all)
	return all
}
