package httpapi

import "context"

type contextKey int

const (
	callerKey contextKey = iota
	requestIDKey
)

// WithCaller says who asks. Without it, and for "", every route answers 401.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey, caller)
}

// CallerOf is who asks; "" when nobody was named.
func CallerOf(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey).(string)
	return caller
}

// WithRequestID sets the id that the answer's X-Request-Id, its problem and the log carry; "" leaves ctx
// alone, and then the routes make one up.
func WithRequestID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, requestIDKey, id)
}

// RequestIDOf is the id of the request being served; "" outside of one.
func RequestIDOf(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// WithIdentity is WithCaller and WithRequestID at once, for those who bring requests in by other ways than a listener.
func WithIdentity(ctx context.Context, caller, requestID string) context.Context {
	return WithRequestID(WithCaller(ctx, caller), requestID)
}
