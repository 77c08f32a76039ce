package dev.signet.ca.policy;

import dev.signet.ca.identity.ShownText;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Role;
import dev.signet.ca.privilege.RoleNames;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Policy versions in the schema `policy`. Its statements run in the caller's transaction where
/// there is one, and none of them waits for more than a row of another activation.
final class JdbcPolicyVersions implements PolicyVersions {

    /// Against others who activate at the same time, for an actor who does not care what is there.
    private static final int MAX_TRIES = 10;

    private static final int MAX_KIND = 32;
    private static final int MAX_SUBJECT = 2_048;
    private static final int MAX_LIMIT = 1_000;

    private static final String INSERT_VERSION =
            """
            INSERT INTO policy.version
                (document, sha256, author_kind, author_subject, reason, created_at)
            VALUES (:document, :sha256, :kind, :subject, :reason, :at)
            RETURNING number
            """;

    private static final String FIND =
            """
            SELECT number, document, sha256, author_kind, author_subject, reason, created_at
            FROM policy.version
            WHERE number = :number
            """;

    private static final String LIST =
            """
            SELECT number, NULL AS document, sha256, author_kind, author_subject, reason, created_at
            FROM policy.version
            WHERE number < :before
            ORDER BY number DESC
            LIMIT :limit
            """;

    private static final String ACTIVE =
            """
            SELECT id, number, actor_kind, actor_subject, actor_roles, reason, activated_at
            FROM policy.activation
            ORDER BY id DESC
            LIMIT 1
            """;

    private static final String PREVIOUS =
            """
            SELECT number
            FROM policy.activation
            WHERE number <> :present
            ORDER BY id DESC
            LIMIT 1
            """;

    /// Waits for another one of the same id, and writes nothing where that is committed.
    private static final String INSERT_ACTIVATION =
            """
            INSERT INTO policy.activation
                (id, number, actor_kind, actor_subject, actor_roles, reason, activated_at)
            VALUES (:id, :number, :kind, :subject, :roles, :reason, :at)
            ON CONFLICT (id) DO NOTHING
            """;

    private static final Active NEVER_ACTIVATED = new Active(0, 0, null, "", null);

    private final JdbcClient jdbc;
    private final PolicyLanguage language;
    private final InstantSource clock;

    /// @param jdbc whose statements and connections end within 5 s
    JdbcPolicyVersions(JdbcClient jdbc, PolicyLanguage language, InstantSource clock) {
        this.jdbc = jdbc;
        this.language = language;
        this.clock = clock;
    }

    @Override
    public PolicyLanguage.Reading validate(String document) {
        return language.read(document, "candidate");
    }

    @Override
    public WriteOutcome write(String document, Author author, String reason) {
        require(author, reason);
        return switch (validate(document)) {
            case PolicyLanguage.Reading.NotAccepted(List<PolicyFinding> findings) ->
                    new WriteOutcome.NotAccepted(findings);
            case PolicyLanguage.Reading.Accepted accepted ->
                    new WriteOutcome.Written(insert(document, author, reason), accepted.findings());
        };
    }

    private Version insert(String document, Author author, String reason) {
        byte[] sha256 = sha256(document);
        // PostgreSQL keeps microseconds: the author is told what is on record.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        long number =
                confirmed(
                        "written",
                        () ->
                                jdbc.sql(INSERT_VERSION)
                                        .param("document", document)
                                        .param("sha256", sha256)
                                        .param("kind", author.kind())
                                        .param("subject", author.subject())
                                        .param("reason", reason)
                                        .param("at", utc(now))
                                        .query(Long.class)
                                        .single());
        return new Version(number, document, HexFormat.of().formatHex(sha256), author, reason, now);
    }

    @Override
    public Optional<Version> find(long number) {
        if (number == 0) {
            String document = BuiltInDocument.text();
            return Optional.of(
                    new Version(
                            0,
                            document,
                            HexFormat.of().formatHex(sha256(document)),
                            null,
                            "built into the server",
                            null));
        }
        return confirmed(
                "looked up",
                () ->
                        jdbc.sql(FIND)
                                .param("number", number)
                                .query((row, _) -> version(row))
                                .optional());
    }

