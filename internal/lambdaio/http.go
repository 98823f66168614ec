package lambdaio

import (
	"context"
	"log/slog"
	"net/http"
)

// HTTPOptions configures HTTP. With the zero HTTPOptions no request has a caller.
type HTTPOptions struct {
	// Caller returns the name of the caller that the gateway's authorizer identified. "", or an error, which is logged: no caller.
	// nil: no request has a caller.
	Caller func(e HTTPEvent) (string, error)
	// Context returns ctx with the caller ("": none) and the gateway's request id, for the handler. nil: the handler gets neither.
	Context func(ctx context.Context, caller, requestID string) context.Context
	// Principal returns the person or program behind the caller, which WithPrincipal then puts into the handler's context. nil: nobody is known.
	Principal     func(e HTTPEvent) (principal, session string)
	WithPrincipal func(ctx context.Context, principal, session string) context.Context
	// MayRegister reports whether an event shows that its caller may register task definitions, which Registrar then puts into the handler's context.
	// nil: no event shows it.
	MayRegister func(e HTTPEvent) bool
	Registrar   func(ctx context.Context) context.Context
	// Log gets the errors. nil: slog.Default().
	Log *slog.Logger
}

// HTTP returns the function that serves the events of an API Gateway HTTP API, payload format 2.0, with h. A payload that is no such
// event is Davit.BadEvent; h answers everything that a client can send.
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
		return encodeResponse(w.response(r.Method))
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
	ctx = o.Context(ctx, caller, e.RequestContext.RequestID)
	if caller != "" && o.Principal != nil {
		principal, session := o.Principal(e)
		ctx = o.WithPrincipal(ctx, principal, session)
	}
	if caller != "" && o.MayRegister != nil && o.MayRegister(e) {
		ctx = o.Registrar(ctx)
	}
	return ctx
}
