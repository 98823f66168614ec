package process

import (
	"errors"
	"syscall"
)

// set puts the limit on this process.
func (l Limit) set() error {
	number, _ := resource(l.Name)
	var now syscall.Rlimit
	if err := syscall.Getrlimit(number, &now); err != nil {
		return refuse("ulimit %q: %s", l.Name, plain(err))
	}
	switch err := syscall.Setrlimit(number, &syscall.Rlimit{Cur: limitOf(l.Soft), Max: limitOf(l.Hard)}); {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPERM):
		return refuse("ulimit %q (%s): this machine lets Davit raise the hard limit to %s at most", l.Name, l.asked(), shownLimit(now.Max))
	case errors.Is(err, syscall.EINVAL):
		return refuse("ulimit %q (%s): the soft limit is above the hard limit, or this system does not take the value", l.Name, l.asked())
	default:
		return refuse("ulimit %q (%s): %s", l.Name, l.asked(), plain(err))
	}
}

// limitOf is -1 as no limit at all.
func limitOf(n int64) uint64 {
	if n < 0 {
		return noLimit
	}
	return uint64(n)
}
