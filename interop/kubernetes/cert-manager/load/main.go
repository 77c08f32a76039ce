// Command load makes many CertificateRequests of one issuer as fast as the API server takes them,
// waits until each of them is signed, and prints one line of JSON. It reads like an informer: one watch.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	v1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/cert-manager/cert-manager/pkg/client/clientset/versioned"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	watchtools "k8s.io/client-go/tools/watch"
)

const label = "signet.test/load"

type options struct {
	kubeconfig, namespace, prefix string
	issuer                        cmmeta.IssuerReference
	count, parallel               int
	timeout                       time.Duration
	create, wait                  bool
}

type result struct {
	Requests       int     `json:"requests"`
	CreatedSeconds float64 `json:"createdSeconds"`
	// From the first creation, or without one from the start of waiting, to the last signature seen.
	SignedSeconds float64 `json:"signedSeconds"`
	Signed        int     `json:"signed"`
	Failed        int     `json:"failed"`
}

func main() {
	var o options
	flag.StringVar(&o.kubeconfig, "kubeconfig", "", "where the API server is, and as whom")
	flag.StringVar(&o.namespace, "namespace", "default", "of the requests")
	flag.StringVar(&o.prefix, "prefix", "load", "what the requests are called, a number follows; also their label")
	flag.StringVar(&o.issuer.Group, "group", "cert-manager.io", "of the issuer")
	flag.StringVar(&o.issuer.Kind, "kind", "ClusterIssuer", "of the issuer")
	flag.StringVar(&o.issuer.Name, "issuer", "", "its name")
	flag.IntVar(&o.count, "count", 100, "how many requests")
	flag.IntVar(&o.parallel, "parallel", 16, "how many are created at a time")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Minute, "for all of it")
	flag.BoolVar(&o.create, "create", true, "create them; otherwise they are there already")
	flag.BoolVar(&o.wait, "wait", true, "wait for their signatures")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return err
	}
	config.QPS = -1 // no throttle of its own: the API server's is what counts
	client, err := versioned.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	var r result
	r.Requests = o.count
	begun := time.Now()
	working, ctx := errgroup.WithContext(ctx)
	if o.wait {
		working.Go(func() error {
			defer func() { r.SignedSeconds = time.Since(begun).Seconds() }()
			return awaitAll(ctx, client, o, &r)
		})
	}
	if o.create {
		working.Go(func() error {
			defer func() { r.CreatedSeconds = time.Since(begun).Seconds() }()
			return createAll(ctx, client, o)
		})
	}
	err = working.Wait()
	return errors.Join(err, json.NewEncoder(os.Stdout).Encode(r))
}

func createAll(ctx context.Context, client versioned.Interface, o options) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	creating, ctx := errgroup.WithContext(ctx)
	creating.SetLimit(o.parallel)
	for i := range o.count {
		creating.Go(func() error {
			name := fmt.Sprintf("%s-%05d", o.prefix, i)
			der, err := x509.CreateCertificateRequest(rand.Reader,
				&x509.CertificateRequest{DNSNames: []string{name + ".example.com"}}, key)
			if err != nil {
				return err
			}
			_, err = client.CertmanagerV1().CertificateRequests(o.namespace).Create(ctx, &v1.CertificateRequest{
				ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{label: o.prefix}},
				Spec: v1.CertificateRequestSpec{
					Request:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}),
					IssuerRef: o.issuer,
					Duration:  &metav1.Duration{Duration: time.Hour},
					Usages:    []v1.KeyUsage{v1.UsageDigitalSignature, v1.UsageServerAuth, v1.UsageClientAuth},
				},
			}, metav1.CreateOptions{})
			return err
		})
	}
	return creating.Wait()
}

// awaitAll counts until each request is signed or has failed for good.
func awaitAll(ctx context.Context, client versioned.Interface, o options, r *result) error {
	requests := cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.LabelSelector = label + "=" + o.prefix
			return client.CertmanagerV1().CertificateRequests(o.namespace).List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.LabelSelector = label + "=" + o.prefix
			return client.CertmanagerV1().CertificateRequests(o.namespace).Watch(ctx, options)
		},
	}, client)
	done := make(map[string]bool, o.count)
	_, err := watchtools.UntilWithSync(ctx, requests, &v1.CertificateRequest{}, nil, func(event watch.Event) (bool, error) {
		request, ok := event.Object.(*v1.CertificateRequest)
		if !ok || done[request.Name] {
			return false, nil
		}
		switch {
		case len(request.Status.Certificate) > 0:
			r.Signed++
		case request.Status.FailureTime != nil:
			r.Failed++
		default:
			return false, nil
		}
		done[request.Name] = true
		return len(done) == o.count, nil
	})
	if err != nil {
		return fmt.Errorf("%d of %d done: %w", len(done), o.count, err)
	}
	return nil
}
