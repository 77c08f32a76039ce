package dev.signet.ca.rest;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.refusal.RefusalCode;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// What the ledger has on record.
@RestController
final class CertificateController {

    private static final int DEFAULT_LIMIT = 100;
    private static final int STREAM_PAGE = 500;
    private static final String SERIAL = "[0-9a-fA-F]{40}";

    private final CertificateRecords records;
    private final Streams streams;

    CertificateController(CertificateRecords records, Streams streams) {
        this.records = records;
        this.streams = streams;
    }

    record Filter(
            @Field(value = "Beginning of the SPIFFE ID", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field(value = "Serial number, hexadecimal", pattern = SERIAL)
                    @Nullable String serialNumber,
            @Field("Issued at or after") @Nullable Instant issuedFrom,
            @Field("Issued before") @Nullable Instant issuedBefore) {}

    record Query(
            @Field(value = "Beginning of the SPIFFE ID", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field(value = "Serial number, hexadecimal", pattern = SERIAL)
                    @Nullable String serialNumber,
            @Field("Issued at or after") @Nullable Instant issuedFrom,
            @Field("Issued before") @Nullable Instant issuedBefore,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {

        Filter filter() {
            return new Filter(spiffeIdPrefix, serialNumber, issuedFrom, issuedBefore);
        }
    }

    record Certificate(
            @Field("Hexadecimal, 40 digits") String serialNumber,
            @Field("Identity") String spiffeId,
            @Field("When it was put on record") Instant issuedAt,
            @Field("First second of its life") Instant notBefore,
            @Field("Last second of its life") Instant notAfter,
            @Field("How the caller proved itself") String evidenceKind,
            @Field("Whom the evidence names") String evidenceSubject,
            @Field("Policy version that allowed it") String policyVersion,
            @Field("Rule that allowed it") String policyRule,
            @Field("Profile") String profile,
            @Field("Id of the authority that signed it") String authorityId,
            @Field("Replica that issued it") String replica,
            @Field("SHA-256 of its public key, hexadecimal") String keySha256) {

        static Certificate of(CertificateRecord row) {
            return new Certificate(
                    row.serialNumber().hex(),
                    row.spiffeId(),
                    row.issuedAt(),
                    row.validity().notBefore(),
                    row.validity().notAfter(),
                    row.evidenceKind(),
                    row.evidenceSubject(),
                    row.policyVersion(),
                    row.policyRule(),
                    row.profile(),
                    row.authorityId(),
                    row.replica(),
                    HexFormat.of().formatHex(row.keySha256()));
        }
    }

    record OneCertificate(
            @Field("What the ledger says of it") Certificate record,
            @Field("The certificate, PEM") String pem) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(
            @Field("The youngest issuance first") List<Certificate> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @GetMapping("/v1/certificates")
    @Performs(Operation.LIST_CERTIFICATES)
    Page list(Query query) {
        Integer limit = query.limit();
        return page(query.filter(), limit == null ? DEFAULT_LIMIT : limit, query.pageToken());
    }

    private Page page(Filter filter, int limit, @Nullable String pageToken) {
        try {
            String serial = filter.serialNumber();
            if (serial != null) {
                return new Page(
                        SerialNumber.fromHex(serial).flatMap(records::bySerialNumber).stream()
                                .filter(row -> matches(row, filter))
                                .map(Certificate::of)
                                .toList(),
                        null);
            }
            var found =
                    records.search(
                            new CertificateRecords.Criteria(
                                    filter.spiffeIdPrefix(),
                                    filter.issuedFrom(),
                                    filter.issuedBefore()),
                            limit,
                            pageToken);
            return new Page(
                    found.records().stream().map(Certificate::of).toList(), found.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    private static boolean matches(CertificateRecord row, Filter filter) {
        String prefix = filter.spiffeIdPrefix();
        Instant from = filter.issuedFrom();
        Instant before = filter.issuedBefore();
        return (prefix == null || row.spiffeId().startsWith(prefix))
                && (from == null || !row.issuedAt().isBefore(from))
                && (before == null || row.issuedAt().isBefore(before));
    }

    @GetMapping("/v1/certificates/{serialNumber:" + SERIAL + "}")
    @Performs(Operation.SHOW_CERTIFICATE)
    OneCertificate one(
            @PathVariable @Field(value = "Serial number, hexadecimal", pattern = SERIAL)
                    String serialNumber) {
        CertificateRecord row =
                SerialNumber.fromHex(serialNumber)
                        .flatMap(records::bySerialNumber)
                        .orElseThrow(() ->
                                RefusedException.of(
                                        RefusalCode.NOT_FOUND,
                                        "No certificate with this serial number is on record."));
        return new OneCertificate(Certificate.of(row), pem(row.der()));
    }

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }

    @GetMapping(
            path = "/v1/certificates/export",
            produces = {Streams.NDJSON, Streams.CSV})
    @Performs(value = Operation.EXPORT_CERTIFICATES, streams = Certificate.class)
    void export(Filter filter, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        streams.pages(
                request,
                response,
                Certificate.class,
                "certificates",
                token -> {
                    Page page = page(filter, STREAM_PAGE, token);
                    return new Streams.Page<>(page.items(), page.nextPageToken());
                });
    }
}
