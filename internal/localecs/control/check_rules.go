package control

import (
	"davit/internal/ecsjson"
	"davit/internal/localecs/ecserror"
)

// checkRules returns the refusal of an input that breaks a rule of Settings.Rules. Only what the plane's own checks pass comes here.
func (s *Plane) checkRules(operation string, in any, refuse func(format string, args ...any) *ecserror.Error) error {
	if s.opt.Rules == nil {
		return nil
	}
	input, err := ecsjson.Encode(in)
	if err != nil {
		return err
	}
	if words := s.opt.Rules(operation, input); words != "" {
		return refuse("%s", words)
	}
	return nil
}
