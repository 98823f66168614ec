// Command reasonsdoc writes docs/reasons.md from the table of package explain.
//
//	reasonsdoc FILE
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"davit/internal/explain"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "reasonsdoc:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: reasonsdoc FILE")
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(args[0], b.Bytes(), 0o644)
}

const head = `<!-- Generated from internal/explain by ` + "`make rules`" + `; change the table there. -->
# What it means, and what to do

A run that did not succeed has a ` + "`class`" + ` and a ` + "`statusReason`" + `. The first row that fits both counts: the class is the row's, and the words are all in the reason. In
short, … stands for the container.

| class | words in the reason | in short | what it means | what to do |
|---|---|---|---|---|
`

func write(out io.Writer) error {
	var b strings.Builder
	b.WriteString(head)
	for _, c := range explain.Causes() {
		words := make([]string, 0, len(c.Words))
		for _, w := range c.Words {
			words = append(words, "`"+w+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", c.Class, strings.Join(words, ", "), c.Short, c.Means, c.Do)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
