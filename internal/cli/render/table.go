package render

import (
	"io"
	"slices"
	"strings"
)

// cell is a field of a table.
type cell struct {
	text  string
	color color
}

// table is rows of cells under a head. mark is the glyph before a row, on a terminal only: what it tells a column tells too.
type table struct {
	style  Style
	head   []string
	rows   [][]cell
	marks  []cell
	marked bool
	// drop names the columns that are left out on a terminal without room for the last one, the first first.
	drop []string
}

// fewColumns is how many columns the last field of a table should have.
const fewColumns = 24

// fit leaves columns out until the last one has room.
func (t *table) fit() {
	for _, name := range t.drop {
		widths := t.widths()
		last := len(widths) - 1
		used := 2 * (last + 1) // gaps, and the mark with its own
		for _, n := range widths[:last] {
			used += n
		}
		if room := t.style.room(); room < 0 || used+min(widths[last], fewColumns) <= room {
			return
		}
		t.leaveOut(slices.Index(t.head, name))
	}
}

// leaveOut takes the column at i away, if there is one.
func (t *table) leaveOut(i int) {
	if i < 0 {
		return
	}
	t.head = slices.Delete(t.head, i, i+1)
	for k := range t.rows {
		t.rows[k] = slices.Delete(t.rows[k], i, i+1)
	}
}

func (t *table) add(mark cell, row ...cell) {
	t.rows, t.marks = append(t.rows, row), append(t.marks, mark)
}

// write writes the table. Each column but the last is as wide as its widest cell.
func (t *table) write(w io.Writer) error {
	t.fit()
	head := make([]cell, len(t.head))
	for i, name := range t.head {
		head[i] = cell{name, dim}
	}
	widths := t.widths()
	var b strings.Builder
	t.line(&b, cell{" ", plain}, head, widths)
	for i, row := range t.rows {
		t.line(&b, t.marks[i], row, widths)
	}
	return write(w, b.String())
}

func (t *table) widths() []int {
	widths := make([]int, len(t.head))
	for i, name := range t.head {
		widths[i] = columns(name)
	}
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], columns(c.text))
		}
	}
	return widths
}

// line writes one row. Trailing blanks are left out, and on a terminal what its width has no room for.
func (t *table) line(b *strings.Builder, mark cell, row []cell, widths []int) {
	l := line{style: t.style, room: t.style.room()}
	if t.marked && t.style.Terminal {
		l.add(mark, 1)
		l.gap(1)
	}
	for i, c := range row {
		if i > 0 {
			l.gap(2)
		}
		l.add(c, widths[i])
	}
	b.WriteString(l.String())
	b.WriteByte('\n')
}

// room is how many columns a line may have; less than 0 is any number.
func (s Style) room() int {
	if !s.Terminal || s.Width <= 0 {
		return -1
	}
	return s.Width
}

// line is a line of cells that ends at the terminal's edge.
type line struct {
	style Style
	room  int
	used  int
	blank int // columns that are left out unless something follows
	out   strings.Builder
}

func (l *line) gap(n int) { l.blank += n }

// add appends a cell that takes width columns.
func (l *line) add(c cell, width int) {
	text := c.text
	if text == "" {
		l.blank += width
		return
	}
	if l.room >= 0 {
		text = cut(text, l.room-l.used-l.blank)
	}
	n := columns(text)
	if n == 0 {
		l.blank += width
		return
	}
	l.out.WriteString(strings.Repeat(" ", l.blank) + l.style.paint(c.color, text))
	l.used += l.blank + n
	l.blank = max(0, width-n)
}

// String returns the line without its end.
func (l *line) String() string { return l.out.String() }
