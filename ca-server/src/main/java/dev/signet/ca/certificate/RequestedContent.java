package dev.signet.ca.certificate;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a certification request asks for beside its key. Nothing of it is granted (R10); its sender
/// is told what it did not get. Read only when that is to be told; never throws for what is in it.
/// Texts hold what the sender wrote. Not thread-safe.
public final class RequestedContent {

    /// Those that every usual request has, and that the profile decides.
    private static final Set<ASN1ObjectIdentifier> OF_THE_PROFILE =
            Set.of(
                    Extension.subjectAlternativeName,
                    Extension.keyUsage,
                    Extension.extendedKeyUsage,
                    Extension.subjectKeyIdentifier,
                    Extension.authorityKeyIdentifier,
                    Extension.basicConstraints);

    private final X500Name subject;
    private final @Nullable ASN1Sequence extensions;

    private RequestedContent(X500Name subject, @Nullable ASN1Sequence extensions) {
        this.subject = subject;
        this.extensions = extensions;
    }

    /// Null for a request that asks for nothing.
    static @Nullable RequestedContent of(X500Name subject, @Nullable ASN1Sequence extensions) {
        return subject.size() == 0 && extensions == null
                ? null
                : new RequestedContent(subject, extensions);
    }

    /// RFC 4514; empty where there is none, or just the given one.
    public String subjectUnlike(byte[] given) {
        if (subject.size() == 0) {
            return "";
        }
        try {
            return Arrays.equals(subject.getEncoded("DER"), given) ? "" : subject.toString();
        } catch (IOException | RuntimeException _) {
            return "(not readable)";
        }
    }

    /// Each with its kind: `DNS:a.example`, as [AlternativeNames#text()] writes it.
    public List<String> names() {
        ASN1OctetString value = value(Extension.subjectAlternativeName);
        if (value == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try {
            for (GeneralName name : GeneralNames.getInstance(value.getOctets()).getNames()) {
                names.add(text(name));
            }
        } catch (RuntimeException _) {
            names.add("(not readable)");
        }
        return names;
    }

    private static String text(GeneralName name) {
        String value = name.getName().toString();
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> "DNS:" + value.toLowerCase(Locale.ROOT);
            case GeneralName.iPAddress -> "IP:" + address(name);
            case GeneralName.rfc822Name -> "email:" + value;
            case GeneralName.uniformResourceIdentifier -> "URI:" + value;
            case GeneralName.directoryName -> "directoryName:" + value;
            case GeneralName.registeredID -> "registeredID:" + value;
            default -> "otherName";
        };
    }

    private static String address(GeneralName name) {
        try {
            return InetAddress.getByAddress(ASN1OctetString.getInstance(name.getName()).getOctets())
                    .getHostAddress();
        } catch (UnknownHostException _) {
            return "(not readable)";
        }
    }

    /// Extensions that no certificate of such a profile takes over, by object identifier.
    ///
    /// @param authority whether the certificate is that of a CA
    public List<String> extensionsBeside(boolean authority) {
        if (extensions == null) {
            return List.of();
        }
        List<String> others = new ArrayList<>();
        for (ASN1Encodable element : extensions) {
            Extension extension = Extension.getInstance(element);
            if (!OF_THE_PROFILE.contains(extension.getExtnId())) {
                others.add(extension.getExtnId().getId());
            }
        }
        if (!authority && asksForAuthority()) {
            others.add("basicConstraints CA:TRUE");
        }
        return others;
    }

    private boolean asksForAuthority() {
        ASN1OctetString value = value(Extension.basicConstraints);
        try {
            return value != null && BasicConstraints.getInstance(value.getOctets()).isCA();
        } catch (RuntimeException _) {
            return false;
        }
    }

    private @Nullable ASN1OctetString value(ASN1ObjectIdentifier type) {
        if (extensions != null) {
            for (ASN1Encodable element : extensions) {
                Extension extension = Extension.getInstance(element);
                if (extension.getExtnId().equals(type)) {
                    return extension.getExtnValue();
                }
            }
        }
        return null;
    }
}
