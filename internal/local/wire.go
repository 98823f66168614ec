package local

import (
	"context"
	"net/http"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/awsecs"
	"davit/internal/buildinfo"
	"davit/internal/ecsspec"
	"davit/internal/ecsspec/refusals"
	"davit/internal/filelogs"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
	"davit/internal/localecs/task"
	"davit/internal/logs"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// wire builds the handlers, as the functions' main.go files do for AWS.
func (s *System) wire() {
	client := newECSClient(s.options)
	engine := awsecs.New(client)
	keeper := run.Keeper{
		Store: s.Store, Clock: s.options.Clock, Workflow: workflow{s},
		Tuning: run.Tuning{Prefix: prefix, TaskEvents: s.options.TaskEvents}, Log: s.options.Log,
	}
	catalog := awsecs.NewCatalog(client)
	reader := &run.Reader{Store: s.Store}
	web := httpapi.Options{Log: s.options.Log, Logs: s.logLocation}
	output := &logs.Reader{Runs: reader, Source: s.output(), Clock: s.options.Clock}
	definitions := &taskdef.Registrar{Writes: true, Spec: ecsspec.Spec{}, Rules: refusals.Table{}, Definitions: awsecs.NewRegistrar(client)}
	submitter := &run.Submitter{Keeper: keeper, Stack: run.Stack{ExecuteCommand: true}, Spec: ecsspec.Spec{}, Catalog: catalog}
	s.notifier = newNotifier(s)
	s.API = httpapi.Routes{
		Submit:   httpapi.Submit(submitter, web),
		List:     httpapi.List(reader, web),
		Get:      httpapi.Get(reader, web),
		Logs:     httpapi.Output(output, web),
		Stop:     httpapi.Stop(&run.Stopper{Keeper: keeper, Engine: engine}, web),
		Rerun:    httpapi.Rerun(submitter, web),
		Meta:     httpapi.About(s.meta(), web),
		Register: httpapi.Register(definitions, web), ListDefinitions: httpapi.ListDefinitions(definitions, web),
		Describe: httpapi.Describe(definitions, web), Values: httpapi.Values(definitions, web), Deregister: httpapi.Deregister(definitions, web),
	}.Handler(web)
	log := s.options.Log
	s.functions = map[string]lambdaio.Function{
		launchFunction:    lambdaio.Step(&run.Launcher{Keeper: keeper, Engine: engine, Catalog: catalog, Rules: refusals.Table{}}, log),
		observeFunction:   lambdaio.Step(&run.Observer{Keeper: keeper, Engine: engine}, log),
		taskEventFunction: lambdaio.TaskEvent(&run.TaskEvents{Keeper: keeper, Engine: engine}, log),
		sweepFunction:     lambdaio.Sweep(&run.Sweeper{Keeper: keeper, Engine: engine}, log),
		scheduleFunction:  lambdaio.Schedule(&run.Schedules{Submitter: submitter}, s.notifier, s.notifier, log),
	}
}

// meta is what GET /meta shows. One caller, local, may do everything.
func (s *System) meta() httpapi.Meta {
	version, commit := buildinfo.Read()
	return httpapi.Meta{
		Version: version, Commit: commit, Region: region, Prefix: prefix, Mode: httpapi.ModeLocal,
		Features: httpapi.Features{
			TaskEvents: s.options.TaskEvents, Logs: true, DefinitionWrites: true, ExecuteCommand: true,
			Authorization: "NONE", OwnerScope: httpapi.OwnerIsRole, Visibility: httpapi.SeesStack,
		},
	}
}

// logLocation returns the file of a container's output.
func (s *System) logLocation(_ *run.Run, t *run.Task, container string) any {
	return map[string]string{"file": task.LogFile(s.options.Dir, t.ShortID(), container)}
}

// output returns the source of the containers' output. The ECS endpoint is opened later.
func (s *System) output() logs.Source {
	return &filelogs.Source{
		File: func(taskID, container string) string {
			dir, err := filepath.Abs(s.options.Dir)
			if err != nil { // the working directory is gone
				dir = s.options.Dir
			}
			return task.LogFile(dir, taskID, container)
		},
		Known: func(file string) (int64, bool) { return s.ECS.Output().Known(file) },
	}
}

// newECSClient returns the SDK's client for the local endpoint. It does not read the user's AWS configuration, which could send a
// local run's calls to AWS.
func newECSClient(o Options) *ecs.Client {
	transport := o.ECS
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}
	}
	return ecs.New(ecs.Options{
		Region:       region,
		BaseEndpoint: aws.String("http://" + o.ECSAddr),
		HTTPClient:   &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}
