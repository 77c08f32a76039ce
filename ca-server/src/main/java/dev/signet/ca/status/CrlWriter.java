package dev.signet.ca.status;

import dev.signet.ca.certificate.Issuer;

import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/// Writes CRLs of one issuer: version 2, both dates, authority key identifier, CRL number, and
/// where the CRL has URIs the critical issuing distribution point that names them. Never a delta.
///
/// @rfc 5280 5.1
/// @rfc 5280 5.2
final class CrlWriter {

    private static final byte[] VERSION_2 = {0x02, 0x01, 0x01};
    private static final int EXTENSIONS = 0xa0;

    private CrlWriter() {}

    /// DER TBSCertList; `revokedCertificates` is absent where there is no entry.
    ///
    /// @param uris of the distribution point, as in the certificates of the shard; empty: the CRL
    ///   is about all of the issuer's certificates
    static byte[] toBeSigned(
            Issuer issuer,
            long number,
            Instant thisUpdate,
            Instant nextUpdate,
            List<String> uris,
            CrlEntries entries) {
        byte[] algorithm = DerOctets.of(DerOctets.identifier(issuer.algorithm()));
        byte[] from = DerOctets.time(thisUpdate);
        byte[] until = DerOctets.time(nextUpdate);
        byte[] list =
                entries.count() == 0
                        ? new byte[0]
                        : DerOctets.header(DerOctets.SEQUENCE, entries.length());
        byte[] extensions = DerOctets.of(extensions(issuer, number, uris));
        byte[] wrapped = DerOctets.header(EXTENSIONS, extensions.length);
        int content =
                VERSION_2.length
                        + algorithm.length
                        + issuer.subject().length
                        + from.length
                        + until.length
                        + list.length
                        + entries.length()
                        + wrapped.length
                        + extensions.length;
        byte[] outer = DerOctets.header(DerOctets.SEQUENCE, content);
        byte[] all = new byte[Math.addExact(outer.length, content)];
        int at = DerOctets.put(all, 0, outer);
        at = DerOctets.put(all, at, VERSION_2);
        at = DerOctets.put(all, at, algorithm);
        at = DerOctets.put(all, at, issuer.subject());
        at = DerOctets.put(all, at, from);
        at = DerOctets.put(all, at, until);
        at = DerOctets.put(all, at, list);
        at = entries.writeTo(all, at);
        at = DerOctets.put(all, at, wrapped);
        DerOctets.put(all, at, extensions);
        return all;
    }

    private static Extensions extensions(Issuer issuer, long number, List<String> uris) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        try {
            extensions.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(issuer.subjectKeyIdentifier()));
            extensions.addExtension(
                    Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            if (!uris.isEmpty()) {
                GeneralName[] names =
                        uris.stream()
                                .map(uri ->
                                        new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                                .toArray(GeneralName[]::new);
                extensions.addExtension(
                        Extension.issuingDistributionPoint,
                        true,
                        new IssuingDistributionPoint(
                                new DistributionPointName(new GeneralNames(names)), false, false));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return extensions.generate();
    }
}
