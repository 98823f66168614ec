package awslogs

import (
	"math/big"
	"strings"
)

// The form that a forward token has today: f/, 56 digits, /s. CloudWatch Logs promises none.
const (
	tokenHead   = "f/"
	tokenTail   = "/s"
	tokenDigits = 56
	tokenBase   = 62
)

// packToken returns the digits of a token of that form in base 62.
func packToken(token string) (packed string, ok bool) {
	digits, hasHead := strings.CutPrefix(token, tokenHead)
	digits, hasTail := strings.CutSuffix(digits, tokenTail)
	if !hasHead || !hasTail || len(digits) != tokenDigits || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return "", false
	}
	return n.Text(tokenBase), true
}

// unpackToken returns the token that packToken packed; "" for another text.
func unpackToken(packed string) string {
	n, ok := new(big.Int).SetString(packed, tokenBase)
	if !ok || n.Sign() < 0 || len(n.Text(10)) > tokenDigits {
		return ""
	}
	digits := n.Text(10)
	return tokenHead + strings.Repeat("0", tokenDigits-len(digits)) + digits + tokenTail
}
