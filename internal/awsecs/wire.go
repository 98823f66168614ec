package awsecs

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// wire is the innermost middleware of one call. It notes whether a request may have left the process; in doubt it did.
type wire struct{ sent bool }

func (w *wire) watch(o *ecs.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(w, middleware.After)
	})
}

// ID names the middleware to the SDK.
func (w *wire) ID() string { return "DavitWire" }

// HandleDeserialize hands the request to the transport. What fails before it is reached (validation, endpoint, credentials, signing,
// a context that is already done) was not sent. Of the transport, only one that looked for a connection and got none has certainly sent
// nothing: it could not dial, resolve the name or agree on TLS, or the context ended meanwhile. A transport that does not report
// connections is taken to have sent.
func (w *wire) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	if err := ctx.Err(); err != nil {
		return out, metadata, &smithy.CanceledError{Err: err}
	}
	var sought, got atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sought.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { got.Store(true) },
	})
	out, metadata, err = next.HandleDeserialize(ctx, in)
	if err == nil || got.Load() || !sought.Load() {
		w.sent = true
	}
	return out, metadata, err
}
