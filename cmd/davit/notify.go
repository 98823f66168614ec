//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
	_ "time/tzdata" // a machine with Go alone need not have time zones

	"davit/internal/local"
)

// lockedWriter is an io.Writer for concurrent use: each Write is written as a whole.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

// Write implements io.Writer.
func (w *lockedWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(line)
}

// notify returns the function that posts each event to address, if that is set, and then prints it as one JSON line to out, unless quiet.
// It returns nil when there is neither to do.
func notify(out io.Writer, quiet bool, address string) (local.Notify, error) {
	if address == "" && quiet {
		return nil, nil
	}
	if u, err := url.Parse(address); address != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return nil, errors.New("--notify-url: give an http or https address")
	}
	client := &http.Client{Timeout: 10 * time.Second}
	return func(ctx context.Context, event []byte) error {
		if address != "" {
			if err := post(ctx, client, address, event); err != nil {
				return err
			}
		}
		if quiet {
			return nil
		}
		_, err := out.Write(append(bytes.Clone(event), '\n'))
		return err
	}, nil
}

// post posts one event. A status that is not 2xx is an error.
func post(ctx context.Context, client *http.Client, address string, event []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(event))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s", address, res.Status)
	}
	return nil
}
