package lambdaio

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
)

// HTTPOptions is what HTTP needs besides the handler. The zero HTTPOptions serves requests of nobody.
type HTTPOptions struct {
	// Caller names who asks, as the gateway's authorizer found it. "" or an error, which is logged: nobody. nil: always nobody.
	Caller func(e HTTPEvent) (string, error)
	// Context hands the caller ("": nobody) and the gateway's request id on to the handler. nil: neither.
	Context func(ctx context.Context, caller, requestID string) context.Context
	Log     *slog.Logger // nil: slog.Default()
}

// HTTP serves the events of an API Gateway HTTP API, payload format 2.0, with h. A payload that is no such event is
// Davit.BadEvent; everything that a client can send is h's to answer.
func HTTP(h http.Handler, o HTTPOptions) Function {
	o.Log = orDefault(o.Log)
	return wrap(o.Log, func(ctx context.Context, payload []byte) ([]byte, error) {
		e, err := parseHTTPEvent(payload)
		if err != nil {
			return nil, err
		}
		r, err := e.request(o.identify(ctx, e))
		if err != nil {
			return nil, err
		}
		w := &recorder{header: http.Header{}}
		h.ServeHTTP(w, r)
		return json.Marshal(w.response(r.Method))
	})
}

func (o HTTPOptions) identify(ctx context.Context, e HTTPEvent) context.Context {
	if o.Context == nil {
		return ctx
	}
	caller := ""
	if o.Caller != nil {
		name, err := o.Caller(e)
		if err != nil {
			o.Log.WarnContext(ctx, "caller is not known", slog.String("requestId", e.RequestContext.RequestID), slog.Any("error", err))
		} else {
			caller = name
		}
	}
	return o.Context(ctx, caller, e.RequestContext.RequestID)
}
