package dev.signet.cli.demo;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.remote.OperatorClient;
import dev.signet.cli.server.LocalServer;
import dev.signet.client.CaAddress;
import dev.signet.client.CaClient;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.IdentityListener;
import dev.signet.client.IssueRequest;
import dev.signet.client.PeerPredicate;
import dev.signet.client.RequestRefusedException;
import dev.signet.client.WorkloadIdentity;
import dev.signet.client.X509Svid;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// The steps, in order. Each either holds or ends the demo with [DemoFailedException]. For one
/// thread; [#close] may come from another.
public final class Demo implements AutoCloseable {

    static final String TRUST_DOMAIN = "demo.signet";
    private static final String ORDERS = "spiffe://demo.signet/ns/shop/sa/orders";
    private static final String PAYMENTS = "spiffe://demo.signet/ns/shop/sa/payments";
    private static final String INTRUDER = "spiffe://demo.signet/ns/shop/sa/intruder";
    private static final Duration LIFETIME = Duration.ofSeconds(10);
    private static final long CALLS = 20_000;
    private static final int ROTATIONS = 3;
    private static final Duration TRAFFIC_AT_MOST = Duration.ofSeconds(50);
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Terminal terminal;
    private final Progress progress;
    private final DataDirectory directory;
    private final InstantSource clock;
    private final OpenThings open = new OpenThings();
    private final Map<String, Object> findings = new LinkedHashMap<>();
    private final Set<String> serials = ConcurrentHashMap.newKeySet();

    /// @param directory of its own, empty; somebody else removes it
    public Demo(
            Terminal terminal, Progress progress, DataDirectory directory, InstantSource clock) {
        this.terminal = terminal;
        this.progress = progress;
        this.directory = directory;
        this.clock = clock;
    }

    /// Runs all steps.
    ///
    /// @return what was found, for machines
    /// @throws DemoFailedException when a step does not hold
    public Map<String, Object> run()
            throws InterruptedException, IOException, GeneralSecurityException {
        // 1. A CA.
        LocalServer server = startServer();
        String address = "localhost:" + server.grpcPort();
        OperatorClient operator =
                open.add(
                        OperatorClient.connect(
                                address,
                                directory.bundle(),
                                Files.readString(directory.operatorCredential()).strip()));

        // 2. Services enrol, each by a token that works once.
        heading("Services get their identities");
        String ordersToken = operator.createJoinToken(ORDERS, null).getToken();
        WorkloadIdentity orders = enrol("orders", address, ordersToken);
        WorkloadIdentity payments =
                enrol("payments", address, operator.createJoinToken(PAYMENTS, null).getToken());
        WorkloadIdentity intruder =
                enrol("intruder", address, operator.createJoinToken(INTRUDER, null).getToken());
        refuseUsedToken(address, ordersToken);

        // 3. orders calls payments.
        heading("orders calls payments over mutual TLS; payments lets in nobody but orders");
        PaymentService service =
                open.add(PaymentService.start(payments, PeerPredicate.exactly(ORDERS)));
        OrderTraffic traffic =
                open.add(new OrderTraffic(orders, PeerPredicate.exactly(PAYMENTS), service.port()));
        callOnce(traffic);

        // 4. Nobody else gets in.
        refuse(
                "intruder",
                "a valid certificate, not permitted",
                service,
                Stranger.with(intruder.keyManager()));
        refuse("plain TLS client", "no certificate", service, Stranger.withoutCertificate());
        refuse(
                "self-signed client",
                "says that it is orders",
                service,
                Stranger.selfSigned(ORDERS, clock.instant()));
        long refusedCalls = service.calls();
        check(refusedCalls == 1, "a stranger's call reached the service");

        // 5. Calls go on while certificates come and go.
        heading("Calls go on while certificates of " + LIFETIME.toSeconds() + " s come and go");
        carryTraffic(orders, payments, service, traffic);

        // 6. What the ledger knows.
        heading("The ledger's view");
        checkLedger(operator, service);
        return Map.copyOf(findings);
    }

    private LocalServer startServer() {
        heading("A certificate authority");
        progress.begin("Starting the CA and its database");
        LocalServer server =
                open.add(
                        LocalServer.start(
                                directory,
                                TRUST_DOMAIN,
                                null,
                                Map.of(
                                        "signet.grpc.port", "0",
                                        "signet.grpc.address", "127.0.0.1",
                                        "signet.http.port", "0",
                                        "signet.http.address", "127.0.0.1",
                                        "signet.admin.enabled", "false",
                                        "signet.stop.drain-time", "0s"),
                                new SecureRandom(),
                                progress));
        progress.done(
                "trust domain "
                        + TRUST_DOMAIN
                        + ", gRPC on localhost:"
                        + server.grpcPort()
                        + ", PostgreSQL embedded, fsync on");
        return server;
    }

    private WorkloadIdentity enrol(String name, String address, String token) {
        progress.begin(name + " enrols");
        WorkloadIdentity identity =
                open.add(
                        WorkloadIdentity.builder()
                                .caAddress(address)
                                .firstTrust(FirstTrust.bundleFile(directory.bundle()))
                                .credential(CredentialSource.joinToken(token))
                                .lifetime(LIFETIME)
                                .listener(
                                        new IdentityListener() {
                                            @Override
                                            public void onRotated(X509Svid current) {
                                                serials.add(current.serialNumber());
                                            }
                                        })
                                .start());
        progress.done(padded(name) + identity.current().spiffeId() + dim("  by a one-time token"));
        return identity;
    }

