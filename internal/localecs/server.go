package localecs

import (
	"log/slog"
	"strings"
	"sync"
)

// Server is a local ECS: an http.Handler and the tasks behind it. It is safe for concurrent use.
type Server struct {
	*plane
	log         *slog.Logger
	hosts       map[string]bool
	recordCalls bool

	callsMu sync.Mutex
	calls   []Call
}

// Open starts a local ECS on a folder, with what an earlier one left there: tasks that it had not seen stopped are stopped now, as
// their processes ended with it. An error says that the folder cannot be used, for example because another Server has it open.
func Open(options Options) (*Server, error) {
	opt, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	p, err := openPlane(opt.settings())
	if err != nil {
		return nil, err
	}
	s := &Server{plane: p, log: opt.Logger, hosts: map[string]bool{}, recordCalls: opt.RecordCalls}
	for _, h := range opt.AllowedHosts {
		s.hosts[strings.ToLower(h)] = true
	}
	return s, nil
}
