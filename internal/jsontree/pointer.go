package jsontree

import "strings"

// Join adds one member name or index to an RFC 6901 JSON pointer, escaping ~ and /.
func Join(pointer, token string) string {
	return string(AppendToken([]byte(pointer), token))
}

// AppendToken adds "/" and the escaped token to a JSON pointer under construction.
func AppendToken(dst []byte, token string) []byte {
	dst = append(dst, '/')
	if !strings.ContainsAny(token, "~/") {
		return append(dst, token...)
	}
	for i := 0; i < len(token); i++ {
		switch token[i] {
		case '~':
			dst = append(dst, "~0"...)
		case '/':
			dst = append(dst, "~1"...)
		default:
			dst = append(dst, token[i])
		}
	}
	return dst
}
