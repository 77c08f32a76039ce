package dev.signet.ca.ledger;

import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SignedCertificate;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The ledger's contract without a database, with faults on demand. Each fault of a commit comes in
/// two forms: the row is lost, or it is there although an error was seen. Thread-safe.
public final class InMemoryLedger implements Ledger {

    /// What happens at a commit.
    public enum Fault {
        NONE,
        /// Nothing was committed, and the answer says unavailable.
        LOST,
        /// It was committed, and the answer says unavailable.
        PERSISTED_ANYWAY,
        /// The serial number is said to be taken.
        SERIAL_NUMBER_TAKEN,
        /// No answer until [#answerHeld].
        HELD,
        /// The hand-over itself fails.
        THROWS
    }

    private final int capacity;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();
    private final Map<SerialNumber, IssuanceRecord> rows = new HashMap<>();
    private final Map<UUID, IssuanceRecord> requests = new HashMap<>();
    private final Map<JoinTokenHash, IssuanceRecord> redemptions = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private final List<SerialNumber> serialNumbersGiven = new ArrayList<>();
    private volatile Fault fault = Fault.NONE;
    private volatile int faultsLeft = Integer.MAX_VALUE;

    public InMemoryLedger(int capacity) {
        this.capacity = capacity;
    }

    public void setFault(Fault fault) {
        setFault(fault, Integer.MAX_VALUE);
    }

    /// @param times how many commits it hits
    public void setFault(Fault fault, int times) {
        this.faultsLeft = times;
        this.fault = fault;
    }

    /// Places that are not free.
    public int placesTaken() {
        return taken.get();
    }

    /// How often something was handed over for commit.
    public int commits() {
        return commits.get();
    }

    public synchronized List<IssuanceRecord> rows() {
        return List.copyOf(rows.values());
    }

    public synchronized boolean isOnRecord(RecordedCertificate certificate) {
        IssuanceRecord row = rows.get(certificate.serialNumber());
        return row != null && Arrays.equals(row.certificate().der(), certificate.der());
    }

    public synchronized List<SerialNumber> serialNumbersGiven() {
        return List.copyOf(serialNumbersGiven);
    }

    /// Gives the answers that were held back.
    public void answerHeld() {
        List<Runnable> waiting;
        synchronized (this) {
            waiting = List.copyOf(held);
            held.clear();
        }
        waiting.forEach(Runnable::run);
    }

    @Override
    public Optional<Place> reserve() {
        if (taken.incrementAndGet() > capacity) {
            taken.decrementAndGet();
            return Optional.empty();
        }
        return Optional.of(new InMemoryPlace());
    }

    @Override
    public SerialNumbers serialNumbers() {
        return notAfter -> {
            byte[] octets = new byte[SerialNumber.RANDOM_LENGTH];
            random.nextBytes(octets);
            SerialNumber serialNumber = SerialNumber.of(notAfter, octets);
            synchronized (this) {
                serialNumbersGiven.add(serialNumber);
            }
            return serialNumber;
        };
    }

    private synchronized RecordOutcome commit(IssuanceRecord issuance) {
        Optional<RecordOutcome> before = before(issuance);
        if (before.isPresent()) {
            return before.get();
        }
        SignedCertificate certificate = issuance.certificate();
        rows.put(certificate.content().serialNumber(), issuance);
        if (issuance.requestId() != null) {
            requests.put(issuance.requestId(), issuance);
        }
        if (issuance.joinToken() != null) {
            redemptions.put(issuance.joinToken(), issuance);
        }
        return new Recorded(recorded(issuance));
    }

    private Optional<RecordOutcome> before(IssuanceRecord issuance) {
        IssuanceRecord same = requests.get(issuance.requestId());
        if (same != null) {
            boolean retry =
                    same.evidenceKind() == issuance.evidenceKind()
                            && same.evidenceSubject().equals(issuance.evidenceSubject())
                            && Arrays.equals(
                                    same.signingRequest().sha256(),
                                    issuance.signingRequest().sha256());
            return Optional.of(retry ? new AlreadyRecorded(recorded(same)) : new RequestIdReused());
        }
        if (redemptions.containsKey(issuance.joinToken())) {
            return Optional.of(new JoinTokenAlreadyUsed());
        }
        if (rows.containsKey(issuance.certificate().content().serialNumber())) {
            return Optional.of(new SerialNumberTaken());
        }
        return Optional.empty();
    }

    private static RecordedCertificate recorded(IssuanceRecord issuance) {
        SignedCertificate certificate = issuance.certificate();
        CertificateContent content = certificate.content();
        return new RecordedCertificate(
                content.serialNumber(),
                content.spiffeId(),
                content.validity(),
                certificate.authorityId(),
                certificate.der(),
                issuance.notices());
    }

    private Fault nextFault() {
        if (fault == Fault.NONE || faultsLeft <= 0) {
            return Fault.NONE;
        }
        faultsLeft--;
        return fault;
    }

    private final class InMemoryPlace implements Place {

        private boolean used;

        @Override
        public void record(IssuanceRecord issuance, Consumer<RecordOutcome> whenDecided) {
            use();
            commits.incrementAndGet();
            switch (nextFault()) {
                case NONE -> decide(whenDecided, commit(issuance));
                case LOST -> decide(whenDecided, new Unavailable("connection lost"));
                case PERSISTED_ANYWAY -> {
                    commit(issuance);
                    decide(whenDecided, new Unavailable("answer lost"));
                }
                case SERIAL_NUMBER_TAKEN -> decide(whenDecided, new SerialNumberTaken());
                case HELD -> {
                    RecordOutcome outcome = commit(issuance);
                    synchronized (InMemoryLedger.this) {
                        held.add(() -> decide(whenDecided, outcome));
                    }
                }
                case THROWS -> {
                    taken.decrementAndGet();
                    throw new IllegalStateException("fault asked for by a test");
                }
            }
        }

        private void decide(Consumer<RecordOutcome> whenDecided, RecordOutcome outcome) {
            taken.decrementAndGet();
            whenDecided.accept(outcome);
        }

        @Override
        public void giveUp() {
            use();
            taken.decrementAndGet();
        }

        private void use() {
            if (used) {
                throw new IllegalStateException("a place was used twice");
            }
            used = true;
        }
    }
}
