package process

// Owner is the process id of the supervisor process in use.
func (s *Supervisor) Owner() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link.cmd.Process.Pid
}

// Open counts the processes that are starting or started and not settled.
func (s *Supervisor) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link.mu.Lock()
	defer s.link.mu.Unlock()
	return len(s.link.open)
}
