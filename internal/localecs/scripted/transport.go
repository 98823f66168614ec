package scripted

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
)

// Transport serves requests with a handler in the caller's goroutine: no socket, so it works under testing/synctest. A handler that aborts
// (http.ErrAbortHandler) gives the client io.ErrUnexpectedEOF, as a dropped connection does.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(r *http.Request) (response *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	served := r.Clone(r.Context())
	served.RequestURI = r.URL.RequestURI()
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	if served.Body == nil {
		served.Body = http.NoBody
	}
	served.RemoteAddr = "127.0.0.1:1"
	defer func() {
		if p := recover(); p != nil {
			aborted, isError := p.(error)
			if !isError || !errors.Is(aborted, http.ErrAbortHandler) {
				panic(p)
			}
			response, err = nil, io.ErrUnexpectedEOF
		}
	}()
	recorder := httptest.NewRecorder()
	t.handler.ServeHTTP(recorder, served)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	response = recorder.Result()
	response.Request = r
	return response, served.Body.Close()
}
