package target

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// stacks is an answer of DescribeStacks.
type stacks struct {
	Stacks []struct {
		Status     string   `xml:"StackStatus"`
		Outputs    []output `xml:"Outputs>member"`
		Parameters []struct {
			Key   string `xml:"ParameterKey"`
			Value string `xml:"ParameterValue"`
		} `xml:"Parameters>member"`
	} `xml:"DescribeStacksResult>Stacks>member"`
}

type output struct {
	Key   string `xml:"OutputKey"`
	Value string `xml:"OutputValue"`
}

// FromStack returns the context of a stack, without a name: its address is the output ApiAddress (or ApiUrl), and how to ask its parameter Authorization. It calls CloudFormation's
// DescribeStacks; "" for region and profile is what the AWS configuration has.
func FromStack(ctx context.Context, stack, region, profile string) (Context, error) {
	c, err := loadAWS(ctx, profile, region)
	if err != nil {
		return Context{}, err
	}
	if c.Region == "" {
		return Context{}, noRegion()
	}
	var answer stacks
	q := query{service: "cloudformation", version: "2010-05-15", action: "DescribeStacks", parameters: map[string]string{"StackName": stack}}
	if err := q.call(ctx, c, &answer); err != nil {
		return Context{}, stackError(err, stack, c, profile)
	}
	return answer.context(stack, c.Region, profile)
}

func (a stacks) context(stack, region, profile string) (Context, error) {
	x := Context{Stack: stack, Region: region, Profile: profile, Auth: SigV4}
	for _, s := range a.Stacks {
		for _, o := range s.Outputs {
			if o.Key == "ApiAddress" || o.Key == "ApiUrl" {
				x.URL = o.Value
			}
		}
		for _, p := range s.Parameters {
			if p.Key == "Authorization" && p.Value == "JWT" {
				x.Auth = Token
			}
		}
	}
	if x.URL != "" {
		return x, nil
	}
	status := "unknown"
	if len(a.Stacks) > 0 {
		status = a.Stacks[0].Status
	}
	return x, &Error{
		Kind: KindStack,
		What: fmt.Sprintf("stack %s in %s (%s) has no output ApiAddress", stack, region, status),
		Do:   "name the stack that Davit was deployed as, once it is complete, or give --url",
	}
}

// stackError is what an error of DescribeStacks means.
func stackError(err error, stack string, c aws.Config, profile string) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	var e *queryError
	if !errors.As(err, &e) {
		return &Error{Kind: KindUnreachable, What: fmt.Sprintf("CloudFormation in %s does not answer: %v", c.Region, err), Do: "check the network and the Region", Err: err}
	}
	switch e.Code {
	case "ValidationError":
		return &Error{Kind: KindStack, What: fmt.Sprintf("there is no stack %s in %s", stack, c.Region), Do: "check the name, --region and --profile", Err: err}
	case "AccessDenied", "AccessDeniedException":
		return &Error{
			Kind: KindPermission, Err: err,
			What: "the stack may not be read: " + e.Message,
			Do:   "have cloudformation:DescribeStacks allowed on it, or give --url",
		}
	}
	if refused := refusedKeys(e, profile); refused != nil {
		return refused
	}
	return &Error{Kind: KindStack, What: "the stack cannot be read: " + e.Error(), Do: "try again, or give --url", Err: err}
}
