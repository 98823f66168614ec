// Command samlocal rewrites a template that `sam build` wrote so that `sam local` works with it, and prints it.
//
//	samlocal .aws-sam/local/template.yaml >.aws-sam/local/local.yaml
//
// SAM hands a function only the variables that its template declares, and finds the function behind a route only where the integration's URI is in the long
// form, and no authorizer depends on a condition. So every function declares the endpoints of the services, empty until --env-vars sets them, every integration
// has that form, and routes have no authorizer: sam local checks no signatures. What is deployed is not changed.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
)

// endpoints are the variables by which the SDK finds a service elsewhere than in AWS.
var endpoints = []string{"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_EVENTBRIDGE", "AWS_ENDPOINT_URL_SFN"}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "samlocal:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: samlocal TEMPLATE")
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return err
	}
	if err := rewrite(doc); err != nil {
		return err
	}
	return yaml.NewEncoder(out).Encode(doc)
}

// rewrite changes a template as `sam build` writes it: intrinsic functions are in their long form.
func rewrite(doc map[string]any) error {
	resources, _ := doc["Resources"].(map[string]any)
	functions, integrations := 0, 0
	for name, r := range resources {
		resource, _ := r.(map[string]any)
		properties, _ := resource["Properties"].(map[string]any)
		switch resource["Type"] {
		case "AWS::Serverless::Function":
			functions++
			declare(properties)
		case "AWS::ApiGatewayV2::Authorizer":
			delete(resources, name)
		case "AWS::ApiGatewayV2::Route":
			for _, property := range []string{"AuthorizationType", "AuthorizerId", "AuthorizationScopes"} {
				delete(properties, property)
			}
		case "AWS::ApiGatewayV2::Integration":
			integrations++
			function, err := target(properties)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			properties["IntegrationUri"] = map[string]any{
				"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" + function + ".Arn}/invocations",
			}
		}
	}
	if functions == 0 || integrations == 0 {
		return fmt.Errorf("%d functions and %d integrations: not the template that sam build wrote", functions, integrations)
	}
	return nil
}

// declare adds the endpoints to a function's variables.
func declare(properties map[string]any) {
	environment, _ := properties["Environment"].(map[string]any)
	if environment == nil {
		environment = map[string]any{}
		properties["Environment"] = environment
	}
	variables, _ := environment["Variables"].(map[string]any)
	if variables == nil {
		variables = map[string]any{}
		environment["Variables"] = variables
	}
	for _, name := range endpoints {
		if _, has := variables[name]; !has {
			variables[name] = ""
		}
	}
}

// target returns the name of the function that an integration calls: {Fn::GetAtt: [name, Arn]}.
func target(properties map[string]any) (string, error) {
	uri, _ := properties["IntegrationUri"].(map[string]any)
	attribute, _ := uri["Fn::GetAtt"].([]any)
	if len(attribute) != 2 || attribute[1] != "Arn" {
		return "", fmt.Errorf("IntegrationUri is %v, want the Arn of a function", properties["IntegrationUri"])
	}
	return fmt.Sprint(attribute[0]), nil
}
