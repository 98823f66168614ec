package target

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// query is one call of a service with AWS's Query protocol. The services' own clients would make the program larger by 2 MB for one call each.
type query struct {
	service, version, action string
	parameters               map[string]string
}

// queryError is a service's refusal.
type queryError struct {
	Status    int    `xml:"-"`
	Code      string `xml:"Error>Code"`
	Message   string `xml:"Error>Message"`
	RequestID string `xml:"RequestId"`
}

// Error returns the code and the message.
func (e *queryError) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// queryTries is how often a call is made that is throttled or gets no answer.
const queryTries = 3

// call makes the call and reads the answer into into.
func (q query) call(ctx context.Context, c aws.Config, into any) error {
	var err error
	for n := range queryTries {
		if n > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(n) * 500 * time.Millisecond):
			}
		}
		if err = q.try(ctx, c, into); err == nil || !again(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// again reports whether the same call may succeed at once.
func again(err error) bool {
	var e *queryError
	if errors.As(err, &e) {
		return e.Status >= http.StatusInternalServerError || strings.HasPrefix(e.Code, "Throttl")
	}
	var own *Error
	return !errors.As(err, &own)
}

func (q query) try(ctx context.Context, c aws.Config, into any) error {
	r, err := q.request(ctx, c)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Timeout: 10 * time.Second, CheckRedirect: noRedirect}).Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		e := &queryError{}
		if xml.Unmarshal(body, e) != nil || e.Code == "" {
			e = &queryError{Code: http.StatusText(resp.StatusCode), Message: "no answer of AWS"}
		}
		e.Status = resp.StatusCode
		return e
	}
	if err := xml.Unmarshal(body, into); err != nil {
		return &queryError{Status: resp.StatusCode, Code: "InvalidAnswer", Message: "no answer of AWS"}
	}
	return nil
}

// request returns the signed request.
func (q query) request(ctx context.Context, c aws.Config) (*http.Request, error) {
	form := url.Values{"Action": {q.action}, "Version": {q.version}}
	for name, value := range q.parameters {
		form.Set(name, value)
	}
	body := form.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, q.endpoint(c), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	who, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, credentialsError(err, "")
	}
	sum := sha256.Sum256([]byte(body))
	return r, v4.NewSigner().SignHTTP(ctx, who, r, hex.EncodeToString(sum[:]), q.service, c.Region, time.Now())
}

// endpoint is AWS_ENDPOINT_URL_<SERVICE>, the endpoint for all services, or the Region's own.
func (q query) endpoint(c aws.Config) string {
	if own := os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(q.service)); own != "" {
		return own
	}
	if c.BaseEndpoint != nil && *c.BaseEndpoint != "" {
		return *c.BaseEndpoint
	}
	domain := "amazonaws.com"
	switch {
	case strings.HasPrefix(c.Region, "cn-"):
		domain = "amazonaws.com.cn"
	case strings.HasPrefix(c.Region, "eusc-"):
		domain = "amazonaws.eu"
	}
	return "https://" + q.service + "." + c.Region + "." + domain + "/"
}
