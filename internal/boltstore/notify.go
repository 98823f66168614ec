package boltstore

import "sync"

// signals are the followers who want to know that the feed has grown.
type signals struct {
	mu        sync.Mutex
	followers map[chan struct{}]struct{}
}

// Notify returns a channel that holds one signal as soon as the feed has something newer than the last
// receive, so that a follower reads Changes until there are none, receives, and reads again. cancel ends
// the signals; the channel is never closed.
func (s *Store) Notify() (changed <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	s.signals.mu.Lock()
	defer s.signals.mu.Unlock()
	if s.signals.followers == nil {
		s.signals.followers = map[chan struct{}]struct{}{}
	}
	s.signals.followers[c] = struct{}{}
	return c, func() {
		s.signals.mu.Lock()
		defer s.signals.mu.Unlock()
		delete(s.signals.followers, c)
	}
}

func (s *signals) send() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.followers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
