// A TLS 1.3 connection with a client certificate: sends a file, writes what comes to stdout.
// Usage: pipe PORT BUNDLE CERTIFICATES KEY REQUEST
package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"os"
)

func read(name string) []byte {
	content, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	return content
}

func main() {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(os.Args[2]))
	pair, err := tls.LoadX509KeyPair(os.Args[3], os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	connection, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[1], &tls.Config{
		Certificates: []tls.Certificate{pair},
		NextProtos:   []string{"h2"},
		MinVersion:   tls.VersionTLS13,
		// Workloads have a SPIFFE ID and no host name.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			between := x509.NewCertPool()
			for _, certificate := range state.PeerCertificates[1:] {
				between.AddCert(certificate)
			}
			_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
				Roots: roots, Intermediates: between,
				KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			})
			return err
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := connection.Write(read(os.Args[5])); err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(os.Stdout, connection); err != nil {
		log.Fatal(err)
	}
}
