package run

import "testing"

func TestSecretOption(t *testing.T) {
	for name, want := range map[string]bool{
		"splunk-token": true, "apikey": true, "api_key": true, "Api-Key": true, "HTTP_Passwd": true, "license_key": true, "sharedkey": true, "password": true, "secret_key": true,
		"aws_access_key_id": true, "Header": true, "header_0": true, "auth": true, "Authorization": true, "shared_key": true,
		"awslogs-group": false, "awslogs-region": false, "awslogs-stream-prefix": false, "mode": false, "max-buffer-size": false, "splunk-url": false, "splunk-index": false, "Name": false, "Host": false,
		"auto_create_group": false, "tag": false, "Match": false, "key_name": false, "author": false, "": false,
	} {
		if got := SecretOption(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}
