package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"davit/internal/httpapi"
)

func TestAbout(t *testing.T) {
	o := httpapi.Options{}
	m := httpapi.Meta{
		Version: "0.2.0", Region: "eu-west-1", Prefix: "davit", Mode: httpapi.ModeAWS,
		Features: httpapi.Features{TaskEvents: true, Authorization: "JWT", OwnerScope: httpapi.OwnerIsSession, Visibility: httpapi.SeesOwn},
	}
	h := httpapi.Routes{Meta: httpapi.About(m, o)}.Handler(o)
	w := call{method: "GET", target: "/meta"}.to(h)
	wantStatus(t, w, http.StatusOK)
	wantBody(t, w, `{"version":"0.2.0","region":"eu-west-1","prefix":"davit","mode":"aws","features":{"taskEvents":true,"logs":false,"definitionWrites":false,`+
		`"executeCommand":false,"authorization":"JWT","ownerScope":"session","visibility":"owner"}}`+"\n")
	tag := w.Header().Get("ETag")
	again := httptest.NewRequestWithContext(httpapi.WithCaller(t.Context(), caller), http.MethodGet, "http://davit.test/meta", nil)
	again.Header.Set("If-None-Match", tag)
	unchanged := httptest.NewRecorder()
	h.ServeHTTP(unchanged, again)
	wantStatus(t, unchanged, http.StatusNotModified)
	m.Version = "0.3.0"
	if got := (call{method: "GET", target: "/meta"}).to(httpapi.Routes{Meta: httpapi.About(m, o)}.Handler(o)).Header().Get("ETag"); got == tag || tag == "" {
		t.Errorf("got ETag %s of another version, want another one", got)
	}
	wantErrors(t, wantProblem(t, call{method: "GET", target: "/meta?all=1"}.to(h), http.StatusBadRequest, "invalid-request"), "query:all DV-12")
}
