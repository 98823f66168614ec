// Command rulesdoc writes the rule table as Markdown to the file that its argument names: docs/rules.md.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "rulesdoc:", err)
		os.Exit(1)
	}
}

func write(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("want the file to write, have %q", arguments)
	}
	return os.WriteFile(arguments[0], []byte(page()), 0o644) //nolint:gosec // a page of the documentation
}
