package render

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d               time.Duration
		table, sentence string
	}{
		{-time.Second, "0 s", "0 s"},
		{0, "0 s", "0 s"},
		{40 * time.Millisecond, "0 s", "0 s"},
		{420 * time.Millisecond, "0.4 s", "0.4 s"},
		{949 * time.Millisecond, "0.9 s", "0.9 s"},
		{970 * time.Millisecond, "1 s", "1 s"},
		{40 * time.Second, "40 s", "40 s"},
		{59600 * time.Millisecond, "1 min", "1 min"},
		{3 * time.Minute, "3 min", "3 min"},
		{112 * time.Second, "1m 52s", "1 min 52 s"},
		{843 * time.Second, "14m 03s", "14 min 3 s"},
		{2 * time.Hour, "2 h", "2 h"},
		{2*time.Hour + 20*time.Second, "2 h", "2 h"},
		{3*time.Hour + 5*time.Minute, "3h 05m", "3 h 5 min"},
		{27 * time.Hour, "1d 03h", "1 day 3 h"},
		{51 * time.Hour, "2d 03h", "2 days 3 h"},
		{24000 * time.Hour, "1,000d 00h", "1,000 days"},
	} {
		if got := Duration(c.d); got != c.table {
			t.Errorf("%v: got %q, want %q", c.d, got, c.table)
		}
		if got := inWords(c.d); got != c.sentence {
			t.Errorf("%v in a sentence: got %q, want %q", c.d, got, c.sentence)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		from, to time.Duration
		want     string
	}{
		{7 * time.Second, 9 * time.Second, "7–9 s"},
		{9 * time.Second, 9200 * time.Millisecond, "9 s"},
		{9 * time.Second, 2 * time.Minute, "9 s–2 min"},
		{381 * time.Second, 400 * time.Second, "6m 21s–6m 40s"},
	} {
		if got := span(c.from, c.to); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 s", 59 * time.Second: "59 s", 3*time.Minute + 59*time.Second: "3 min", 119 * time.Minute: "1 h", 47 * time.Hour: "1 day", 50 * time.Hour: "2 days",
	} {
		if got := age(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -84112: "-84,112", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShortID(t *testing.T) {
	for id, want := range map[string]string{"h5wpr6p3jvqyhhxsrhlsspvmso": "h5wp…vmso", "abcdefghi": "abcdefghi", "": "", "日本語日本語日本語日本語": "日本語日…語日本語"} {
		if got := ShortID(id); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		" a\tb\r\n c ":            "a b c",
		"\x1b[2Jx\a":              `\x1b[2Jx\x07`,
		"a\u009b31m\u202eb\u2066": `a\x9b31m\u202eb\u2066`,
		"a\u2028b\u00a0c":         "a b c",
		"bad \xff byte":           "bad � byte",
		"\U000e0041":              `\U000e0041`,
		"日本 é ✓":                  "日本 é ✓",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abcd", 1, "…"}, {"abcd", 0, ""}, {"日本語", 6, "日本語"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"e\u0301e\u0301", 2, "e\u0301e\u0301"},
	} {
		if got := cut(c.text, c.width); got != c.want {
			t.Errorf("%q in %d: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
