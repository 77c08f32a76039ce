package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

import com.google.protobuf.ByteString;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.ListCertificatesRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Secrets go in by every path, successes and failures; nothing that comes out holds one.
class CanaryIT {

    @Test
    void R20_noSecretIsInLogsErrorsMetricsOrTheDatabase() throws Exception {
        ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
        AppenderBase<ILoggingEvent> appender = appender(log);
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger ours = (Logger) LoggerFactory.getLogger("dev.signet");
        Level before = ours.getLevel();
        root.addAppender(appender);
        ours.setLevel(Level.TRACE);
        Map<String, String> secrets = new LinkedHashMap<>();
        StringBuilder seen = new StringBuilder();
        try (ServerRig.Site site = new ServerRig.Site();
                TestDatabase database = TestDatabase.create()) {
            secrets.put("operator credential", site.operatorCredential);
            secrets.put(
                    "key-encryption key, base64",
                    Base64.getEncoder().encodeToString(site.keyEncryptionKey));
            secrets.put("key-encryption key, hex", HexFormat.of().formatHex(site.keyEncryptionKey));
            Map<String, String> settings =
                    site.settings(
                            database.url(),
                            database.username(),
                            "database-" + ServerRig.randomHex(16));
            secrets.put("database password", settings.get("signet.database.password"));
            try (ServerRig rig = new ServerRig(site, settings)) {
                exercise(rig, secrets, seen);
                seen.append(rig.get("/metrics").body())
                        .append(rig.get("/readyz").body())
                        .append(rig.get("/trust-bundle").body());
            }
            settings.put("signet.grpc.prot", "1");
            failStart(settings, seen);
            settings.remove("signet.grpc.prot");
            // Another key-encryption key: the wrapped keys do not open.
            byte[] wrong = new byte[32];
            Files.writeString(
                    site.directory.resolve("kek"), Base64.getEncoder().encodeToString(wrong));
            failStart(settings, seen);
            seen.append(dump(database));
        } finally {
            ours.setLevel(before);
            root.detachAppender(appender);
            appender.stop();
        }
        String output = seen + String.join("\n", log);
        assertThat(log).as("the log was seen").anyMatch(line -> line.contains("Refused"));
        assertThat(output).as("the database was seen").contains("spiffe://signet.test/host/canary");
        secrets.forEach((name, secret) -> {
            assertThat(secret.length()).as(name).isGreaterThan(20);
            // Not only whole: half of a token is too much, too.
            int half = secret.length() / 2;
            for (String part : List.of(secret, secret.substring(0, half), secret.substring(half))) {
                assertThat(output.contains(part)).as("%s came out", name).isFalse();
                assertThat(
                                output.contains(
                                        HexFormat.of()
                                                .formatHex(part.getBytes(StandardCharsets.UTF_8))))
                        .as("%s came out as octets", name)
                        .isFalse();
            }
        });
    }

    private static void exercise(ServerRig rig, Map<String, String> secrets, StringBuilder seen)
            throws Exception {
        KeyPair keys = ServerRig.newKeys();
        secrets.put(
                "workload's private key",
                HexFormat.of().formatHex(keys.getPrivate().getEncoded()).substring(64, 128));
        IssueCertificateRequest request =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(ServerRig.csr(keys)))
                        .build();
        String joinToken = rig.joinToken("spiffe://signet.test/host/canary");
        secrets.put("join token", joinToken);
        String bearer = rig.site.serviceAccountToken("shop", "canary");
        secrets.put("bearer token's signature", bearer.substring(bearer.lastIndexOf('.') + 1));
        secrets.put("bearer token's claims", bearer.split("\\.")[1]);
        String forged = "canary." + ServerRig.randomHex(40) + ".forged";
        secrets.put("forged token", forged);
        String wrongJoin = "wrong" + ServerRig.randomHex(20);
        secrets.put("wrong join token", wrongJoin);
        String wrongOperator = "wrong" + ServerRig.randomHex(20);
        secrets.put("wrong operator credential", wrongOperator);
        String odd = "odd" + ServerRig.randomHex(20);
        secrets.put("credential of an unknown scheme", odd);
        List<String> ways = new ArrayList<>();
        for (String value : List.of(joinToken, bearer, forged, wrongJoin, wrongOperator, odd)) {
            for (String scheme : List.of("Bearer ", "Join ", "Operator ", "Basic ", "")) {
                ways.add(scheme + value);
            }
        }
        ways.add("Join " + joinToken);
        var certificates = CertificateServiceGrpc.newBlockingStub(rig.channel());
        var trust = TrustServiceGrpc.newBlockingStub(rig.channel());
        for (String way : ways) {
            attempt(() -> ServerRig.with(certificates, way).issueCertificate(request), seen);
            attempt(
                    () ->
                            ServerRig.with(certificates, way)
                                    .issueCertificate(
                                            request.toBuilder()
                                                    .setCertificateSigningRequest(
                                                            ByteString.copyFromUtf8("no CSR"))
                                                    .build()),
                    seen);
            attempt(
                    () ->
                            ServerRig.with(trust, way)
                                    .getTrustBundle(GetTrustBundleRequest.getDefaultInstance()),
                    seen);
        }
        attempt(
                () -> {
                    try {
                        seen.append(
                                rig.operator()
                                        .listCertificates(
                                                ListCertificatesRequest.getDefaultInstance()));
                    } catch (StatusRuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                seen);
    }

    private static void attempt(Runnable call, StringBuilder seen) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            seen.append(e.getMessage()).append(e.getTrailers()).append('\n');
            var details = io.grpc.protobuf.StatusProto.fromThrowable(e);
            seen.append(details);
        }
    }

    private static void failStart(Map<String, String> settings, StringBuilder seen) {
        try (RunningServer started = CaServer.start(settings)) {
            throw new AssertionError("started on port " + started.grpcPort());
        } catch (StartFailedException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                seen.append(cause).append('\n');
            }
        }
    }

    /// Every row of every table, as text; octets in hexadecimal.
    private static String dump(TestDatabase database) {
        StringBuilder text = new StringBuilder();
        List<String> tables =
                database.ownerJdbcClient()
                        .sql(
                                "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name)"
                                        + " FROM information_schema.tables WHERE table_type = 'BASE"
                                        + " TABLE' AND table_schema NOT IN ('pg_catalog',"
                                        + " 'information_schema')")
                        .query(String.class)
                        .list();
        assertThat(tables).hasSizeGreaterThan(4);
        for (String table : tables) {
            database.ownerJdbcClient()
                    .sql("SELECT t::text FROM " + table + " t")
                    .query(String.class)
                    .list()
                    .forEach(row -> text.append(row).append('\n'));
        }
        return text.toString();
    }

    private static AppenderBase<ILoggingEvent> appender(ConcurrentLinkedQueue<String> log) {
        AppenderBase<ILoggingEvent> appender =
                new AppenderBase<>() {
                    @Override
                    protected void append(ILoggingEvent event) {
                        log.add(event.getFormattedMessage());
                        if (event.getThrowableProxy() != null) {
                            log.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
                        }
                    }
                };
        appender.setContext(
                ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                        .getLoggerContext());
        appender.start();
        return appender;
    }
}
