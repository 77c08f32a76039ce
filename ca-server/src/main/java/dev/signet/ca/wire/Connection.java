package dev.signet.ca.wire;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// What is known of one TLS connection, found out once. Thread-safe.
final class Connection {

    static final Attributes.Key<Connection> KEY = Attributes.Key.create("signet-connection");

    private final List<X509Certificate> clientCertificates;
    private final AtomicInteger openStreams = new AtomicInteger();

    Connection(List<X509Certificate> clientCertificates) {
        this.clientCertificates = List.copyOf(clientCertificates);
    }

    /// The chain whose private key the client proved to hold, leaf first; empty without one.
    List<X509Certificate> clientCertificates() {
        return clientCertificates;
    }

    AtomicInteger openStreams() {
        return openStreams;
    }

    static ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes transport) {
                SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
                return transport.toBuilder()
                        .set(KEY, new Connection(session == null ? List.of() : chain(session)))
                        .build();
            }
        };
    }

    private static List<X509Certificate> chain(SSLSession session) {
        Certificate[] certificates;
        try {
            certificates = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException _) {
            return List.of();
        }
        List<X509Certificate> chain = new ArrayList<>(certificates.length);
        for (Certificate certificate : certificates) {
            if (certificate instanceof X509Certificate x509) {
                chain.add(x509);
            }
        }
        return chain;
    }
}
