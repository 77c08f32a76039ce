// Command conformance runs cert-manager's own conformance suites, certificates and
// certificatesigningrequests, against one kind of issuer. Every spec makes an issuer of its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/cert-manager/cert-manager/test/e2e/framework"
	"github.com/cert-manager/cert-manager/test/e2e/framework/helper/featureset"
	"github.com/cert-manager/cert-manager/test/e2e/suite/conformance/certificates"
	"github.com/cert-manager/cert-manager/test/e2e/suite/conformance/certificatesigningrequests"
	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
)

// kind is what the issuers of one run are.
type kind struct {
	schema.GroupVersionKind
	plural  string
	cluster bool
	spec    map[string]any
	// secret, if not empty, is the data of a Secret that the spec refers to as {{secret}}; a cluster
	// issuer's is in the namespace of cluster resources.
	secret map[string][]byte
}

// verdict is what ginkgo tells of the whole run.
type verdict struct{ failed bool }

func (v *verdict) Fail() { v.failed = true }

func main() {
	apiVersion := flag.String("issuer-api-version", "", "group/version of the issuer")
	kindName := flag.String("issuer-kind", "", "its kind")
	plural := flag.String("issuer-plural", "", "its plural, as it is in signer names")
	cluster := flag.Bool("issuer-cluster-scoped", false, "whether it has no namespace")
	specFile := flag.String("issuer-spec", "", "a YAML file with its spec; SECRET in it is the name of the Secret")
	keyPair := flag.String("issuer-key-pair", "", "a folder with tls.crt and tls.key for the Secret, or nothing")
	unsupported := flag.String("unsupported", "", "features, with commas")
	framework.DefaultConfig.AddFlags(flag.CommandLine)
	flag.Parse()
	if err := framework.DefaultConfig.Validate(); err != nil {
		fail(err)
	}
	spec, err := os.ReadFile(*specFile)
	if err != nil {
		fail(err)
	}
	k := kind{
		GroupVersionKind: schema.FromAPIVersionAndKind(*apiVersion, *kindName),
		plural:           *plural,
		cluster:          *cluster,
	}
	if err := yaml.Unmarshal(spec, &k.spec); err != nil {
		fail(err)
	}
	if *keyPair != "" {
		k.secret = map[string][]byte{}
		for _, name := range []string{"tls.crt", "tls.key"} {
			if k.secret[name], err = os.ReadFile(*keyPair + "/" + name); err != nil {
				fail(err)
			}
		}
	}
	features := featureset.NewFeatureSet()
	for _, f := range strings.FieldsFunc(*unsupported, func(r rune) bool { return r == ',' }) {
		features.Add(featureset.Feature(f))
	}

	ginkgo.Describe("[Conformance] "+*kindName, func() {
		(&certificates.Suite{
			Name:                *kindName,
			CreateIssuerFunc:    k.create,
			DeleteIssuerFunc:    k.delete,
			UnsupportedFeatures: features,
		}).Define()
		(&certificatesigningrequests.Suite{
			Name: *kindName,
			CreateIssuerFunc: func(f *framework.Framework) string {
				return k.signerName(f, k.create(f).Name)
			},
			DeleteIssuerFunc: func(f *framework.Framework, signerName string) {
				_, object, _ := strings.Cut(signerName, "/")
				if !k.cluster {
					_, object, _ = strings.Cut(object, ".")
				}
				k.delete(f, cmmeta.ObjectReference{Name: object})
			},
			DomainSuffix:        "example.com",
			UnsupportedFeatures: features,
		}).Define()
	})
	gomega.RegisterFailHandler(ginkgo.Fail)
	result := &verdict{}
	if !ginkgo.RunSpecs(result, "cert-manager's conformance suites") || result.failed {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "conformance:", err)
	os.Exit(2)
}

func (k kind) signerName(f *framework.Framework, name string) string {
	if !k.cluster {
		name = f.Namespace.Name + "." + name
	}
	return k.plural + "." + k.Group + "/" + name
}

// name is the same for the issuer and its Secret, and no two specs have it.
func (k kind) name(f *framework.Framework) string { return f.Namespace.Name }

func (k kind) secretOf(f *framework.Framework) *corev1.Secret {
	namespace := f.Namespace.Name
	if k.cluster {
		namespace = f.Config.Addons.CertManager.ClusterResourceNamespace
	}
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: k.name(f)}, Data: k.secret}
}

func (k kind) create(f *framework.Framework) cmmeta.ObjectReference {
	if k.secret != nil {
		gomega.Expect(f.CRClient.Create(context.Background(), k.secretOf(f))).To(gomega.Succeed())
	}
	issuer := k.issuer(k.name(f), f)
	issuer.Object["spec"] = replaced(k.spec, "SECRET", k.name(f))
	gomega.Expect(f.CRClient.Create(context.Background(), issuer)).To(gomega.Succeed())
	return cmmeta.ObjectReference{Group: k.Group, Kind: k.Kind, Name: issuer.GetName()}
}

func (k kind) delete(f *framework.Framework, reference cmmeta.ObjectReference) {
	gone := func(object client.Object) {
		err := client.IgnoreNotFound(f.CRClient.Delete(context.Background(), object))
		gomega.Expect(err).NotTo(gomega.HaveOccurred())
	}
	gone(k.issuer(reference.Name, f))
	if k.secret != nil {
		gone(k.secretOf(f))
	}
}

func (k kind) issuer(name string, f *framework.Framework) *unstructured.Unstructured {
	issuer := &unstructured.Unstructured{Object: map[string]any{}}
	issuer.SetGroupVersionKind(k.GroupVersionKind)
	issuer.SetName(name)
	if !k.cluster {
		issuer.SetNamespace(f.Namespace.Name)
	}
	return issuer
}

// replaced is a deep copy of a YAML value in which the string old is another.
func replaced(value any, old, with string) any {
	switch v := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for key, inner := range v {
			copied[key] = replaced(inner, old, with)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, inner := range v {
			copied[i] = replaced(inner, old, with)
		}
		return copied
	case string:
		if v == old {
			return with
		}
	}
	return value
}
