package dev.signet.cli.issuance;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.client.SubjectRequest;
import dev.signet.client.rotation.Lease;
import dev.signet.client.rotation.RenewalWindow;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A key and certificate from files, as far as a renewal is concerned. Immutable.
///
/// @param names those beside the SPIFFE ID that a renewal can ask for
/// @param others whether it has names that no renewal can ask for
record HeldCertificate(KeyStore.PrivateKeyEntry entry, SubjectRequest.Names names, boolean others) {

    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    /// Types of GeneralName (RFC 5280 4.2.1.6), as the JDK numbers them.
    private static final int EMAIL = 1;

    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    /// What the files hold.
    ///
    /// @throws CommandFailedException when that is nothing that can be renewed
    static HeldCertificate read(CredentialFiles files) throws IOException {
        try {
            KeyStore.PrivateKeyEntry entry = files.read();
            return of(files.certificate(), entry);
        } catch (IllegalArgumentException | CertificateParsingException e) {
            throw failed(
                    "NO_CREDENTIAL",
                    files.certificate()
                            + (files.certificate().equals(files.key())
                                    ? ""
                                    : " with key " + files.key())
                            + " cannot be used: "
                            + e.getMessage(),
                    e);
        }
    }

    private static HeldCertificate of(Path file, KeyStore.PrivateKeyEntry entry)
            throws CertificateParsingException {
        X509Certificate leaf = (X509Certificate) entry.getCertificate();
        List<String> dns = new ArrayList<>();
        List<String> ip = new ArrayList<>();
        List<String> email = new ArrayList<>();
        List<String> uris = new ArrayList<>();
        boolean spiffe = false;
        boolean others = false;
        Collection<List<?>> all = leaf.getSubjectAlternativeNames();
        for (List<?> name : all == null ? List.<List<?>>of() : all) {
            String text = String.valueOf(name.get(1));
            switch ((Integer) name.get(0)) {
                case DNS -> dns.add(text);
                case IP -> ip.add(text);
                case EMAIL -> email.add(text);
                case URI -> {
                    if (text.startsWith("spiffe://")) {
                        spiffe = true;
                    } else {
                        uris.add(text);
                    }
                }
                default -> others = true;
            }
        }
        if (!spiffe) {
            throw failed(
                    "NOT_RENEWABLE",
                    file
                            + " has no SPIFFE ID, so that it proves nothing to the CA\nGet the next"
                            + " one by a token: signet issue",
                    null);
        }
        List<String> usages = leaf.getExtendedKeyUsage();
        if (usages != null && !usages.contains(CLIENT_AUTH)) {
            throw failed(
                    "NOT_RENEWABLE",
                    file
                            + " is not for TLS clients (extended key usage clientAuth), so that it"
                            + " cannot be shown to the CA\nGet the next one by a token: signet"
                            + " issue; or ask for a profile that has clientAuth",
                    null);
        }
        return new HeldCertificate(
                entry, new SubjectRequest.Names(dns, ip, email, uris, List.of()), others);
    }

    X509Certificate leaf() {
        return (X509Certificate) entry.getCertificate();
    }

    Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /// Whether it proves nothing any more.
    boolean isExpired(Instant now) {
        return now.isAfter(notAfter());
    }

    /// When only a third of its life is left.
    Instant due() {
        return at(2, 3);
    }

    /// What the CA has asked for at its issuance is not in the certificate; this is about the same:
    /// from one half to two thirds of its life.
    Lease lease() {
        return new Lease(notAfter(), new RenewalWindow(at(1, 2), due()));
    }

    private Instant at(int part, int of) {
        Instant begin = leaf().getNotBefore().toInstant();
        return begin.plus(Duration.between(begin, notAfter()).multipliedBy(part).dividedBy(of));
    }

    private static CommandFailedException failed(
            String code, String message, @Nullable Exception cause) {
        return new CommandFailedException(ExitCode.FAILED, code, message, cause);
    }
}
