// Package client calls Davit's HTTP API: it submits runs and runs them again, waits for their end, reads and follows their output, lists and stops them.
//
//	c := &client.Client{URL: "http://127.0.0.1:3000"}
//	run, err := c.Submit(ctx, []byte(`{"taskDefinition": "settlement"}`), "month-end-2026-11")
//	if err != nil {
//		return err
//	}
//	run, err = c.Wait(ctx, run.ID, nil)
//
// # Repeats
//
// A request that got no answer, 429 or 5xx is repeated for Client.Patience: reads and stops have no other effect the second time, and a submission carries an idempotency
// key, so that it is one run however often it is sent. Where it stays unknown whether the run was recorded the error is an *UnknownError, which has the key: the same
// submission with the same key finds out. Wait and Follow are repeated until their context ends.
//
// # Errors
//
// What the API refuses is a *Problem, to be found with errors.As: its Errors are the broken rules. Problem.ClockSkew distinguishes a wrong clock from a missing permission.
//
// # Credentials
//
// Client.Sign is called for each try. Package client/sigv4 signs with AWS credentials; a bearer token is one line:
//
//	c.Sign = func(_ context.Context, r *http.Request, _ []byte) error {
//		r.Header.Set("Authorization", "Bearer "+token())
//		return nil
//	}
//
// Credentials that expire while Wait or Follow waits are asked for again, and a 401 or 403 that comes then is repeated for Client.Patience.
//
// It imports the standard library only, starts no goroutines of its own, and holds no more than an answer in memory.
package client
