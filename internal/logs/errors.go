package logs

import "errors"

// ErrPosition is the error of a Source for a position that it did not make.
var ErrPosition = errors.New("not a position of this source")
