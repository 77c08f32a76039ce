package dev.signet.ca.rest;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.ledger.SerialPrefix;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.Revocation;
import dev.signet.ca.revocation.Revocations;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What the ledger has on record.
@RestController
final class CertificateController {

    private static final int DEFAULT_LIMIT = 100;
    private static final int EXPORTED_AT_ONCE = 500;
    private static final String SERIAL = "[0-9a-fA-F]{40}";

    /// No certificate has it: it would have expired in 1970. What cannot be a serial number of this
    /// CA is looked for by it, and not found.
    static final SerialNumber NOT_OURS =
            SerialNumber.of(Instant.EPOCH, new byte[SerialNumber.RANDOM_LENGTH]);

    private static final String SERIALS = "[0-9a-fA-F]{12,40}";
    private static final String SHA256 = "[0-9a-fA-F]{64}";

    private final CertificateRecords records;
    private final Revocations revocations;
    private final Streams streams;
    private final JsonMapper mapper;
    private final InstantSource clock;

    CertificateController(
            CertificateRecords records,
            Revocations revocations,
            Streams streams,
            JsonMapper mapper,
            InstantSource clock) {
        this.records = records;
        this.revocations = revocations;
        this.streams = streams;
        this.mapper = mapper;
        this.clock = clock;
    }

    /// Where it stands. As a filter, `expired` finds revoked ones, too, and `revoked` expired ones.
    enum State {
        VALID,
        EXPIRED,
        REVOKED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// As [EvidenceKind], in its permanent text form.
    enum Evidence {
        KUBERNETES,
        OIDC,
        JOIN_TOKEN,
        CURRENT_CERTIFICATE,
        REGISTRATION_AUTHORITY,
        SERVER;

        @Override
        public String toString() {
            return EvidenceKind.valueOf(name()).text();
        }
    }

