package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/taskdef"
)

const withValue = `{"containerDefinitions":[{"environment":[{"name":"A","value":"s3cret"}]}],"family":"a"}`

func TestDescribe_Values_AreForCallersWhoMayRegister(t *testing.T) {
	for _, tt := range []struct {
		query     string
		registrar bool
		status    int
		want      string
	}{
		{"", true, http.StatusOK, `"value":"***"`},
		{"?values=false", true, http.StatusOK, `"value":"***"`},
		{"?values=true", true, http.StatusOK, `"value":"s3cret"`},
		{"?values=true", false, http.StatusForbidden, `"rule":"DV-27"`},
		{"?values=all", true, http.StatusBadRequest, `"rule":"DV-12"`},
	} {
		shown := taskdef.Definition{Definition: []byte(withValue)}
		c := &cases{t: t, describe: func(string) (taskdef.Definition, error) { return shown, nil }}
		r := request(http.MethodGet, "/task-definitions/a"+tt.query, "", "", nil)
		if tt.registrar {
			r = r.WithContext(httpapi.WithRegistrar(r.Context()))
		}
		w := record(c.handler(httpapi.Options{}), r)
		if w.Code != tt.status {
			t.Errorf("%s, may register %v: got status %d, want %d", tt.query, tt.registrar, w.Code, tt.status)
		}
		if body := w.Body.String(); !strings.Contains(body, tt.want) {
			t.Errorf("%s, may register %v: got %s, want %s in it", tt.query, tt.registrar, body, tt.want)
		}
	}
}
