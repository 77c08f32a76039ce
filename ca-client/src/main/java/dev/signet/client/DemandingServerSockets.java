package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;

/// Server sockets that demand a client certificate.
final class DemandingServerSockets extends SSLServerSocketFactory {

    private final SSLServerSocketFactory platform;

    DemandingServerSockets(SSLServerSocketFactory platform) {
        this.platform = platform;
    }

    private static ServerSocket demanding(ServerSocket socket) {
        ((SSLServerSocket) socket).setNeedClientAuth(true);
        return socket;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return demanding(platform.createServerSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return demanding(platform.createServerSocket(port));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return demanding(platform.createServerSocket(port, backlog));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address)
            throws IOException {
        return demanding(platform.createServerSocket(port, backlog, address));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return platform.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return platform.getSupportedCipherSuites();
    }
}
