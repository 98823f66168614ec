package run

import (
	"context"
	"log/slog"
)

// news is what happened to a record since it was read. Keeper logs it once that is written, so that of several writers only the one that was first does.
type news struct {
	launched bool // its first task was placed
	ended    bool
}

// logAccepted logs that r was recorded.
func (k Keeper) logAccepted(ctx context.Context, r *Run) {
	k.logger().LogAttrs(ctx, slog.LevelInfo, "run accepted", r.logAttrs()...)
}

// logNews logs, once, what the write of r made true.
func (k Keeper) logNews(ctx context.Context, r *Run) {
	seen := r.news
	r.news = news{}
	if seen.launched {
		k.logger().LogAttrs(ctx, slog.LevelInfo, "run launched", r.logAttrs()...)
	}
	if seen.ended {
		attrs := append(r.logAttrs(), slog.String("status", string(r.Status)))
		if r.Class != "" {
			attrs = append(attrs, slog.String("class", string(r.Class)))
		}
		k.logger().LogAttrs(ctx, slog.LevelInfo, "run ended", attrs...)
	}
}

func (k Keeper) logger() *slog.Logger {
	if k.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return k.Log
}

// logAttrs returns whose run it is, and the request that submitted it. Nothing in them is of the request's body.
func (r *Run) logAttrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("runId", r.ID), slog.String("owner", r.Owner)}
	if id := r.SubmittedBy.RequestID; id != "" {
		attrs = append(attrs, slog.String("submitRequestId", id))
	}
	return attrs
}
