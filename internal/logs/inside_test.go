package logs

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestCursor_LargestFits(t *testing.T) {
	c := cursor{since: time.UnixMilli(maxSeconds * 1000), tail: MaxTail, turn: MaxStreams, passed: maxAttempts}
	for i := range MaxStreams {
		c.entries = append(c.entries, entry{
			key: streamKey{byte(i)}, position: Position(strings.Repeat("\xff", MaxPosition)), untailed: true,
			arrived: time.Unix(maxSeconds, 0), quiet: time.Unix(maxSeconds, 0),
		})
	}
	text := c.encode(binding{1})
	if len(text) > MaxCursor {
		t.Errorf("got %d characters, want at most %d", len(text), MaxCursor)
	}
	back, err := decodeCursor(text, binding{1})
	if err != nil {
		t.Fatal(err)
	}
	if again := back.encode(binding{1}); again != text {
		t.Errorf("got %q, want %q", again, text)
	}
	if _, err := decodeCursor(text, binding{2}); err == nil {
		t.Error("it is taken for another request")
	}
}

func TestEntry_TimesAreRoundedToTheSafeSide(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e8, time.UTC)
	c := cursor{entries: []entry{{arrived: at, quiet: at}}}
	back, err := decodeCursor(c.encode(binding{}), binding{})
	if err != nil {
		t.Fatal(err)
	}
	if e := back.entries[0]; e.arrived.Before(at) || e.quiet.After(at) {
		t.Errorf("got arrived %v, quiet %v of %v", e.arrived, e.quiet, at)
	}
}

func TestJSONSize_IsWhatTheEncoderWrites(t *testing.T) {
	for _, text := range []string{
		"", "plain", "\x1b[1m", "\x00\x01\x1f\x7f", "\"\\/", "\b\f\n\r\t", "äöü€😀", "\u2028\u2029\u202a\uFFFD", "<>&", strings.Repeat("\x1b", 1000),
	} {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(text); err != nil {
			t.Fatal(err)
		}
		if got, want := jsonSize(text), b.Len()-len("\"\"\n"); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, text := range []string{"", "a", strings.Repeat("a", MaxText), strings.Repeat("a", MaxText+1), strings.Repeat("€", 70_000), "x" + strings.Repeat("😀", 50_000)} {
		parts := Split(text)
		if got := strings.Join(parts, ""); got != text {
			t.Errorf("got %d bytes, want %d", len(got), len(text))
		}
		for i, part := range parts {
			if len(part) > MaxText || !utf8.ValidString(part) || part == "" && text != "" {
				t.Errorf("part %d of %d has %d bytes, UTF-8: %v", i, len(parts), len(part), utf8.ValidString(part))
			}
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{"": "", "aä": "aä", "\xff\xfe": "\uFFFD\uFFFD", "\xe2\x82": "\uFFFD\uFFFD", "a\xc3(": "a\uFFFD("} {
		if got := Text([]byte(in)); got != want {
			t.Errorf("Text(%q): got %q, want %q", in, got, want)
		}
	}
}

func FuzzCursor(f *testing.F) {
	c := cursor{tail: 5, entries: []entry{{position: "17", quiet: time.Unix(1, 0)}, {untailed: true}}}
	f.Add(c.encode(binding{}))
	f.Add("")
	f.Add("AQAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decodeCursor(text, binding{})
		if err != nil {
			return
		}
		if len(c.entries) > MaxStreams || c.tail > MaxTail || c.turn > MaxStreams {
			t.Fatalf("%q: %d entries, tail %d, turn %d", text, len(c.entries), c.tail, c.turn)
		}
		again, err := decodeCursor(c.encode(binding{}), binding{})
		if err != nil {
			t.Fatalf("%q is read, and what it is written as is not: %v", text, err)
		}
		if len(again.entries) != len(c.entries) || again.tail != c.tail {
			t.Errorf("%q: got %+v, want %+v", text, again, c)
		}
	})
}
