package dynamo

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"davit/internal/run"
)

// maxRaw bounds a record's JSON before compression, so that no item unpacks to more than a function's memory holds.
const maxRaw = 16 << 20

// compressors are for use again: a new one clears about 800 KB.
var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// decompressors are for use again: a new one takes some 40 KB.
var decompressors sync.Pool

// decompressor returns a reader of what pack wrote, for decompressors.Put after use.
func decompressor(packed []byte) (*gzip.Reader, error) {
	z, has := decompressors.Get().(*gzip.Reader)
	if !has {
		return gzip.NewReader(bytes.NewReader(packed))
	}
	return z, z.Reset(bytes.NewReader(packed))
}

// pack writes a record, or a lock, as compressed JSON.
func pack(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	if len(data) > maxRaw {
		return nil, tooLarge(fmt.Sprintf("%d bytes of JSON; allowed: %d", len(data), maxRaw))
	}
	var packed bytes.Buffer
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(&packed)
	_, err = z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	return packed.Bytes(), nil
}

// unpack reads what pack wrote of a record.
func unpack(packed []byte) (*run.Run, error) {
	r := new(run.Run)
	if err := unpackInto(packed, r); err != nil {
		return nil, err
	}
	return r, nil
}

// unpackInto is pack's reverse.
func unpackInto(packed []byte, v any) error {
	z, err := decompressor(packed)
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	defer decompressors.Put(z)
	data, err := io.ReadAll(io.LimitReader(z, maxRaw+1))
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if len(data) > maxRaw {
		return fmt.Errorf("%w: over %d bytes of JSON", errDamaged, maxRaw)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}
