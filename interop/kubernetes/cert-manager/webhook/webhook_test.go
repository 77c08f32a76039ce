// Package webhook runs cert-manager's admission webhook: defaults, validation, who made a request, and
// who may approve it. It is a test because the function of the public module that starts the webhook
// asks for one; built with `go test -c` it is the program.
package webhook

import (
	"encoding/json"
	"os"
	"os/signal"
	"syscall"
	"testing"

	webhook "github.com/cert-manager/cert-manager/test/webhook"
)

// TestServe listens until it is told to stop. KUBECONFIG says as whom; where it listens and the CA of
// its certificate are written to the file WEBHOOK_ADDRESS as {"url", "ca"}.
func TestServe(t *testing.T) {
	address := os.Getenv("WEBHOOK_ADDRESS")
	if address == "" {
		t.Skip("WEBHOOK_ADDRESS is not set")
	}
	stopping := make(chan os.Signal, 1)
	signal.Notify(stopping, syscall.SIGTERM, syscall.SIGINT)
	options, stop := webhook.StartWebhookServer(t, []string{"--kubeconfig=" + os.Getenv("KUBECONFIG")})
	written, err := json.Marshal(struct {
		URL string `json:"url"`
		CA  []byte `json:"ca"` // base64, as clientConfig.caBundle wants it
	}{options.URL, options.CAPEM})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(address+".new", written, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(address+".new", address); err != nil {
		t.Fatal(err)
	}
	<-stopping
	stop()
}
