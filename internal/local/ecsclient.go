package local

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// newECSClient is the SDK's client for the local endpoint. It is built literally: nothing of the user's AWS
// configuration can send a local run's calls elsewhere.
func newECSClient(o Options) *ecs.Client {
	transport := o.ECS
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}
	}
	return ecs.New(ecs.Options{
		Region:       "local",
		BaseEndpoint: aws.String("http://" + o.ECSAddr),
		HTTPClient:   &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}
