package cli

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// edit opens a body in the person's editor and returns what was made of it.
func edit(ctx context.Context, body object) (object, error) {
	dir, err := os.MkdirTemp("", "davit-edit-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder of our own
	file := filepath.Join(dir, "job.json")
	text, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
		return nil, err
	}
	words := strings.Fields(editor())
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], file)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, usagef("the editor %s ended with an error, so nothing was sent: %v", words[0], err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil, usagef("the job was emptied, so nothing was sent")
	}
	changed, err := decodeObject(data)
	if err != nil {
		return nil, usagef("what the editor left is no JSON object, so nothing was sent: %v", err)
	}
	return changed, nil
}

// editor returns the command line of the person's editor.
func editor() string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if text := os.Getenv(name); strings.TrimSpace(text) != "" {
			return text
		}
	}
	if runtime.GOOS == "windows" {
		return "notepad"
	}
	return "vi"
}
