package dev.signet.ca.admin;

import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.attestation.JoinTokens.JoinTokenRecord;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.privilege.Principal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Everybody who had a hand in the credential of an actor and could have it, or one like it: two
/// whose origins have one in common may be one person. Of a certificate they are found in the
/// ledger, back through its renewals to the evidence of the first one: the creator of the join
/// token with the creator's own origins, the registration authority and its certificate's, or the
/// subject of a token of an issuer. Thread-safe; blocks on PostgreSQL, once for each renewal.
///
/// Where the ledger does not reach back so far (`signet.ledger.retention`), the creators of every
/// join token that ever gave a certificate of this ID count. A certificate that is missing for
/// another reason was signed elsewhere, by the key of a CA that was imported, or its record was
/// lost: nobody knows who had a hand in it.
final class Origins {

    private static final Duration HOUR = Duration.ofHours(1);

    /// Renewals of twelve hours' certificates, for years.
    private static final int MAX_STEPS = 2_000;

    private static final Pattern SERIAL =
            Pattern.compile(
                    "\"(?:certificate|registration-authority)\\.serial-number\":\"([0-9a-f]{1,40})\"");

    private final CertificateRecords records;
    private final JoinTokens tokens;

    private final Duration retention;
    private final InstantSource clock;

    /// @param retention of the ledger, after a certificate's end; zero: for ever
    Origins(
            CertificateRecords records,
            JoinTokens tokens,
            Duration retention,
            InstantSource clock) {
        this.records = records;
        this.tokens = tokens;
        this.retention = retention;
        this.clock = clock;
    }

    /// @return each as [Principal#origin()], the actor first
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Set<String> of(Actor actor) {
        Set<String> origins = new LinkedHashSet<>();
        origins.add(Principal.origin(actor.kind(), actor.subject()));
        if (actor.kind().equals(Principal.CERTIFICATE)) {
            trace(actor.subject(), actor.serialNumber(), origins);
        }
        return origins;
    }

    /// Whether it is known who had a hand in the actor's credential.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    boolean known(Actor actor) {
        return !actor.kind().equals(Principal.CERTIFICATE)
                || trace(actor.subject(), actor.serialNumber(), new LinkedHashSet<>());
    }

    /// Who made the join token that the certificate began by, before all its renewals; null: it
    /// began by other evidence, or by what is not on record any more.
    @Nullable Principal creator(CertificateRecord certificate) {
        CertificateRecord record = certificate;
        for (int step = 0; step < MAX_STEPS; step++) {
            EvidenceKind kind = kind(record).orElse(EvidenceKind.SERVER);
            if (kind == EvidenceKind.JOIN_TOKEN) {
                return tokens.find(record.evidenceSubject())
                        .map(JoinTokenRecord::creator)
                        .orElse(null);
            }
            Optional<CertificateRecord> before =
                    kind == EvidenceKind.CURRENT_CERTIFICATE
                            ? Optional.ofNullable(serial(record))
                                    .flatMap(SerialNumber::fromHex)
                                    .flatMap(records::bySerialNumber)
                            : Optional.empty();
            if (before.isEmpty()) {
                return null;
            }
            record = before.get();
        }
        return null;
    }

    /// @return false: a certificate on the way is missing, and the ledger should have it
    private boolean trace(String spiffeId, @Nullable String serialNumber, Set<String> origins) {
        String holder = spiffeId;
        String serial = serialNumber;
        Instant usedAt = clock.instant();
        for (int step = 0; step < MAX_STEPS; step++) {
            Optional<CertificateRecord> found =
                    serial == null
                            ? Optional.empty()
                            : SerialNumber.fromHex(serial).flatMap(records::bySerialNumber);
            if (found.isEmpty()) {
                addUsedFor(holder, origins);
                // A record of an earlier release names no serial number.
                return serial == null ? step > 0 : hasPassedRetention(serial, usedAt);
            }
            CertificateRecord record = found.get();
            holder = record.spiffeId();
            usedAt = record.issuedAt();
            Optional<EvidenceKind> kind = kind(record);
            if (kind.isEmpty()) {
                break;
            }
            switch (kind.get()) {
                case CURRENT_CERTIFICATE -> serial = serial(record);
                case REGISTRATION_AUTHORITY -> {
                    String subject = record.evidenceSubject();
                    int bar = subject.indexOf('|');
                    holder = bar < 0 ? subject : subject.substring(0, bar);
                    origins.add(Principal.origin(Principal.CERTIFICATE, holder));
                    serial = serial(record);
                }
                case JOIN_TOKEN -> {
                    tokens.find(record.evidenceSubject())
                            .ifPresentOrElse(
                                    token -> add(token, origins),
                                    () -> addUsedFor(record.spiffeId(), origins));
                    return true;
                }
                case KUBERNETES, OIDC, SERVER -> {
                    origins.add(Principal.origin(record.evidenceKind(), record.evidenceSubject()));
                    return true;
                }
            }
        }
        addUsedFor(holder, origins);
        return true;
    }

    /// A serial number of ours begins with the hour of the certificate's end. One that says an end
    /// before its use was made up.
    private boolean hasPassedRetention(String serial, Instant usedAt) {
        return !retention.isZero()
                && SerialNumber.fromHex(serial)
                        .map(SerialNumber::expiryHour)
                        .filter(end -> !end.plus(HOUR).isBefore(usedAt))
                        .filter(end -> end.plus(retention).isBefore(clock.instant()))
                        .isPresent();
    }

    private void addUsedFor(String spiffeId, Set<String> origins) {
        SpiffeId.parse(spiffeId)
                .ifPresent(id -> tokens.usedFor(id).forEach(token -> add(token, origins)));
    }

    private static void add(JoinTokenRecord token, Set<String> origins) {
        Principal creator = token.creator();
        if (creator == null) {
            // Made by a release that kept no more: kind and subject, shortened.
            String kind = token.createdBy().split(" ", 2)[0];
            if (!kind.equals(Principal.SERVER)) {
                origins.add(kind.equals(Principal.CREDENTIAL) ? kind : token.createdBy());
            }
        } else if (!creator.kind().equals(Principal.SERVER)) {
            // A server is nobody: whoever got its bootstrap token stands for themselves.
            origins.add(creator.origin());
            origins.addAll(creator.origins());
        }
    }

    private static Optional<EvidenceKind> kind(CertificateRecord record) {
        for (EvidenceKind kind : EvidenceKind.values()) {
            if (kind.text().equals(record.evidenceKind())) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private static @Nullable String serial(CertificateRecord record) {
        Matcher serial = SERIAL.matcher(record.attributes());
        return serial.find() ? serial.group(1) : null;
    }
}
