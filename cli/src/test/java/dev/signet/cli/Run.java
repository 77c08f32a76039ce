package dev.signet.cli;

import dev.signet.cli.output.Terminal;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/// One command that ran in this process.
///
/// @param code exit code
record Run(int code, String out, String err) {

    static Run signet(String... arguments) {
        return signet(InstantSource.system(), arguments);
    }

    static Run signet(InstantSource clock, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = SignetCli.run(Terminal.plain(stream(out), stream(err)), clock, arguments);
        return new Run(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream octets) {
        return new PrintStream(octets, true, StandardCharsets.UTF_8);
    }
}
