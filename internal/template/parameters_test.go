package template_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// samples are values that a parameter accepts and values that it refuses.
var samples = map[string]struct{ good, bad []string }{
	"Clusters": {
		[]string{"arn:aws:ecs:eu-west-1:123456789012:cluster/default", "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/a_B-1"},
		[]string{"", "default", "arn:aws:ecs:eu-west-1:123456789012:cluster/", "arn:aws:ecs:eu-west-1:123456789012:cluster/*", " arn:aws:ecs:eu-west-1:123456789012:cluster/a"},
	},
	"AllowedFamilies":           {[]string{"*", "nightly", "batch-*", "A_1"}, []string{"", "a:1", "a*b", "a b", "**", "arn:aws:ecs:x"}},
	"TaskRoles":                 {[]string{"", "arn:aws:iam::123456789012:role/jobs/task", "arn:aws:iam::123456789012:role/batch-*"}, []string{"task", "arn:aws:iam::12:role/task", "*"}},
	"InfrastructureRoles":       {[]string{"", "arn:aws:iam::123456789012:role/ecsInfrastructureRole"}, []string{"role/x", "*"}},
	"RunDefaults":               {[]string{"", "{}", `{"cluster": "jobs"}`, "{\n}"}, []string{"cluster=jobs", "[]", "null", "{" + strings.Repeat(" ", 2048) + "}"}},
	"AllowTaskDefinitionWrites": {[]string{"true", "false"}, []string{"", "yes", "TRUE"}},
	"AllowExecuteCommand":       {[]string{"true", "false"}, []string{"", "on"}},
	"LogGroups": {
		[]string{"", "/ecs/nightly", "/ecs/*", "A_b.c#d-9", strings.Repeat("g", 512)},
		[]string{"*", "a b", "/ecs/*/a", "a:log-stream:b", "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/nightly", strings.Repeat("g", 513)},
	},
	"Authorization":    {[]string{"IAM", "JWT"}, []string{"", "NONE", "iam"}},
	"JwtIssuer":        {[]string{"", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1"}, []string{"http://issuer", "issuer", "https://a b"}},
	"JwtAudience":      {[]string{"", "davit", "api://davit"}, []string{"a b"}},
	"Visibility":       {[]string{"stack", "owner"}, []string{"", "all"}},
	"OwnerScope":       {[]string{"role", "session"}, []string{"", "user"}},
	"Prefix":           {[]string{"davit", "d", "abc123"}, []string{"", "seven77", "Davit", "a-b"}},
	"TaskEvents":       {[]string{"true", "false"}, []string{"", "1"}},
	"RetentionDays":    {[]string{"2", "90", "36500"}, []string{"1", "0", "36501", "x"}},
	"LogRetentionDays": {[]string{"1", "30", "3653"}, []string{"0", "2", "31"}},
	"LogLevel":         {[]string{"DEBUG", "INFO", "WARN", "ERROR"}, []string{"", "debug", "ALL"}},
	"Architecture":     {[]string{"arm64", "x86_64"}, []string{"", "amd64"}},
}

// checkParameters checks that each parameter accepts its good samples, refuses the bad ones and describes what is allowed, and that wrong combinations break a rule.
func checkParameters(s stack) (f faults) {
	parameters, _ := s.object["Parameters"].(object)
	var have, want []string
	for name, p := range parameters {
		have = append(have, name)
		if textAt(p, "Description") == "" || textAt(p, "ConstraintDescription") == "" {
			f.addf("%s: lacks a Description or ConstraintDescription", name)
		}
		for _, value := range samples[name].good {
			if !takes(p, value) {
				f.addf("%s: refuses %q", name, value)
			}
		}
		for _, value := range samples[name].bad {
			if takes(p, value) {
				f.addf("%s: takes %q", name, value)
			}
		}
	}
	for name := range samples {
		want = append(want, name)
	}
	f.differ("parameters", have, want)
	for _, group := range listAt(s.object, "Metadata", "AWS::CloudFormation::Interface", "ParameterGroups") {
		want = slices.DeleteFunc(want, func(name string) bool { return slices.Contains(texts(at(group, "Parameters")), name) })
	}
	if len(want) > 0 {
		f.addf("parameters in no group: %v", want)
	}
	return append(f, checkRules(s)...)
}

// takes reports whether CloudFormation accepts a value for a parameter; of a list, each of its members.
func takes(p any, value string) bool {
	if pattern := textAt(p, "AllowedPattern"); pattern != "" && !regexp.MustCompile("^(?:"+pattern+")$").MatchString(value) {
		return false
	}
	if allowed := listAt(p, "AllowedValues"); allowed != nil && !slices.Contains(texts(any(allowed)), value) {
		return false
	}
	if longest, ok := at(p, "MaxLength").(int); ok && len(value) > longest {
		return false
	}
	if textAt(p, "Type") != "Number" {
		return true
	}
	n, err := strconv.Atoi(value)
	least, hasLeast := at(p, "MinValue").(int)
	most, hasMost := at(p, "MaxValue").(int)
	return err == nil && (!hasLeast || n >= least) && (!hasMost || n <= most)
}

func checkRules(s stack) (f faults) {
	const issuer = "https://issuer.example"
	for _, c := range []struct {
		authorization, issuer, audience string
		fits                            bool
	}{
		{"IAM", "", "", true},
		{"JWT", issuer, "davit", true},
		{"JWT", issuer, "davit,other", true},
		{"JWT", "", "davit", false},
		{"JWT", issuer, "", false},
		{"JWT", "", "", false},
		{"IAM", issuer, "", false},
		{"IAM", "", "davit", false},
	} {
		chosen := s.with(map[string]any{"Authorization": c.authorization, "JwtIssuer": c.issuer, "JwtAudience": items(c.audience)})
		if broken := chosen.brokenRules(); (len(broken) == 0) != c.fits {
			f.addf("rules: %+v breaks %v", c, broken)
		}
	}
	return f
}

func (s situation) brokenRules() (broken []string) {
	rules, _ := s.object["Rules"].(object)
	for name, rule := range rules {
		if s.value(at(rule, "RuleCondition")) != true {
			continue
		}
		for _, assertion := range listAt(rule, "Assertions") {
			if s.value(at(assertion, "Assert")) != true {
				broken = append(broken, fmt.Sprint(name, ": ", textAt(assertion, "AssertDescription")))
			}
		}
	}
	return broken
}
