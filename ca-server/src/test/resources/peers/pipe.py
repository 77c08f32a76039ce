# A TLS 1.3 connection with a client certificate: sends a file, writes what comes to stdout.
# Usage: pipe.py PORT BUNDLE CERTIFICATES KEY REQUEST
import socket
import ssl
import sys

port, bundle, certificates, key, request = sys.argv[1:]
context = ssl.create_default_context(cafile=bundle)
context.check_hostname = False  # workloads have a SPIFFE ID and no host name
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(certificates, key)
context.set_alpn_protocols(["h2"])
with context.wrap_socket(socket.create_connection(("127.0.0.1", int(port)))) as connection:
    with open(request, "rb") as content:
        connection.sendall(content.read())
    while received := connection.recv(65536):
        sys.stdout.buffer.write(received)
        sys.stdout.buffer.flush()
