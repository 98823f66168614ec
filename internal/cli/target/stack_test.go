package target_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/cli/target"
)

func described(outputs, authorization string) string {
	return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
<StackName>davit</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
<Parameters><member><ParameterKey>Authorization</ParameterKey><ParameterValue>` + authorization + `</ParameterValue></member></Parameters>
<Outputs>` + outputs + `</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
}

const apiOutput = `<member><OutputKey>TableName</OutputKey><OutputValue>t</OutputValue></member>
<member><OutputKey>ApiAddress</OutputKey><OutputValue>` + apiURL + `</OutputValue></member>`

func refusal(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>`, code, message)
	}
}

func TestFromStack(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   target.Context
		kind   target.Kind
	}{
		"IAM":        {described(apiOutput, "IAM"), target.Context{URL: apiURL, Stack: "davit", Region: "eu-west-1", Profile: "p", Auth: target.SigV4}, ""},
		"JWT":        {described(apiOutput, "JWT"), target.Context{URL: apiURL, Stack: "davit", Region: "eu-west-1", Profile: "p", Auth: target.Token}, ""},
		"no address": {described("", "IAM"), target.Context{}, target.KindStack},
		"no XML":     {"<html>", target.Context{}, target.KindStack},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "[profile p]\naws_access_key_id = AKID\naws_secret_access_key = secret\nregion = eu-west-1\n")
			t.Setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", serve(t, verified(c.answer)))
			got, err := target.FromStack(t.Context(), "davit", "", "p")
			if kindOf(err) != c.kind {
				t.Fatalf("error %v, want the kind %q", err, c.kind)
			}
			if d := cmp.Diff(c.want, got); err == nil && d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestFromStack_Request(t *testing.T) {
	isolate(t, "[profile p]\naws_access_key_id = AKID\naws_secret_access_key = secret\n")
	var form, scope string
	t.Setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, scope = string(body), r.Header.Get("Authorization")
		_, _ = io.WriteString(w, described(apiOutput, "IAM"))
	}))
	if _, err := target.FromStack(t.Context(), "a&b", "us-east-2", "p"); err != nil {
		t.Fatal(err)
	}
	if want := "Action=DescribeStacks&StackName=a%26b&Version=2010-05-15"; form != want {
		t.Errorf("body %q, want %q", form, want)
	}
	if !strings.Contains(scope, "/us-east-2/cloudformation/aws4_request") {
		t.Errorf("signed as %q, want for CloudFormation in us-east-2", scope)
	}
}

func TestFromStack_Refused_IsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		kind   target.Kind
		want   string
	}{
		"no such stack": {refusal(400, "ValidationError", "Stack with id davit does not exist"), target.KindStack, "there is no stack davit in eu-west-1"},
		"not allowed":   {refusal(403, "AccessDenied", "User: u is not authorized"), target.KindPermission, "cloudformation:DescribeStacks"},
		"expired":       {refusal(403, "ExpiredToken", "expired"), target.KindExpired, "aws sso login --profile p"},
		"unknown keys":  {refusal(403, "InvalidClientTokenId", "invalid"), target.KindNoCredentials, "get-caller-identity --profile p"},
		"no answer":     {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, target.KindUnreachable, "does not answer"},
		"a proxy's":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }, target.KindStack, "407"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, "[profile p]\naws_access_key_id = AKID\naws_secret_access_key = secret\n")
			t.Setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", serve(t, c.handle))
			_, err := target.FromStack(t.Context(), "davit", "eu-west-1", "p")
			if kindOf(err) != c.kind {
				t.Errorf("error %v, want the kind %q", err, c.kind)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestFromStack_Throttled_IsRepeated(t *testing.T) {
	isolate(t, "[profile p]\naws_access_key_id = AKID\naws_secret_access_key = secret\n")
	calls := 0
	t.Setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", serve(t, func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 1 {
			refusal(400, "Throttling", "Rate exceeded")(w, r)
			return
		}
		_, _ = io.WriteString(w, described(apiOutput, "IAM"))
	}))
	if _, err := target.FromStack(t.Context(), "davit", "eu-west-1", "p"); err != nil || calls != 2 {
		t.Errorf("%d calls, error %v, want 2 and none", calls, err)
	}
}
