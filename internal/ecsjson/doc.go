// Package ecsjson turns ECS's JSON into the SDK's structs and back. A struct field's JSON name is its Go name with
// the first letter in lower case, which holds for every member of the service; a test checks the whole API against the SDK itself.
package ecsjson

// Option changes how Decode or Encode work.
type Option func(*options)

type options struct {
	epoch   bool
	zeros   bool
	lenient bool
	strict  bool
}

func newOptions(opts []Option) options {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// EpochTimes makes Encode write times as ECS's wire does, in seconds since 1970 with milliseconds as the fraction. The default
// is RFC 3339 in UTC with milliseconds. Decode always reads both.
func EpochTimes() Option { return func(o *options) { o.epoch = true } }

// WithZeros makes Encode write numbers and booleans that are zero, as ECS's answers do ("pendingTasksCount": 0). The default is
// to leave them out as the SDK does in requests, which keeps "not set" apart from "set" where the service can tell.
func WithZeros() Option { return func(o *options) { o.zeros = true } }

// IgnoreUnknown makes Decode pass over members that the SDK does not know, for answers and events of a newer service.
func IgnoreUnknown() Option { return func(o *options) { o.lenient = true } }
