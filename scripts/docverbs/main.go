// Command docverbs refuses doc comments that say what a function does with a verb other than Go's own: "f says that …" where Go writes "f reports whether …".
// It reads every Go file below the folders given, and prints each such comment with its place.
//
//	docverbs FOLDER…
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// verb is the second word of a doc comment whose first is the name of what it documents.
var verb = regexp.MustCompile(`^(\w+) (says|gives|answers|tells)\b`)

func main() {
	found := 0
	for _, folder := range os.Args[1:] {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			lines, err := check(path, nil)
			for _, line := range lines {
				fmt.Println(line)
			}
			found += len(lines)
			return err
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, "docverbs:", err)
			os.Exit(2)
		}
	}
	if found > 0 {
		os.Exit(1)
	}
}

// check returns a line for each doc comment of the file that begins with one of the verbs. source is nil for the file on disk.
func check(path string, source any) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var lines []string
	note := func(doc *ast.CommentGroup) {
		if doc == nil {
			return
		}
		if m := verb.FindStringSubmatch(doc.Text()); m != nil {
			lines = append(lines, fmt.Sprintf("%s: %q: write returns, reports whether, writes or calls", files.Position(doc.Pos()), m[0]))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			note(n.Doc)
		case *ast.GenDecl:
			note(n.Doc)
		case *ast.TypeSpec:
			note(n.Doc)
		case *ast.ValueSpec:
			note(n.Doc)
		case *ast.Field:
			note(n.Doc)
		}
		return true
	})
	return lines, nil
}
