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

// NameBadConfiguration is the name of the error with which a function does not start.
const NameBadConfiguration = "Davit.BadConfiguration"

// reportTimeout is how long a report to the Runtime API, which is in the same sandbox, may take.
const reportTimeout = 2 * time.Second

// reportFailure logs why the function does not start and tells the Runtime API, so that whoever invokes it is given the reason too.
func (rt *Runtime) reportFailure(cause error) {
	rt.Log.Error("the function cannot start", slog.String("name", NameBadConfiguration), slog.String("error", cause.Error()))
	if err := postInitError(os.Getenv("AWS_LAMBDA_RUNTIME_API"), cause); err != nil {
		rt.Log.Error("the Runtime API did not take the report", slog.Any("error", err))
	}
}

func postInitError(api string, cause error) error {
	if api == "" {
		return nil // nobody is there to be told
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
