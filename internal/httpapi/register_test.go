package httpapi_test

import (
	"net/http"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestRegister(t *testing.T) {
	const definition = `{"family":"a","revision":7,"containerDefinitions":[{"name":"app","environment":[{"name":"TOKEN","value":"s3cret"}],"command":["a<b"]}]}`
	for _, created := range []bool{true, false} {
		var got string
		c := &cases{t: t, register: func(body []byte) (run.RegisterResult, error) {
			got = string(body)
			return run.RegisterResult{Definition: []byte(definition), Tags: []run.Tag{{Key: "team", Value: "red"}}, Created: created}, nil
		}}
		w := call{method: "POST", target: "/task-definitions", body: `{"family":"a"}`}.to(c.handler(httpapi.Options{}))
		status := http.StatusOK
		if created {
			status = http.StatusCreated
		}
		const want = `{"taskDefinition":{"family":"a","revision":7,"containerDefinitions":[{"name":"app","environment":[{"name":"TOKEN","value":"***"}],"command":["a<b"]}]},"tags":[{"key":"team","value":"red"}]}` + "\n"
		if w.Code != status || w.Body.String() != want || got != `{"family":"a"}` {
			t.Errorf("created %t: status %d, use case got %s, answer\n%s\nwant\n%s", created, w.Code, got, w.Body, want)
		}
	}
}

func TestRegisterRefuses(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	wantErrors(t, wantProblem(t, call{method: "POST", target: "/task-definitions"}.to(h), http.StatusBadRequest, "invalid-request"), "DV-01")
	w := call{method: "POST", target: "/task-definitions", body: "{}", header: http.Header{"Content-Type": {"application/yaml"}}}.to(h)
	wantProblem(t, w, http.StatusUnsupportedMediaType, "unsupported-media-type")
}
