package dev.signet.cli.server;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A database that is there already.
public final class DatabaseOptions {

    @Option(
            names = "--database-url",
            required = true,
            paramLabel = "URL",
            description = "Use this PostgreSQL: jdbc:postgresql://HOST:PORT/DATABASE.")
    private String url;

    @Option(
            names = "--database-user",
            paramLabel = "NAME",
            description = "Who logs in there; a role that may create schemas and roles.")
    private @Nullable String user;

    @Option(
            names = "--database-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password.")
    private @Nullable Path passwordFile;

    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("signet.database.url", url);
        if (user != null) {
            settings.put("signet.database.username", user);
        }
        if (passwordFile != null) {
            settings.put("signet.database.password-file", passwordFile.toString());
        }
        return settings;
    }
}
