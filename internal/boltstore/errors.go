package boltstore

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"davit/internal/run"
)

// errDamaged: a stored value cannot be read back. Repeating does not help.
var errDamaged = errors.New("stored value is damaged")

// translate turns what went wrong into what run.Store promises. It is called once, by the exported methods.
func translate(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, run.ErrNotFound), errors.Is(err, run.ErrConflict), run.CodeOf(err) == run.CodeTooLarge,
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errDamaged), errors.Is(err, errUnfit):
		return &run.Error{Code: run.CodeInternal, Message: "the store cannot handle this record", Err: fmt.Errorf("%s: %w", op, err)}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &run.Error{Code: run.CodeUnavailable, Message: "the disk of the data folder is full", Err: fmt.Errorf("%s: %w", op, err)}
	default:
		return &run.Error{Code: run.CodeUnavailable, Message: "the store did not answer", Err: fmt.Errorf("%s: %w", op, err)}
	}
}
