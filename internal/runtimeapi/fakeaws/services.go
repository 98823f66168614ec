package fakeaws

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/awslogs/logsfake"
	"davit/internal/dynamo"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/localecs"
	"davit/internal/localecs/process"
	"davit/internal/localecs/scripted"
)

// Table is the name of the fake DynamoDB's table.
const Table = "davit-runs"

// Services is one set of fakes. Start returns one.
type Services struct {
	// Calls holds the calls of Step Functions and EventBridge.
	Calls *Calls
	// Store reads and writes Table.
	Store *dynamo.Store
	// Logs holds the output of the samples' task.
	Logs *logsfake.Logs

	ecs       *localecs.Server
	ecsClient *ecs.Client
	folder    string
	env       []string
	servers   []*http.Server
}

// Start starts the fakes and fills them with the runs of the samples. Containers have no processes: each is reported as running for a
// minute and as exited with 0. The caller must call Close.
func Start(ctx context.Context) (*Services, error) {
	s := &Services{Calls: &Calls{}, Logs: logsfake.New(logsfake.Options{})}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Services) start(ctx context.Context) (err error) {
	if s.folder, err = os.MkdirTemp("", "davit-fakeaws-"); err != nil {
		return err
	}
	runner := scripted.New(nil, func(process.Spec) scripted.Script { return scripted.Script{For: time.Minute} })
	s.ecs, err = localecs.Open(localecs.Options{Dir: s.folder, Runner: runner, NoSync: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	table := transportHandler{dynamofake.New(dynamofake.Options{})}
	for name, h := range map[string]http.Handler{"CLOUDWATCH_LOGS": s.Logs, "DYNAMODB": table, "ECS": s.ecs, "SFN": s.Calls, "EVENTBRIDGE": s.Calls} {
		if err := s.serve(ctx, name, h); err != nil {
			return err
		}
	}
	client := dynamodb.NewFromConfig(s.clientConfig(table.transport))
	if _, err := client.CreateTable(ctx, dynamo.TableInput(Table)); err != nil {
		return err
	}
	s.Store = dynamo.NewStore(client, dynamo.Table{Name: Table})
	s.ecsClient = ecs.NewFromConfig(s.clientConfig(scripted.Transport(s.ecs)))
	return s.seed(ctx)
}

// clientConfig returns the configuration of a client that reaches a fake through transport, without a socket.
func (s *Services) clientConfig(transport http.RoundTripper) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	}
}

// serve serves a fake on a free loopback port and adds its AWS_ENDPOINT_URL_<name> to the environment.
func (s *Services) serve(ctx context.Context, name string, h http.Handler) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	s.servers = append(s.servers, server)
	s.env = append(s.env, "AWS_ENDPOINT_URL_"+name+"=http://"+listener.Addr().String())
	go func() { _ = server.Serve(listener) }() // until Close
	return nil
}

// Env returns the environment variables that make a function call the fakes.
func (s *Services) Env() []string { return append([]string{"DAVIT_TABLE=" + Table}, s.env...) }

// Close ends the fakes and removes their data.
func (s *Services) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	if s.ecs != nil {
		errs = append(errs, s.ecs.Close())
	}
	if s.folder != "" {
		errs = append(errs, os.RemoveAll(s.folder))
	}
	return errors.Join(errs...)
}