    @Override
    public List<Version> list(int limit, @Nullable Long before) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit is " + limit + " (expected: 1 to 1000)");
        }
        return confirmed(
                "listed",
                () ->
                        jdbc.sql(LIST)
                                .param("before", before == null ? Long.MAX_VALUE : before)
                                .param("limit", limit)
                                .query((row, _) -> version(row))
                                .list());
    }

    @Override
    public Active active() {
        return confirmed(
                        "looked up",
                        () -> jdbc.sql(ACTIVE).query((row, _) -> active(row)).optional())
                .orElse(NEVER_ACTIVATED);
    }

    @Override
    public Optional<Long> previous() {
        return before(active());
    }

    private Optional<Long> before(Active active) {
        if (active.activation() == 0) {
            return Optional.empty();
        }
        Optional<Long> recorded =
                confirmed(
                        "looked up",
                        () ->
                                jdbc.sql(PREVIOUS)
                                        .param("present", active.number())
                                        .query(Long.class)
                                        .optional());
        // Before the first activation the built-in one was in force.
        return recorded.isPresent() || active.number() == 0 ? recorded : Optional.of(0L);
    }

    @Override
    public ActivateOutcome activate(
            long number, @Nullable Long expected, Author actor, String reason) {
        require(actor, reason);
        Optional<Version> version = find(number);
        if (version.isEmpty() || version.get().document() == null) {
            return new ActivateOutcome.NoSuchVersion();
        }
        if (validate(version.get().document())
                instanceof PolicyLanguage.Reading.NotAccepted(List<PolicyFinding> findings)) {
            return new ActivateOutcome.NotAccepted(findings);
        }
        for (int i = 0; i < MAX_TRIES; i++) {
            Active present = active();
            if (expected != null && expected != present.activation()) {
                return new ActivateOutcome.Changed();
            }
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            Active next = new Active(present.activation() + 1, number, actor, reason, now);
            if (insert(next, actor, now)) {
                return new ActivateOutcome.Activated(next);
            }
        }
        return new ActivateOutcome.Changed();
    }

    @Override
    public ActivateOutcome rollBack(@Nullable Long expected, Author actor, String reason) {
        Active present = active();
        if (expected != null && expected != present.activation()) {
            return new ActivateOutcome.Changed();
        }
        Optional<Long> previous = before(present);
        return previous.isPresent()
                ? activate(previous.get(), present.activation(), actor, reason)
                : new ActivateOutcome.NoSuchVersion();
    }

    @Override
    public List<ProtectedGrant> protectedGrants(long number) {
        return find(number)
                .map(Version::document)
                .map(this::validate)
                .map(reading ->
                        switch (reading) {
                            case PolicyLanguage.Reading.Accepted accepted ->
                                    accepted.snapshot().protectedGrants();
                            case PolicyLanguage.Reading.NotAccepted _ -> List.<ProtectedGrant>of();
                        })
                .orElse(List.of());
    }

    /// @return false when another activation has this place
    private boolean insert(Active next, Author actor, Instant now) {
        return confirmed(
                        "activated",
                        () ->
                                jdbc.sql(INSERT_ACTIVATION)
                                        .param("id", next.activation())
                                        .param("number", next.number())
                                        .param("kind", actor.kind())
                                        .param("subject", actor.subject())
                                        .param("roles", RoleNames.of(actor.roles()))
                                        .param("reason", next.reason())
                                        .param("at", utc(now))
                                        .update())
                == 1;
    }

    private static void require(Author author, String reason) {
        requireText("reason", reason, MAX_REASON_LENGTH);
        requireText("kind", author.kind(), MAX_KIND);
        requireText("subject", author.subject(), MAX_SUBJECT);
    }

    private static void requireText(String what, String text, int most) {
        if (text.isBlank() || text.length() > most || !ShownText.isShown(text)) {
            throw new IllegalArgumentException(
                    what + " is not 1 to " + most + " printable characters on one line");
        }
    }

    private static <T> T confirmed(String done, Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The policy could not be " + done, e);
        }
    }

    private static Version version(ResultSet row) throws SQLException {
        return new Version(
                row.getLong("number"),
                row.getString("document"),
                HexFormat.of().formatHex(row.getBytes("sha256")),
                new Author(row.getString("author_kind"), row.getString("author_subject")),
                row.getString("reason"),
                instant(row, "created_at"));
    }

    private static Active active(ResultSet row) throws SQLException {
        return new Active(
                row.getLong("id"),
                row.getLong("number"),
                new Author(
                        row.getString("actor_kind"),
                        row.getString("actor_subject"),
                        roles(row.getArray("actor_roles"))),
                row.getString("reason"),
                instant(row, "activated_at"));
    }

    /// @param names null: a server of a release before this wrote the row
    private static Set<Role> roles(@Nullable Array names) throws SQLException {
        return names == null ? Set.of() : RoleNames.read(List.of((String[]) names.getArray()));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static byte[] sha256(String document) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(document.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
