package target

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

	"davit/client/sigv4"
)

// keys signs with AWS credentials: a profile's, SSO's, a role's, those of a process, container or instance. The configuration is loaded with the first request.
type keys struct {
	profile, region string

	mu     sync.Mutex
	config aws.Config
	source *renewing // nil until it is loaded
	signer func(ctx context.Context, r *http.Request, body []byte) error
}

func (k *keys) sign(ctx context.Context, r *http.Request, body []byte) error {
	sign, err := k.load(ctx)
	if err != nil {
		return err
	}
	if err := sign(ctx, r, body); err != nil {
		return credentialsError(err, k.profile)
	}
	return nil
}

// load reads the AWS configuration once. A failure is tried again with the next request.
func (k *keys) load(ctx context.Context) (func(ctx context.Context, r *http.Request, body []byte) error, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.source != nil {
		return k.signer, nil
	}
	c, err := loadAWS(ctx, k.profile, k.region)
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		return nil, noRegion()
	}
	k.config, k.source = c, &renewing{source: c.Credentials, now: time.Now}
	k.signer = sigv4.Sign(k.source, c.Region)
	return k.signer, nil
}

func noRegion() error {
	return &Error{Kind: KindRegion, What: "it is not known which Region the API is in", Do: "give --region, or a profile that has one"}
}

// loadAWS reads the AWS configuration of a profile, "" for the default chain. Nothing is sent.
func loadAWS(ctx context.Context, profile, region string) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{config.WithEC2RoleCredentialOptions(atOnce)}
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return c, credentialsError(err, profile)
	}
	return c, nil
}

// atOnce asks an instance's metadata once: off AWS nobody answers, and a command must not wait for it.
func atOnce(o *ec2rolecreds.Options) {
	o.Client = imds.New(imds.Options{HTTPClient: &http.Client{Timeout: time.Second, Transport: &http.Transport{}}, Retryer: aws.NopRetryer{}})
}

// Of renewing credentials.
const (
	renewBefore = 5 * time.Minute  // their end, from when on they are renewed
	renewPause  = 30 * time.Second // between two renewals of credentials that are still valid
)

// renewing returns credentials that are valid, and renews them before they end. A renewal that fails is no error while the old ones are valid.
type renewing struct {
	source aws.CredentialsProvider
	now    func() time.Time

	mu    sync.Mutex
	last  aws.Credentials
	asked time.Time
}

// Retrieve returns the credentials of now.
func (r *renewing) Retrieve(ctx context.Context) (aws.Credentials, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := r.left()
	if left > renewBefore || left > 0 && r.now().Sub(r.asked) < renewPause {
		return r.last, nil
	}
	if cache, ok := r.source.(interface{ Invalidate() }); ok && r.last.HasKeys() {
		cache.Invalidate()
	}
	r.asked = r.now()
	fresh, err := r.source.Retrieve(ctx)
	if err != nil && left > 0 {
		return r.last, nil //nolint:nilerr // the old ones are valid yet
	}
	if err != nil {
		return aws.Credentials{}, err
	}
	r.last = fresh
	return fresh, nil
}

// left is for how long the last credentials are valid; 0 where there are none.
func (r *renewing) left() time.Duration {
	switch {
	case !r.last.HasKeys():
		return 0
	case !r.last.CanExpire:
		return 1<<63 - 1
	default:
		return r.last.Expires.Sub(r.now())
	}
}
