package cli

import (
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// jobFlags are the flags of run and rerun that change what is run.
type jobFlags struct {
	environment []string
	container   string
	cpu, memory int
	count       int
}

// add declares the flags of the job.
func (f *jobFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.environment, "env", "e", nil, "environment `NAME=VALUE` of the container; NAME alone takes the value from here")
	flags.StringVarP(&f.container, "container", "c", "", "the `container` that the command, -e and --env-file are for; needed where several are essential")
	flags.IntVar(&f.cpu, "cpu", 0, "CPU `units` (1,024 a vCPU)")
	flags.IntVar(&f.memory, "memory", 0, "memory in `MiB`")
	flags.IntVar(&f.count, "count", 0, "number of tasks, 1 to 10")
}

// check refuses figures that can only be mistakes. The API checks the rest.
func (f *jobFlags) check(cmd *cobra.Command) error {
	for _, figure := range []struct {
		name  string
		value int
	}{{"cpu", f.cpu}, {"memory", f.memory}, {"count", f.count}} {
		if cmd.Flags().Changed(figure.name) && figure.value < 1 {
			return usagef("--%s %d: give a whole number, at least 1", figure.name, figure.value)
		}
	}
	return nil
}

// apply changes body as the flags and the command say. d is the definition that runs; it is asked for only where a flag needs it.
func (f *jobFlags) apply(body object, command []string, d func() (*definition, error)) error {
	if f.count > 0 {
		body["count"] = json.Number(strconv.Itoa(f.count))
	}
	if err := f.applySizes(body, d); err != nil {
		return err
	}
	if len(command) == 0 && len(f.environment) == 0 {
		return nil
	}
	def, err := d()
	if err != nil {
		return err
	}
	name, err := def.target(f.container)
	if err != nil {
		return err
	}
	override, err := containerOverride(body, name)
	if err != nil {
		return err
	}
	if len(command) > 0 {
		override["command"] = command
	}
	for _, text := range f.environment {
		name, value, err := variable(text, os.LookupEnv)
		if err != nil {
			return err
		}
		setVariable(override, name, value)
	}
	return nil
}

// readEnvironment puts what --env-file has before what -e has, which so counts.
func (f *jobFlags) readEnvironment(file string) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return usagef("--env-file: %v", err)
	}
	list, err := variablesOf(file, data)
	if err != nil {
		return err
	}
	f.environment = append(list, f.environment...)
	return nil
}

// maxBody is the largest request body that Davit takes, in bytes.
const maxBody = 256 << 10

// readFile reads a file, or stdin for "-", of which it reads one byte more than Davit takes.
func readFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(in, maxBody+1))
	}
	return os.ReadFile(name)
}

// readBody reads the job of -f: a file, or stdin for "-".
func readBody(file string, in io.Reader) (object, error) {
	data, err := readFile(file, in)
	if err != nil {
		return nil, usagef("-f: %v", err)
	}
	if len(data) > maxBody {
		return nil, usagef("-f %s: it has over 256 KiB, which is more than Davit takes", file)
	}
	body, err := decodeObject(data)
	if err != nil {
		return nil, usagef("-f %s: no JSON object, such as RunTask's input: %v", file, err)
	}
	return body, nil
}

// wholeSeconds returns a duration of a flag in seconds.
func wholeSeconds(flag string, d time.Duration) (json.Number, error) {
	if d < time.Second || d%time.Second != 0 {
		return "", usagef("--%s %s: give whole seconds, at least 1, such as 90s or 1h", flag, d)
	}
	return json.Number(strconv.FormatInt(int64(d/time.Second), 10)), nil
}

// overlapOf reads KEY=MODE.
func overlapOf(text string) (object, error) {
	at := strings.LastIndexByte(text, '=')
	if at < 1 {
		return nil, usagef("--overlap %q: give KEY=MODE, such as ledger=QUEUE", text)
	}
	mode := strings.ToUpper(text[at+1:])
	switch mode {
	case "ALLOW", "FORBID", "REPLACE", "QUEUE":
		return object{"key": text[:at], "mode": mode}, nil
	default:
		return nil, usagef("--overlap %q: the mode is ALLOW, FORBID, REPLACE or QUEUE", text)
	}
}
