package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
	_ "time/tzdata" // a machine with Go alone need not have time zones

	"davit/internal/local"
)

// lockedWriter keeps lines of several writers apart.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *lockedWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(line)
}

func readSchedules(file string) ([]local.Schedule, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--schedules: %w", err)
	}
	list, err := local.ParseSchedules(data, time.Now())
	if err != nil {
		return nil, fmt.Errorf("--schedules %s: %w", file, err)
	}
	return list, nil
}

// notify prints events, one JSON line each, and posts them. nil when it would do neither.
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

// post sends one event; what is not answered 2xx was not taken.
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