    private void refuseUsedToken(String address, String token) {
        progress.begin("the token of orders is tried again");
        try {
            new CaClient(
                            List.of(CaAddress.parse(address)),
                            FirstTrust.bundleFile(directory.bundle()),
                            ClientOptions.DEFAULTS)
                    .issue(CredentialSource.joinToken(token), IssueRequest.DEFAULTS);
        } catch (RequestRefusedException e) {
            progress.done("the token of orders, used again: refused" + dim("  " + e.code()));
            findings.put("used_token_refused", e.code());
            return;
        }
        throw failed("a token that was used gave a second certificate");
    }

    private void callOnce(OrderTraffic traffic) {
        progress.begin("orders calls payments");
        String answer = traffic.callOnce("order 0");
        check(answer.equals("paid: order 0"), "payments answered: " + answer);
        progress.done(padded("orders") + "\"" + answer + "\"");
    }

    private void refuse(String who, String what, PaymentService service, Stranger stranger)
            throws InterruptedException, IOException, GeneralSecurityException {
        progress.begin(who + " tries");
        String told = stranger.knock(service.port());
        check(told != null, who + " got in");
        String objection = service.judged().takeObjection();
        progress.done(padded(who) + "refused" + dim("  " + what));
        progress.say(
                "      "
                        + dim(
                                "payments: "
                                        + (objection == null
                                                ? "(no certificate to judge)"
                                                : objection)));
        progress.say("      " + dim(who + " is told: " + told));
        findings.put(who.replace(' ', '_') + "_refused", String.valueOf(told));
    }

    private void carryTraffic(
            WorkloadIdentity orders,
            WorkloadIdentity payments,
            PaymentService service,
            OrderTraffic traffic)
            throws InterruptedException {
        long ordersBefore = orders.status().rotations();
        long paymentsBefore = payments.status().rotations();
        progress.begin("Calling");
        long deadline = System.nanoTime() + TRAFFIC_AT_MOST.toNanos();
        traffic.start();
        long ordersRotated = 0;
        long paymentsRotated = 0;
        while (traffic.failures() == 0
                && (traffic.calls() < CALLS
                        || ordersRotated < ROTATIONS
                        || paymentsRotated < ROTATIONS)) {
            ordersRotated = orders.status().rotations() - ordersBefore;
            paymentsRotated = payments.status().rotations() - paymentsBefore;
            progress.count(
                    "%,d calls, %d failed   orders rotated %d x, payments %d x"
                            .formatted(
                                    traffic.calls(),
                                    traffic.failures(),
                                    ordersRotated,
                                    paymentsRotated));
            check(
                    System.nanoTime() < deadline,
                    "after "
                            + TRAFFIC_AT_MOST.toSeconds()
                            + " s only "
                            + traffic.calls()
                            + " calls, "
                            + ordersRotated
                            + " and "
                            + paymentsRotated
                            + " rotations");
            LockSupport.parkNanos(GLANCE.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        traffic.close();
        check(
                traffic.failures() == 0,
                traffic.failures() + " calls failed; the first: " + traffic.firstFailure());
        progress.done(
                "%,d calls over %d connections, 0 failed"
                        .formatted(traffic.calls(), traffic.connections()));
        progress.begin("");
        progress.done(
                "orders rotated %d x, payments %d x; one connection stayed open all the time"
                        .formatted(ordersRotated, paymentsRotated));
        progress.begin("");
        progress.done(
                "payments saw %d certificates of orders".formatted(service.serialsSeen().size()));
        findings.put("calls", traffic.calls());
        findings.put("failures", traffic.failures());
        findings.put("connections", traffic.connections());
        findings.put("orders_rotations", ordersRotated);
        findings.put("payments_rotations", paymentsRotated);
    }

    private void checkLedger(OperatorClient operator, PaymentService service) {
        progress.begin("Reading the ledger");
        LedgerView view =
                new LedgerView(operator.certificates("spiffe://" + TRUST_DOMAIN + "/", 10_000));
        serials.addAll(service.serialsSeen());
        Set<String> missing = view.missing(serials);
        check(missing.isEmpty(), "certificates that are not on record: " + missing);
        progress.done(
                "all %d certificates that anybody held are on record".formatted(serials.size()));
        findings.put("certificates_on_record", view.records().size());
        terminal.err().println();
        view.print(terminal.err(), terminal.errStyle());
    }

    private void heading(String text) {
        progress.say("");
        progress.say(terminal.errStyle().bold(text));
    }

    private String dim(String text) {
        return terminal.errStyle().dim(text);
    }

    private static String padded(String name) {
        return name + " ".repeat(Math.max(1, 20 - name.length()));
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw failed(otherwise);
        }
    }

    private DemoFailedException failed(String what) {
        progress.failed(what);
        return new DemoFailedException(what);
    }

    /// Stops everything, the database last.
    @Override
    public void close() {
        open.close();
    }
}
