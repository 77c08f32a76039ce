package dev.signet.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/// An admin API that answers what it was told to, and remembers what it was asked.
public final class FakeAdminApi implements AutoCloseable {

    /// @param peer subject of the client certificate; empty: there was none
    public record Asked(String method, String target, Headers headers, String body, String peer) {
        public String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }
    }

    /// Says what comes next.
    public interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    public FakeAdminApi(SSLContext context) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(context) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters wanted = context.getDefaultSSLParameters();
                        wanted.setWantClientAuth(true);
                        parameters.setSSLParameters(wanted);
                    }
                });
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "https://localhost:" + port();
    }

    /// The next answer for a method and path; the last one stays.
    public FakeAdminApi on(String methodAndPath, Answer answer) {
        answers.computeIfAbsent(methodAndPath, _ -> new ArrayDeque<>()).add(answer);
        return this;
    }

    public FakeAdminApi json(String methodAndPath, int status, String body) {
        return on(methodAndPath, answer(status, "application/json", body));
    }

    public FakeAdminApi problem(String methodAndPath, int status, String body) {
        return on(methodAndPath, answer(status, "application/problem+json", body));
    }

    /// @param headers name, value, name, value
    public static Answer answer(int status, String type, String body, String... headers) {
        return exchange -> {
            byte[] octets = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
            exchange.getResponseBody().write(octets);
            exchange.close();
        };
    }

    /// Takes the request and cuts the connection instead of an answer.
    public static Answer lost() {
        return exchange -> {
            throw new IOException("lost");
        };
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(
                new Asked(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        exchange.getRequestHeaders(),
                        body,
                        peer((HttpsExchange) exchange)));
        String key = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        Deque<Answer> left = answers.get(key);
        if (left == null) {
            answer(
                            404,
                            "application/problem+json",
                            "{\"status\":404,\"code\":\"NOT_FOUND\",\"detail\":\"not told: "
                                    + key
                                    + "\"}")
                    .give(exchange);
            return;
        }
        Answer answer;
        synchronized (left) {
            answer = left.size() > 1 ? left.remove() : left.getFirst();
        }
        answer.give(exchange);
    }

    private static String peer(HttpsExchange exchange) {
        try {
            return exchange.getSSLSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return "";
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
