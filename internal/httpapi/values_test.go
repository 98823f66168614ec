package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/taskdef"
)

const withValue = `{"containerDefinitions":[{"environment":[{"name":"A","value":"s3cret"}]}],"family":"a"}`

// Whoever gets through to the route may register: the gateway holds it to that permission.
func TestValues_ShowsThem(t *testing.T) {
	shown := taskdef.Definition{Definition: []byte(withValue)}
	c := &cases{t: t, describe: func(string) (taskdef.Definition, error) { return shown, nil }}
	for body, status := range map[string]int{"": http.StatusOK, "{}": http.StatusOK, `{"a":1}`: http.StatusBadRequest} {
		w := record(c.handler(httpapi.Options{}), request(http.MethodPost, "/task-definitions/a:1/values", "application/json", "", []byte(body)))
		if w.Code != status {
			t.Errorf("%q: got status %d, want %d", body, w.Code, status)
		}
		if has := strings.Contains(w.Body.String(), "s3cret"); has != (status == http.StatusOK) {
			t.Errorf("%q: got %s, want values with a 200 only", body, w.Body)
		}
	}
}

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
