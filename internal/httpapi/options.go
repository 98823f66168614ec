package httpapi

import (
	"log/slog"

	"davit/internal/run"
)

// Options is what the routes share. The zero Options works.
type Options struct {
	Log  *slog.Logger // internal errors, with their cause and request id; nil: slog.Default()
	Logs Logs         // nil: containers have no "log" member
}

// Logs says where the output of one container of a task is, as a value that encodes to a JSON object; nil
// when that is not known. AWSLogs is the one for ECS.
type Logs func(r *run.Run, t *run.Task, container string) any

func (o Options) logger() *slog.Logger {
	if o.Log == nil {
		return slog.Default()
	}
	return o.Log
}
