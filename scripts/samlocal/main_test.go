package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const built = `
Resources:
  SubmitFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: SubmitFunction
      Environment: {Variables: {DAVIT_TABLE: {Ref: Table}, AWS_ENDPOINT_URL_ECS: kept}}
  GetFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: GetFunction}
  SubmitIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      IntegrationUri: {Fn::GetAtt: [SubmitFunction, Arn]}
  Jwt:
    Type: AWS::ApiGatewayV2::Authorizer
  SubmitRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: {RouteKey: POST /runs, AuthorizerId: {Fn::If: [UsesJwt, {Ref: Jwt}, {Ref: AWS::NoValue}]}}
`

func template(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRun_BuiltTemplate_DeclaresEndpointsAndLongIntegrations(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{template(t, built)}, &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Resources map[string]struct {
			Properties struct {
				Environment struct {
					Variables map[string]any `yaml:"Variables"`
				} `yaml:"Environment"`
				IntegrationURI any `yaml:"IntegrationUri"`
				AuthorizerID   any `yaml:"AuthorizerId"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"DAVIT_TABLE": map[string]any{"Ref": "Table"}, "AWS_ENDPOINT_URL_ECS": "kept", "AWS_ENDPOINT_URL_DYNAMODB": "", "AWS_ENDPOINT_URL_EVENTBRIDGE": "",
		"AWS_ENDPOINT_URL_SFN": "", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "",
	}
	if diff := cmp.Diff(want, got.Resources["SubmitFunction"].Properties.Environment.Variables); diff != "" {
		t.Errorf("variables of submit: %s", diff)
	}
	if n := len(got.Resources["GetFunction"].Properties.Environment.Variables); n != len(endpoints) {
		t.Errorf("get declares %d variables, want %d", n, len(endpoints))
	}
	if _, has := got.Resources["Jwt"]; has || got.Resources["SubmitRoute"].Properties.AuthorizerID != nil {
		t.Error("an authorizer is left, want none")
	}
	uri := map[string]any{"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${SubmitFunction.Arn}/invocations"}
	if diff := cmp.Diff(any(uri), got.Resources["SubmitIntegration"].Properties.IntegrationURI); diff != "" {
		t.Errorf("integration: %s", diff)
	}
}

func TestRun_NotABuiltTemplate_IsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing in it":       {"Resources: {}", "not the template that sam build wrote"},
		"another integration": {strings.Replace(built, "{Fn::GetAtt: [SubmitFunction, Arn]}", "https://example.com", 1), "SubmitIntegration: IntegrationUri is"},
		"no YAML":             {"{", "yaml"},
	} {
		err := run([]string{template(t, c.text)}, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}
