package dev.signet.cli.postgres;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The login of the server: it owns the database and everything in it, and has no rights beside.
/// With the superuser's it could run programs and read files (`COPY ... TO PROGRAM`).
///
/// The superuser has no login and no password. Its work is done before each start, in PostgreSQL's
/// single-user mode, which takes no connections: one transaction, which finds nothing to do where
/// it ran before. Directories that were made before had the superuser as their login: it is
/// renamed, and what it owns is handed over. Stateless.
final class OwnerLogin {

    static final String SUPERUSER = "signet_superuser";

    /// Moving a table takes a lock on it, its indexes and its overflow table, and there are some
    /// partitions for each day of retention.
    private static final int LOCKS = 512;

    private static final String SCRIPT =
            """
            DO $$
            DECLARE
                bootstrap oid := 10;
                superuser name;
                verifier text;
                moved text;
            BEGIN
                SET LOCAL search_path = pg_catalog;
                SELECT rolname INTO STRICT superuser FROM pg_authid WHERE oid = bootstrap;
                IF superuser <> 'signet_superuser' THEN
                    -- No role can rename itself.
                    CREATE ROLE signet_renaming SUPERUSER;
                    SET LOCAL SESSION AUTHORIZATION signet_renaming;
                    EXECUTE format('ALTER ROLE %I RENAME TO signet_superuser', superuser);
                    SET LOCAL SESSION AUTHORIZATION signet_superuser;
                    DROP ROLE signet_renaming;
                END IF;
                IF NOT EXISTS (SELECT FROM pg_authid WHERE rolname = 'signet') THEN
                    SELECT rolpassword INTO STRICT verifier FROM pg_authid WHERE oid = bootstrap;
                    EXECUTE format('CREATE ROLE signet PASSWORD %L', verifier);
                END IF;
                -- Migrations create roles.
                ALTER ROLE signet LOGIN NOSUPERUSER CREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;
                ALTER ROLE signet_superuser NOLOGIN PASSWORD NULL;
                FOR moved IN
                    SELECT format('GRANT %I TO signet WITH ADMIN TRUE, INHERIT TRUE, SET TRUE', rolname)
                    FROM pg_roles r
                    WHERE rolname IN ('signet_server', 'signet_maintenance')
                      AND NOT (pg_has_role('signet', r.oid, 'SET')
                          AND pg_has_role('signet', r.oid, 'MEMBER WITH ADMIN OPTION'))
                    UNION ALL
                    SELECT format('ALTER DATABASE %I OWNER TO signet', datname)
                    FROM pg_database WHERE datname = current_database() AND datdba = bootstrap
                LOOP
                    EXECUTE moved;
                END LOOP;
                -- REASSIGN OWNED refuses this role: PostgreSQL itself needs what it owns.
                FOR moved IN
                    WITH ours AS (
                        SELECT oid, nspname, nspowner FROM pg_namespace
                        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                    ), owned (class, id, object) AS (
                        SELECT 'pg_namespace'::regclass, oid, format('SCHEMA %I', nspname)
                        FROM ours WHERE nspowner = bootstrap
                        UNION ALL
                        SELECT 'pg_class'::regclass, c.oid, format('%s %I.%I',
                            CASE relkind
                                WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                                WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                                ELSE 'TABLE' END,
                            nspname, relname)
                        FROM pg_class c JOIN ours ON ours.oid = relnamespace
                        WHERE relowner = bootstrap AND relkind IN ('r', 'p', 'S', 'v', 'm', 'f')
                        UNION ALL
                        SELECT 'pg_proc'::regclass, p.oid, format('ROUTINE %s', p.oid::regprocedure)
                        FROM pg_proc p JOIN ours ON ours.oid = pronamespace
                        WHERE proowner = bootstrap
                        UNION ALL
                        SELECT 'pg_type'::regclass, t.oid, format('TYPE %I.%I', nspname, typname)
                        FROM pg_type t JOIN ours ON ours.oid = typnamespace
                            LEFT JOIN pg_class c ON c.oid = typrelid
                        WHERE typowner = bootstrap
                          AND (typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND relkind = 'c'))
                        UNION ALL
                        SELECT 'pg_statistic_ext'::regclass, s.oid,
                            format('STATISTICS %I.%I', nspname, stxname)
                        FROM pg_statistic_ext s JOIN ours ON ours.oid = stxnamespace
                        WHERE stxowner = bootstrap
                    )
                    SELECT format('ALTER %s OWNER TO signet', object) FROM owned
                    -- A column's own sequence moves with its table, an extension keeps its owner.
                    WHERE NOT EXISTS (
                        SELECT FROM pg_depend
                        WHERE classid = class AND objid = id
                          AND (deptype = 'e'
                              OR (refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
                                  AND object LIKE 'SEQUENCE %')))
                LOOP
                    EXECUTE moved;
                END LOOP;
            END
            $$;
            """;

    private OwnerLogin() {}

    /// What the command reads: one statement, so one transaction.
    static byte[] script() {
        return SCRIPT.getBytes(StandardCharsets.UTF_8);
    }

    /// The words that run the script in this data directory, which no postmaster uses. Exit code 0
    /// means that it is committed.
    static List<String> command(PostgresBinaries binaries, Path data, String database) {
        return List.of(
                binaries.postgres().toString(),
                "--single",
                "-j",
                "-D",
                data.toString(),
                "-c",
                "exit_on_error=on",
                "-c",
                "fsync=on",
                "-c",
                "max_locks_per_transaction=" + LOCKS,
                "-c",
                "log_checkpoints=off",
                // Nothing of the password in the log, not even as PostgreSQL keeps it.
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "log_error_verbosity=terse",
                "-c",
                "log_line_prefix=%m [%p] ",
                database);
    }
}
