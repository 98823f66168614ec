package target

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Config is the contexts of a person. A member that this program does not know is refused: one that is misspelled would make requests in another's name.
type Config struct {
	stored stored
	file   string
	shared bool // others may read the file
}

// stored is what the file has.
type stored struct {
	Current  string    `yaml:"current,omitempty"` // empty is local
	Contexts []Context `yaml:"contexts,omitempty"`
}

// File returns where the contexts are: davit/config.yaml below $XDG_CONFIG_HOME or ~/.config, and below %AppData% on Windows.
func File() (string, error) {
	env := os.Getenv
	folder := env("XDG_CONFIG_HOME")
	switch home := env("HOME"); {
	case filepath.IsAbs(folder):
	case runtime.GOOS == "windows":
		folder = env("AppData")
	case home != "":
		folder = filepath.Join(home, ".config")
	}
	if !filepath.IsAbs(folder) {
		return "", &Error{Kind: KindFile, What: "there is no home folder to read contexts from", Do: "set HOME, or give --url"}
	}
	return filepath.Join(folder, "davit", "config.yaml"), nil
}

// Load reads the contexts of a file. A file that is not there has none.
func Load(file string) (*Config, error) {
	c := &Config{file: file}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, &Error{Kind: KindFile, What: "the contexts cannot be read: " + err.Error(), Do: "mend the file's permissions, or give --url", Err: err}
	}
	if info, err := os.Stat(file); err == nil {
		c.shared = runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
	}
	if err := c.read(data); err != nil {
		return nil, &Error{Kind: KindFile, What: fmt.Sprintf("%s: %v", file, err), Do: "mend the line, or remove the file and add the contexts again", Err: err}
	}
	return c, nil
}

func (c *Config) read(data []byte) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&c.stored); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	seen := map[string]bool{}
	for _, x := range c.stored.Contexts {
		if seen[x.Name] {
			return fmt.Errorf("context %s is there twice", x.Name)
		}
		seen[x.Name] = true
	}
	return nil
}

// exposed returns the file, if it has a token and others may read it.
func (c *Config) exposed() string {
	if c.shared && slices.ContainsFunc(c.stored.Contexts, func(x Context) bool { return x.Token != "" }) {
		return c.file
	}
	return ""
}

// Current returns the name of the context of commands that name none.
func (c *Config) Current() string {
	if c.stored.Current == "" {
		return LocalName
	}
	return c.stored.Current
}

// All returns every context, local among them.
func (c *Config) All() []Context {
	if c.index(LocalName) >= 0 {
		return slices.Clone(c.stored.Contexts)
	}
	return append([]Context{local()}, c.stored.Contexts...)
}

func (c *Config) index(name string) int {
	return slices.IndexFunc(c.stored.Contexts, func(x Context) bool { return x.Name == name })
}

// Find returns the context of a name.
func (c *Config) Find(name string) (Context, error) {
	for _, x := range c.All() {
		if x.Name == name {
			return x, nil
		}
	}
	return Context{}, &Error{Kind: KindContext, What: fmt.Sprintf("there is no context %s", name), Do: "see them with: davit config ls"}
}

// Add adds a context, or replaces the one of its name. The current one stays. A context named local has an address of this machine.
func (c *Config) Add(x Context) error {
	if err := x.check(); err != nil {
		return err
	}
	if u, err := parseURL(x.URL); x.Name == LocalName && (err != nil || !isLoopback(u.Hostname())) {
		return &Error{Kind: KindContext, What: "the context local is this machine", Do: "choose another name for " + x.URL}
	}
	if i := c.index(x.Name); i >= 0 {
		c.stored.Contexts[i] = x
		return nil
	}
	c.stored.Contexts = append(c.stored.Contexts, x)
	return nil
}

// Use makes a context the current one.
func (c *Config) Use(name string) error {
	x, err := c.Find(name)
	if err == nil {
		c.stored.Current = x.Name
	}
	return err
}

// Remove removes a context. If it is the current one, local becomes that.
func (c *Config) Remove(name string) error {
	i := c.index(name)
	if i < 0 && name == LocalName {
		return &Error{Kind: KindContext, What: "the context local always exists", Do: "choose another one with: davit config use NAME"}
	}
	if i < 0 {
		_, err := c.Find(name)
		return err
	}
	c.stored.Contexts = slices.Delete(c.stored.Contexts, i, i+1)
	if c.stored.Current == name {
		c.stored.Current = ""
	}
	return nil
}

// Save writes the contexts to the file that they were read from, at once and for its owner only. Comments are not kept.
func (c *Config) Save() error {
	var text bytes.Buffer
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	err := e.Encode(c.stored)
	if err == nil {
		err = writeFile(c.file, text.Bytes())
	}
	if err != nil {
		return &Error{Kind: KindFile, What: "the contexts cannot be written: " + err.Error(), Do: "mend the folder's permissions; nothing was changed", Err: err}
	}
	c.shared = false
	return nil
}

// writeFile replaces a file, or the file that a link leads to, whole or not at all.
func writeFile(file string, data []byte) error {
	if there, err := filepath.EvalSymlinks(file); err == nil {
		file = there
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".config-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it is useless; err is what is reported
	}
	return err
}
