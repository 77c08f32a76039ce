package dev.signet.ca.issuance;

import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.certificate.RequestedContent;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.issuance.CertificateAssembly.Approved;
import dev.signet.ca.ledger.Notice;
import dev.signet.ca.ledger.NoticeCode;
import dev.signet.ca.policy.Decision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Tells what a certificate will not hold although it was asked for: what policy grants is granted
/// whole or refused, so that is left to what the issuing CA's end cuts off and to what stands in
/// the certification request alone. Pure; costs next to nothing where there is nothing to tell.
final class Notices {

    private Notices() {}

    static List<Notice> of(Approved approved, SigningRequest request, Validity validity) {
        RequestedContent requested = request.requested();
        boolean shortened = isShortened(approved, validity);
        if (requested == null && !shortened) {
            return List.of();
        }
        List<Notice> notices = new ArrayList<>();
        if (shortened) {
            notices.add(shortened(approved, validity));
        }
        if (requested != null) {
            ofRequest(approved.grant(), requested, notices);
        }
        return notices;
    }

    private static boolean isShortened(Approved approved, Validity validity) {
        IssuingAuthority authority = approved.authority();
        return validity.notAfter().equals(authority.issuer().validity().notAfter())
                && validity.lifetime().compareTo(approved.grant().lifetime()) < 0;
    }

    private static Notice shortened(Approved approved, Validity validity) {
        Duration granted = approved.grant().lifetime();
        return notice(
                NoticeCode.LIFETIME_SHORTENED,
                "The certificate ends at "
                        + validity.notAfter()
                        + ", as the issuing CA does: its lifetime is "
                        + validity.lifetime().toSeconds()
                        + " s instead of the granted "
                        + granted.toSeconds()
                        + " s. The next issuing CA gives the whole.");
    }

    private static void ofRequest(
            Decision.Granted grant, RequestedContent requested, List<Notice> notices) {
        Set<String> given = new HashSet<>();
        for (String name : grant.names().text().split("(?<!\\\\),", -1)) {
            given.add(name.replace("\\,", ","));
        }
        given.add("URI:" + grant.spiffeId());
        List<String> names = new ArrayList<>(requested.names());
        names.removeIf(given::contains);
        if (!names.isEmpty()) {
            notices.add(
                    notice(
                            NoticeCode.CSR_NAMES_IGNORED,
                            "Names in the certification request are not granted; request them in"
                                    + " the field for names: "
                                    + String.join(", ", names)));
        }
        String subject = requested.subjectUnlike(grant.subject().der());
        if (!subject.isEmpty()) {
            notices.add(
                    notice(
                            NoticeCode.CSR_SUBJECT_IGNORED,
                            "The subject in the certification request is not granted, policy makes"
                                    + " the subject: "
                                    + subject));
        }
        List<String> extensions = requested.extensionsBeside(grant.profile().authority() != null);
        if (!extensions.isEmpty()) {
            notices.add(
                    notice(
                            NoticeCode.CSR_EXTENSIONS_IGNORED,
                            "Extensions in the certification request are not granted, the profile"
                                    + " decides: "
                                    + String.join(", ", extensions)));
        }
    }

    private static Notice notice(NoticeCode code, String text) {
        return new Notice(code, PrintableText.of(text, Notice.MAX_TEXT));
    }
}
