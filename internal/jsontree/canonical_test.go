package jsontree

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"
)

func parse(t *testing.T, text string) Node {
	t.Helper()
	doc, serr := Parse([]byte(text))
	if serr != nil {
		t.Fatalf("%s: %v", text, serr)
	}
	return doc.Root
}

func TestCanonicalSame(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"member order", `{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":2},"a":1}`},
		{"white space", `{"a":[1,2]}`, " {\n\"a\" : [ 1 ,\t2 ] }\r\n"},
		{"escapes", `{"\u0061":"é\/😀\u0009"}`, `{"a":"\u00e9/\ud83d\ude00\t"}`},
		{"one", `1`, `1.0`},
		{"one and exponent", `1`, `1e0`},
		{"tenth of ten", `1`, `10E-1`},
		{"hundred", `100`, `1e+2`},
		{"hundred again", `100.000`, `0.01e0004`},
		{"zero", `0`, `-0`},
		{"zero and exponent", `0`, `-0.000e999999999999999999999999`},
		{"fraction", `-12.50`, `-125e-1`},
		{"great exponent", `1e999999999`, `10e999999998`},
		{"greater exponent", `1e100000000000000000000`, `0.1e100000000000000000001`},
		{"small exponent", `1e-100000000000000000000`, `10e-100000000000000000001`},
		{"exponent carried over", `10e999999999999999999`, `1e1000000000000000000`},
		{"exponent borrowed", `0.01e1000000000000000000`, `1e999999999999999998`},
		{"exponent carried at length", `100e99999999999999999999`, `1e100000000000000000001`},
		{"small exponent carried", `0.1e-999999999999999999999`, `1e-1000000000000000000000`},
		{"exponent with zeros", `1e+0000000000000000000005`, `100000`},
		{"exponent of minus zero", `1e-0`, `1`},
		{"many digits", `123456789012345678901234567890`, `12345678901234567890123456789e1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := Canonical(parse(t, tt.a)), Canonical(parse(t, tt.b))
			if string(a) != string(b) {
				t.Errorf("%s differs from %s", a, b)
			}
		})
	}
}

func TestCanonicalDifferent(t *testing.T) {
	texts := []string{
		`null`, `true`, `false`, `0`, `1`, `-1`, `10`, `0.1`, `12`, `1e2`, `1e-2`, `1e999999999`, `1e999999998`,
		`12345678901234567890123456789`, `12345678901234567890123456788`, `9007199254740992`, `9007199254740993`,
		`"1"`, `""`, `"null"`, `"a"`, `"A"`, `"é"`, `"\u0065\u0301"`, `"a\u0000"`, `[]`, `[[]]`, `[1]`, `[1,1]`, `[1,2]`, `[2,1]`,
		`{}`, `{"a":null}`, `{"a":1}`, `{"a":"1"}`, `{"a":[1]}`, `{"a":1,"b":1}`, `{"a":{"b":1}}`, `{"a\":1,\"b":1}`, `{"":1}`,
	}
	seen := map[string]string{}
	for _, text := range texts {
		c := string(Canonical(parse(t, text)))
		if other, ok := seen[c]; ok {
			t.Errorf("%s and %s both give %s", text, other, c)
		}
		seen[c] = text
	}
}

func TestCanonicalOmitsAtTheTopOnly(t *testing.T) {
	n := parse(t, `{"z":{"token":1},"token":"abc","list":[{"token":2}],"other":0}`)
	if got, want := string(Canonical(n, "token", "other")), `{"list":[{"token":2}],"z":{"token":1}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n.Members[0].Name != "z" {
		t.Error("the node itself was sorted")
	}
}

// The sum by digits must be the sum by big integers.
func TestExponentsAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		power := new(big.Int).SetUint64(random.Uint64())
		if random.IntN(2) == 0 {
			power.Mul(power, power)
		}
		if random.IntN(2) == 0 {
			power.Neg(power)
		}
		delta := random.Int64N(600_000) - 300_000
		want := new(big.Int).Add(power, big.NewInt(delta)).String()
		if got := addToPower(power.String(), delta); got != want {
			t.Fatalf("%v + %d = %s, want %s", power, delta, got, want)
		}
	}
}

func TestInt64(t *testing.T) {
	tests := []struct {
		text        string
		want        int64
		whole, fits bool
	}{
		{"0", 0, true, true}, {"-0", 0, true, true}, {"0.0e5", 0, true, true}, {"7", 7, true, true}, {"-7.00", -7, true, true},
		{"1e3", 1000, true, true}, {"1500e-2", 15, true, true}, {"1.5", 0, false, false}, {"1e-1", 0, false, false},
		{strconv.FormatInt(math.MaxInt64, 10), math.MaxInt64, true, true}, {"-9223372036854775808.0", math.MinInt64, true, true},
		{"9223372036854775808", 0, true, false}, {"9223372036854775808.0", 0, true, false}, {"1e19", 0, true, false},
		{"1e999999999", 0, true, false}, {"1e99999999999999999999", 0, true, false}, {"1e-99999999999999999999", 0, false, false},
	}
	for _, tt := range tests {
		v, whole, fits := parse(t, tt.text).Int64()
		if whole != tt.whole || fits != tt.fits {
			t.Errorf("%s: got whole %v and fits %v, want %v and %v", tt.text, whole, fits, tt.whole, tt.fits)
		}
		if whole && fits && v != tt.want {
			t.Errorf("%s: got %d, want %d", tt.text, v, tt.want)
		}
	}
	if _, whole, fits := (Node{Kind: String, Text: "1"}).Int64(); whole || fits {
		t.Error("a string was read as a number")
	}
}

func TestFloat64(t *testing.T) {
	if v, ok := parse(t, "1.25e1").Float64(); !ok || v != 12.5 {
		t.Errorf("1.25e1: %v %v", v, ok)
	}
	if v, ok := parse(t, "1e400").Float64(); ok {
		t.Errorf("1e400: %v", v)
	}
	if _, ok := parse(t, `"1"`).Float64(); ok {
		t.Error("a string was read as a number")
	}
}
