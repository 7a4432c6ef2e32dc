package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/quaywatch/quaywatch/internal/api"
)

// originOf is the annotation of a flag that was not given as one: where its
// value came from.
const originOf = "origin"

// noSetting is the annotation of a flag that bears a setting's name and means
// something else.
const noSetting = "no setting"

// settingNames are the flags that the environment and the file may give; the
// others say what one call of a command shall do.
func settingNames() []string {
	return []string{
		"listen", "host", "url", "data-dir", "token-file", "read-only", "no-exec", "open", "json", "verbose", "demo", "demo-if-absent", "tls-cert",
		"tls-key", "password-file", "trusted-proxy", "allow-host", "allow-origin", "cgroup-root", "rules", "demo-containers",
		"max-connections", "max-connections-per-sign-in", "notify-private", "history-days", "history-megabytes",
	}
}

// settings gives flags that were not typed their value from QUAYWATCH_… or
// from the configuration file.
func (c *cli) settings(cmd *cobra.Command) error {
	file, path, err := c.configFile()
	if err != nil {
		return err
	}
	for _, name := range settingNames() {
		f := cmd.Flags().Lookup(name)
		if f == nil || f.Changed || f.Annotations[noSetting] != nil {
			continue
		}
		variable := "QUAYWATCH_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if value := c.getenv(variable); value != "" {
			if err := give(f, value, variable); err != nil {
				return &usageError{fmt.Errorf("%s is %q, which --%s does not take: %w", variable, value, name, err)}
			}
		} else if value, ok := file[name]; ok {
			if err := give(f, value, path); err != nil {
				return &usageError{fmt.Errorf("%s gives %q for %q, which --%s does not take: %w", path, value, name, name, err)}
			}
		}
	}
	return nil
}

// give sets a flag and remembers where its value came from.
func give(f *pflag.Flag, value, origin string) error {
	if f.Value.Type() == "bool" {
		switch strings.ToLower(value) {
		case "yes", "on":
			value = "true"
		case "no", "off":
			value = "false"
		}
	}
	if err := f.Value.Set(value); err != nil {
		return err
	}
	if f.Annotations == nil {
		f.Annotations = make(map[string][]string)
	}
	f.Annotations[originOf] = []string{origin}
	return nil
}

// origin is where a flag's value came from; "flag" where it was typed.
func origin(cmd *cobra.Command, name string) string {
	f := cmd.Flags().Lookup(name)
	switch {
	case f == nil:
		return ""
	case f.Changed:
		return "flag"
	case len(f.Annotations[originOf]) > 0:
		return f.Annotations[originOf][0]
	}
	return ""
}

// wrongValue says what a flag takes, what it was given, and by what.
func wrongValue(cmd *cobra.Command, name, takes string, value any) error {
	text := fmt.Sprintf("--%s takes %s, not %v", name, takes, value)
	if from := origin(cmd, name); from != "" && from != "flag" {
		text += ", which " + from + " gives"
	}
	return usage(text)
}

// configFile reads the settings of QUAYWATCH_CONFIG, or of config.json in the
// user's configuration directory, which need not exist.
func (c *cli) configFile() (map[string]string, string, error) {
	path := c.getenv("QUAYWATCH_CONFIG")
	asked := path != ""
	if !asked {
		dir := c.getenv("XDG_CONFIG_HOME")
		if dir == "" {
			home := c.getenv("HOME")
			if home == "" {
				return nil, "", nil
			}
			dir = filepath.Join(home, ".config")
		}
		path = filepath.Join(dir, "quaywatch", "config.json")
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return nil, path, nil
	}
	if err != nil {
		return nil, path, &api.Error{Code: api.ErrInvalid, Message: "The configuration file " + path + " can't be read. Correct it or its permissions, or remove it", Cause: rootOf(err)}
	}
	settings, err := parseConfig(b)
	if err != nil {
		return nil, path, &usageError{fmt.Errorf("the configuration file %s is wrong: %w", path, err)}
	}
	return settings, path, nil
}

// parseConfig reads a JSON object of settings: strings, numbers, booleans, and
// lists of strings for flags that may be repeated.
func parseConfig(b []byte) (map[string]string, error) {
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("it must be a JSON object such as {\"listen\": \"127.0.0.1:7420\"}: %w", err)
	}
	out := make(map[string]string, len(raw))
	for name, v := range raw {
		if !slices.Contains(settingNames(), name) {
			return nil, fmt.Errorf("%q is no setting; there are %s", name, strings.Join(settingNames(), ", "))
		}
		switch v := v.(type) {
		case string:
			out[name] = v
		case bool:
			out[name] = strconv.FormatBool(v)
		case float64:
			out[name] = strconv.FormatFloat(v, 'f', -1, 64) // never 1e+06
		case []any:
			parts := make([]string, len(v))
			for i := range v {
				parts[i] = fmt.Sprint(v[i])
			}
			out[name] = strings.Join(parts, ",")
		default:
			return nil, fmt.Errorf("%q must be a string, a number, true, false or a list of strings", name)
		}
	}
	return out, nil
}

// dataDirectory is where Quaywatch keeps what outlives a run: --data-dir, else
// the directory the system has for that (the XDG base directories).
func (c *cli) dataDirectory() (string, error) {
	if c.dataDir != "" {
		return filepath.Abs(c.dataDir)
	}
	if dir := c.defaultDataDir(); dir != "" {
		return dir, nil
	}
	return "", &api.Error{Code: api.ErrInvalid, Message: "There is no place for Quaywatch's data: neither XDG_DATA_HOME nor HOME is set. Give one with --data-dir"}
}

func (c *cli) defaultDataDir() string {
	if dir := c.getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "quaywatch")
	}
	if home := c.getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "quaywatch")
	}
	return ""
}

func (c *cli) defaultDataDirText() string {
	if dir := c.defaultDataDir(); dir != "" {
		return dir
	}
	return "~/.local/share/quaywatch"
}

// rootOf drops the operation and the path, which the sentence already says.
func rootOf(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
