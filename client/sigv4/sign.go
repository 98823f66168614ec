// Package sigv4 signs requests of package client with AWS credentials (Signature Version 4), as API Gateway's IAM authorization asks.
package sigv4

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// service is the name that API Gateway's requests are signed for.
const service = "execute-api"

// Sign returns a function for client.Client.Sign. Credentials are retrieved for each try, so that those that expire while a client waits are renewed. Its error says
// that there are none.
func Sign(credentials aws.CredentialsProvider, region string) func(ctx context.Context, r *http.Request, body []byte) error {
	return SignAt(credentials, region, time.Now)
}

// SignAt returns what Sign does, by another clock.
func SignAt(credentials aws.CredentialsProvider, region string, now func() time.Time) func(ctx context.Context, r *http.Request, body []byte) error {
	signer := v4.NewSigner()
	return func(ctx context.Context, r *http.Request, body []byte) error {
		who, err := credentials.Retrieve(ctx)
		if err != nil {
			return fmt.Errorf("no AWS credentials to sign with: %w", err)
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(ctx, who, r, hex.EncodeToString(sum[:]), service, region, now())
	}
}
