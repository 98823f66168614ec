package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"time"
)

// NameBadConfiguration is the name of the error that a function reports when its environment is wrong and it does not start.
const NameBadConfiguration = "Davit.BadConfiguration"

// reportTimeout bounds a report to the Runtime API, which is in the same sandbox.
const reportTimeout = 2 * time.Second

// reportFailure logs why the function does not start and reports it to the Runtime API, which returns it to the invoker.
func (rt *Runtime) reportFailure(cause error) {
	rt.Log.Error("the function cannot start", slog.String("name", NameBadConfiguration), slog.String("error", cause.Error()))
	if err := postInitError(os.Getenv("AWS_LAMBDA_RUNTIME_API"), cause); err != nil {
		rt.Log.Error("the Runtime API did not take the report", slog.Any("error", err))
	}
}

// postInitError posts cause to the Runtime API at host:port api. It does nothing when api is empty.
func postInitError(api string, cause error) error {
	if api == "" {
		return nil // not under Lambda
	}
	ctx, cancel := context.WithTimeout(context.Background(), reportTimeout)
	defer cancel()
	body, err := json.Marshal(map[string]any{"errorType": NameBadConfiguration, "errorMessage": cause.Error(), "stackTrace": []string{}})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+api+"/2018-06-01/runtime/init/error", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Lambda-Runtime-Function-Error-Type", NameBadConfiguration)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
