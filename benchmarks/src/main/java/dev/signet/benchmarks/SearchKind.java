package dev.signet.benchmarks;

import dev.signet.ca.ledger.CertificateRecords.Criteria;
import dev.signet.ca.ledger.CertificateRecords.State;
import dev.signet.ca.ledger.CriteriaBuilder;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/// The searches that are measured: each documented filter, alone and as people combine them, with
/// answers and without.
enum SearchKind {
    NOTHING("no filter: the newest") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {}
    },
    PREFIX_OF_ONE("spiffeIdPrefix of one identity") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.spiffeIdPrefix(SearchLedger.spiffeId(random.nextInt(1_000_000)));
        }
    },
    PREFIX_OF_NAMESPACE("spiffeIdPrefix of a namespace") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.spiffeIdPrefix(
                    "spiffe://example.org/ns/" + SearchLedger.namespace(random.nextInt()) + "/");
        }
    },
    PREFIX_OF_NONE("spiffeIdPrefix of nobody") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.spiffeIdPrefix("spiffe://example.org/other/" + random.nextInt());
        }
    },
    SERIAL_NUMBER("serialNumber") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.serialNumber(ledger.sample(random).serialNumber());
        }
    },
    SHA256("sha256") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.sha256(ledger.sample(random).sha256());
        }
    },
    SHA256_OF_NONE("sha256 of no certificate") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            byte[] digest = new byte[32];
            random.nextBytes(digest);
            criteria.sha256(digest);
        }
    },
    SAN_DNS("san: a DNS name") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.subjectAlternativeName(SearchLedger.dnsName(random.nextInt(1_000_000)));
        }
    },
    SAN_SPIFFE_ID("san: a SPIFFE ID") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.subjectAlternativeName(SearchLedger.spiffeId(random.nextInt(1_000_000)));
        }
    },
    KEY("keySha256") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.keySha256(ledger.sample(random).keySha256());
        }
    },
    KIND_COMMON("evidenceKind of nearly all") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.evidenceKind("current-certificate");
        }
    },
    KIND_RARE("evidenceKind of 1 in 1,000") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.evidenceKind("join-token");
        }
    },
    KIND_OF_NONE("evidenceKind of none") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.evidenceKind("oidc");
        }
    },
    SUBJECT("evidenceSubject") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.evidenceSubject(SearchLedger.subject(random.nextInt(1_000_000)));
        }
    },
    SUBJECT_BUSY("evidenceSubject of 1 in 20") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.evidenceSubject(SearchLedger.BUSY_SUBJECT);
        }
    },
    ISSUED("issuedFrom, issuedBefore: an hour") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            Instant from = ledger.instant(random);
            criteria.issuedFrom(from).issuedBefore(from.plus(Duration.ofHours(1)));
        }
    },
    EXPIRES("expiresFrom, expiresBefore: an hour") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            Instant from = ledger.instant(random);
            criteria.expiresFrom(from).expiresBefore(from.plus(Duration.ofHours(1)));
        }
    },
    EXPIRES_SOON("expiresFrom now, expiresBefore in 10 minutes") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.expiresFrom(ledger.end())
                    .expiresBefore(ledger.end().plus(Duration.ofMinutes(10)));
        }
    },
    VALID("state valid") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.state(State.VALID);
        }
    },
    EXPIRED("state expired") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            criteria.state(State.EXPIRED);
        }
    },
    COMBINED("namespace, kind, a day, expired") {
        @Override
        void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random) {
            Instant from = ledger.instant(random);
            criteria.spiffeIdPrefix(
                            "spiffe://example.org/ns/"
                                    + SearchLedger.namespace(random.nextInt())
                                    + "/")
                    .evidenceKind("kubernetes")
                    .issuedFrom(from)
                    .issuedBefore(from.plus(Duration.ofDays(1)))
                    .state(State.EXPIRED);
        }
    };

    private final String title;

    SearchKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    Criteria criteria(SearchLedger ledger, Random random) {
        CriteriaBuilder criteria = Criteria.builder();
        ask(criteria, ledger, random);
        return criteria.build();
    }

    abstract void ask(CriteriaBuilder criteria, SearchLedger ledger, Random random);
}