    record Filter(
            @Field(value = "Beginning of the SPIFFE ID", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field(
                            value = "Serial number, or its first 12 or more digits, hexadecimal",
                            pattern = SERIALS)
                    @Nullable String serialNumber,
            @Field(value = "SHA-256 of the certificate, hexadecimal", pattern = SHA256)
                    @Nullable String sha256,
            @Field(
                            value =
                                    "A SPIFFE ID, or a further name exactly: DNS:name, IP:address,"
                                            + " email:address, URI:uri, or without its kind",
                            most = 2048)
                    @Nullable String san,
            @Field(value = "SHA-256 of the public key, hexadecimal", pattern = SHA256)
                    @Nullable String keySha256,
            @Field("How the caller proved itself") @Nullable Evidence evidenceKind,
            @Field(value = "Whom the evidence names, exactly", most = 2048)
                    @Nullable String evidenceSubject,
            @Field("Issued at or after") @Nullable Instant issuedFrom,
            @Field("Issued before") @Nullable Instant issuedBefore,
            @Field("Last second at or after") @Nullable Instant expiresFrom,
            @Field("Last second before") @Nullable Instant expiresBefore,
            @Field(value = "Policy version that allowed it", most = 256)
                    @Nullable String policyVersion,
            @Field(value = "Rule that allowed it, exactly", most = 1024)
                    @Nullable String policyRule,
            @Field(value = "Id of the authority that issued it", pattern = SHA256)
                    @Nullable String authorityId,
            @Field("Where it stands") @Nullable State state) {

        CertificateRecords.Criteria criteria() {
            return CertificateRecords.Criteria.builder()
                    .spiffeIdPrefix(spiffeIdPrefix)
                    .serialPrefix(
                            serialNumber == null
                                    ? null
                                    : SerialPrefix.of(serialNumber)
                                            .orElse(new SerialPrefix(NOT_OURS, NOT_OURS)))
                    .sha256(octets(sha256))
                    .subjectAlternativeName(san)
                    .keySha256(octets(keySha256))
                    .evidenceKind(evidenceKind == null ? null : evidenceKind.toString())
                    .evidenceSubject(evidenceSubject)
                    .issuedFrom(issuedFrom)
                    .issuedBefore(issuedBefore)
                    .expiresFrom(expiresFrom)
                    .expiresBefore(expiresBefore)
                    .policyVersion(policyVersion)
                    .policyRule(policyRule)
                    .authorityId(authorityId)
                    .state(state == null ? null : CertificateRecords.State.valueOf(state.name()))
                    .build();
        }

        private static byte @Nullable [] octets(@Nullable String hex) {
            return hex == null ? null : HexFormat.of().parseHex(hex);
        }
    }

    record Query(
            @Field(value = "Beginning of the SPIFFE ID", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field(
                            value = "Serial number, or its first 12 or more digits, hexadecimal",
                            pattern = SERIALS)
                    @Nullable String serialNumber,
            @Field(value = "SHA-256 of the certificate, hexadecimal", pattern = SHA256)
                    @Nullable String sha256,
            @Field(
                            value =
                                    "A SPIFFE ID, or a further name exactly: DNS:name, IP:address,"
                                            + " email:address, URI:uri, or without its kind",
                            most = 2048)
                    @Nullable String san,
            @Field(value = "SHA-256 of the public key, hexadecimal", pattern = SHA256)
                    @Nullable String keySha256,
            @Field("How the caller proved itself") @Nullable Evidence evidenceKind,
            @Field(value = "Whom the evidence names, exactly", most = 2048)
                    @Nullable String evidenceSubject,
            @Field("Issued at or after") @Nullable Instant issuedFrom,
            @Field("Issued before") @Nullable Instant issuedBefore,
            @Field("Last second at or after") @Nullable Instant expiresFrom,
            @Field("Last second before") @Nullable Instant expiresBefore,
            @Field(value = "Policy version that allowed it", most = 256)
                    @Nullable String policyVersion,
            @Field(value = "Rule that allowed it, exactly", most = 1024)
                    @Nullable String policyRule,
            @Field(value = "Id of the authority that issued it", pattern = SHA256)
                    @Nullable String authorityId,
            @Field("Where it stands") @Nullable State state,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {

        Filter filter() {
            return new Filter(
                    spiffeIdPrefix,
                    serialNumber,
                    sha256,
                    san,
                    keySha256,
                    evidenceKind,
                    evidenceSubject,
                    issuedFrom,
                    issuedBefore,
                    expiresFrom,
                    expiresBefore,
                    policyVersion,
                    policyRule,
                    authorityId,
                    state);
        }
    }

    record Certificate(
            @Field("Hexadecimal, 40 digits") String serialNumber,
            @Field("Identity") String spiffeId,
            @Field("Further names, each with its kind: DNS:name") List<String> names,
            @Field("Distinguished name; usually empty") String subject,
            @Field("When it was put on record") Instant issuedAt,
            @Field("First second of its life") Instant notBefore,
            @Field("Last second of its life") Instant notAfter,
            @Field("Where it stands: one that is revoked and has expired is revoked") State state,
            @Field("When it was revoked; absent: it is not") @Nullable Instant revokedAt,
            @Field("Why, as RFC 5280 says it")
                    RevocationController.@Nullable Reason revocationReason,
            @Field("How the caller proved itself") String evidenceKind,
            @Field("Whom the evidence names") String evidenceSubject,
            @Field("Policy version that allowed it") String policyVersion,
            @Field("Rule that allowed it") String policyRule,
            @Field("Profile and its version") String profile,
            @Field("Id of the authority that signed it") String authorityId,
            @Field("Replica that issued it") String replica,
            @Field("SHA-256 of the certificate, hexadecimal") String sha256,
            @Field("SHA-256 of its public key, hexadecimal") String keySha256) {

        static Certificate of(CertificateRecord row, @Nullable Revocation revoked, Instant now) {
            return new Certificate(
                    row.serialNumber().hex(),
                    row.spiffeId(),
                    names(row.names()),
                    row.subject(),
                    row.issuedAt(),
                    row.validity().notBefore(),
                    row.validity().notAfter(),
                    revoked != null
                            ? State.REVOKED
                            : now.isBefore(row.validity().notAfter().plusSeconds(1))
                                    ? State.VALID
                                    : State.EXPIRED,
                    revoked == null ? null : revoked.revokedAt(),
                    revoked == null ? null : RevocationController.Reason.of(revoked.reason()),
                    row.evidenceKind(),
                    row.evidenceSubject(),
                    row.policyVersion(),
                    row.policyRule(),
                    row.profile() + " v" + row.profileVersion(),
                    row.authorityId(),
                    row.replica(),
                    hexSha256(row.der()),
                    HexFormat.of().formatHex(row.keySha256()));
        }

        /// A comma within a name has a backslash before it.
        private static List<String> names(String text) {
            return text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split("(?<!\\\\),"))
                            .map(name -> name.replace("\\,", ","))
                            .toList();
        }

        private static String hexSha256(byte[] der) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    record IssuanceNotice(
            @Field("Permanent code") String code, @Field("Sentence for people") String text) {}

    record OneCertificate(
            @Field("What the ledger says of it") Certificate record,
            @Field("What the evidence said of its holder") Map<String, String> attributes,
            @Field("What it does not hold although it was requested, and why; usually empty")
                    List<IssuanceNotice> notices,
            @Field("The certificate, PEM") String pem) {}

    record Page(
            @Field("The youngest issuance first") List<Certificate> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @GetMapping("/v1/certificates")
    @Performs(Operation.LIST_CERTIFICATES)
    Page list(Query query) {
        Integer limit = query.limit();
        Instant now = clock.instant();
        try {
            var found =
                    records.search(
                            query.filter().criteria(),
                            limit == null ? DEFAULT_LIMIT : limit,
                            query.pageToken());
            return new Page(views(found.records(), now), found.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    private List<Certificate> views(List<CertificateRecord> rows, Instant now) {
        Map<SerialNumber, Revocation> revoked =
                revocations.find(rows.stream().map(CertificateRecord::serialNumber).toList());
        return rows.stream()
                .map(row -> Certificate.of(row, revoked.get(row.serialNumber()), now))
                .toList();
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
        Map<String, String> attributes = new TreeMap<>();
        mapper.readTree(row.attributes())
                .forEachEntry((name, value) -> attributes.put(name, value.asString("")));
        return new OneCertificate(
                views(List.of(row), clock.instant()).getFirst(),
                attributes,
                row.notices().stream()
                        .map(notice -> new IssuanceNotice(notice.code(), notice.text()))
                        .toList(),
                pem(row.der()));
    }

    static String pem(byte[] der) {
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
        Instant now = clock.instant();
        streams.rows(
                request,
                response,
                Certificate.class,
                "certificates",
                consumer -> {
                    List<CertificateRecord> some = new ArrayList<>();
                    records.stream(
                            filter.criteria(),
                            row -> {
                                some.add(row);
                                if (some.size() == EXPORTED_AT_ONCE) {
                                    views(some, now).forEach(consumer);
                                    some.clear();
                                }
                            });
                    views(some, now).forEach(consumer);
                });
    }
}
