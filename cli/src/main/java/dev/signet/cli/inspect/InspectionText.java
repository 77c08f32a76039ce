package dev.signet.cli.inspect;

import dev.signet.cli.output.Style;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was found, for eyes and for machines.
public final class InspectionText {

    private static final int LABEL = 15;

    private final Instant now;
    private final Style style;

    /// @param now what validity is measured against
    public InspectionText(Instant now, Style style) {
        this.now = now;
        this.style = style;
    }

    public void print(InspectedFile file, PrintStream out) {
        String gap = "";
        for (Inspected inspected : file.contents()) {
            out.print(gap);
            switch (inspected) {
                case Inspected.Certificate certificate -> print(certificate, out);
                case Inspected.Request request -> print(request, out);
                case Inspected.Hidden hidden ->
                        out.println(style.bold(Style.printable(hidden.label())) + "  (not shown)");
            }
            gap = System.lineSeparator();
        }
        if (file.contents().size() > 1
                && file.contents().stream().anyMatch(Inspected.Request.class::isInstance)) {
            out.println();
            out.println("The server takes one certification request and nothing beside it.");
        }
        out.flush();
    }

    private void print(Inspected.Certificate certificate, PrintStream out) {
        out.println(style.bold("Certificate") + "  " + certificate.role().words());
        line(out, "SPIFFE ID", String.join(", ", certificate.uris()));
        line(out, "Other names", String.join(", ", certificate.otherNames()));
        line(out, "Subject", certificate.subject());
        line(out, "Issuer", certificate.issuer());
        line(out, "Serial", certificate.serial());
        line(out, "Not before", certificate.notBefore().toString());
        row(out, "Not after", certificate.notAfter() + "  " + validity(certificate));
        line(out, "Key", certificate.key());
        line(out, "Signed with", certificate.signature());
        line(out, "Key usage", String.join(", ", certificate.keyUsage()));
        line(out, "Extended usage", String.join(", ", certificate.extendedKeyUsage()));
        line(out, "Key id", certificate.subjectKeyId());
        line(out, "Issuer key id", certificate.authorityKeyId());
        line(out, "SHA-256", certificate.sha256());
    }

    private void print(Inspected.Request request, PrintStream out) {
        out.println(style.bold("Certification request"));
        line(out, "Subject", request.subject());
        line(out, "Requested URIs", String.join(", ", request.uris()));
        line(out, "Other names", String.join(", ", request.otherNames()));
        line(out, "Extensions", String.join(", ", request.extensions()));
        line(out, "Attributes", String.join(", ", request.attributes()));
        line(out, "Key", request.key());
        line(out, "Signed with", request.signature());
        row(
                out,
                "Key is held",
                request.proven() ? style.green("yes, proven") : style.red("NOT PROVEN"));
        row(
                out,
                "Server reads it",
                request.refusal().isEmpty()
                        ? style.green("yes")
                        : style.red("NO: " + Style.printable(request.refusal())));
    }

    private void line(PrintStream out, String label, String text) {
        if (!text.isEmpty()) {
            row(out, label, Style.printable(text));
        }
    }

    private void row(PrintStream out, String label, String text) {
        out.println("  " + style.dim(label + " ".repeat(LABEL - label.length())) + text);
    }

    private String validity(Inspected.Certificate certificate) {
        return switch (state(certificate)) {
            case "valid" ->
                    style.green(
                            "valid, "
                                    + words(Duration.between(now, certificate.notAfter()))
                                    + " left");
            case "expired" ->
                    style.red(
                            "EXPIRED "
                                    + words(Duration.between(certificate.notAfter(), now))
                                    + " ago");
            default ->
                    style.yellow(
                            "NOT YET VALID, in "
                                    + words(Duration.between(now, certificate.notBefore())));
        };
    }

    private String state(Inspected.Certificate certificate) {
        if (now.isBefore(certificate.notBefore())) {
            return "not-yet-valid";
        }
        // The last second is inclusive: RFC 5280 4.1.2.5.
        return now.isBefore(certificate.notAfter().plusSeconds(1)) ? "valid" : "expired";
    }

    /// The two largest units: `3 d 4 h`, `59 min 3 s`.
    static String words(Duration duration) {
        if (duration.toDays() > 0) {
            return duration.toDays() + " d " + duration.toHoursPart() + " h";
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        if (duration.toMinutes() > 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return duration.toSeconds() + " s";
    }

    /// For [dev.signet.cli.output.Json].
    public List<Map<String, Object>> json(InspectedFile file) {
        return file.contents().stream().map(this::json).toList();
    }

    private Map<String, Object> json(Inspected inspected) {
        Map<String, Object> json = new LinkedHashMap<>();
        switch (inspected) {
            case Inspected.Certificate certificate -> {
                json.put("type", "certificate");
                json.put("role", certificate.role().words());
                json.put("uris", certificate.uris());
                json.put("other_names", certificate.otherNames());
                json.put("subject", certificate.subject());
                json.put("issuer", certificate.issuer());
                json.put("serial_number", certificate.serial());
                json.put("not_before", certificate.notBefore());
                json.put("not_after", certificate.notAfter());
                json.put("state", state(certificate));
                json.put("key", certificate.key());
                json.put("signature_algorithm", certificate.signature());
                json.put("key_usage", certificate.keyUsage());
                json.put("extended_key_usage", certificate.extendedKeyUsage());
                json.put("subject_key_id", certificate.subjectKeyId());
                json.put("authority_key_id", certificate.authorityKeyId());
                json.put("sha256", certificate.sha256());
            }
            case Inspected.Request request -> {
                json.put("type", "certification-request");
                json.put("subject", request.subject());
                json.put("uris", request.uris());
                json.put("other_names", request.otherNames());
                json.put("key", request.key());
                json.put("signature_algorithm", request.signature());
                json.put("key_possession_proven", request.proven());
                json.put("extensions", request.extensions());
                json.put("attributes", request.attributes());
                json.put("read_by_server", request.refusal().isEmpty());
                json.put("refusal", request.refusal());
            }
            case Inspected.Hidden hidden -> {
                json.put("type", "hidden");
                json.put("label", hidden.label());
            }
        }
        return json;
    }
}
