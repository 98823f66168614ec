package asl

// invoke calls the function of an attempt once there is a place for it. It is not called when the
// attempt ended before, and its answer is dropped when the engine closes before it is written.
func (e *Engine) invoke(x *execution, attempt int64, c *call) {
	select {
	case e.places <- struct{}{}:
	case <-e.ctx.Done():
		return
	}
	answer, called, err := e.occupy(x, attempt, c)
	if !called || e.ctx.Err() != nil {
		return
	}
	failure := e.insist(x, func(s *step) error {
		s.returned(attempt, answer, err)
		return nil
	})
	if failure != nil && e.ctx.Err() == nil {
		e.log.Error("the answer of a function could not be handled", "function", c.function, "error", failure)
	}
}

// occupy makes the call and frees its place, also when the function panics.
func (e *Engine) occupy(x *execution, attempt int64, c *call) (answer []byte, called bool, err error) {
	defer func() { <-e.places }()
	if e.ctx.Err() != nil || !x.expects(attempt) {
		return nil, false, nil
	}
	answer, err = e.opts.Invoker.Invoke(e.ctx, c.function, c.payload)
	return answer, true, err
}

func (x *execution) expects(attempt int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.rec.Status == Running && x.rec.At.Phase == phaseInvoking && x.rec.At.Attempt == attempt
}
