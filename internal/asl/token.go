package asl

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

const macLength = 16

// tokens makes and reads task tokens. A token names its execution and attempt and is signed, so that
// one that this file gave out is distinguished from any other text without keeping a list.
type tokens struct{ key []byte }

// make is the same for the same attempt of the same execution, also after a restart.
func (t tokens) make(rec *record, attempt int64) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(attempt))
	body = binary.BigEndian.AppendUint64(body, uint64(rec.Started.UnixNano()))
	body = append(body, rec.Name...)
	return base64.RawURLEncoding.EncodeToString(append(t.sign(body), body...))
}

// read is the attempt that a token stands for; ok is false when the token is not from here.
func (t tokens) read(token string) (name string, started, attempt int64, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < macLength+16 {
		return "", 0, 0, false
	}
	body := raw[macLength:]
	if !hmac.Equal(raw[:macLength], t.sign(body)) {
		return "", 0, 0, false
	}
	return string(body[16:]), int64(binary.BigEndian.Uint64(body[8:])), int64(binary.BigEndian.Uint64(body)), true
}

func (t tokens) sign(body []byte) []byte {
	mac := hmac.New(sha256.New, t.key)
	mac.Write(body)
	return mac.Sum(nil)[:macLength]
}
