package dev.signet.cli.inspect;

import dev.signet.cli.output.Style;
import dev.signet.cli.output.Terminal;

final class TestStyle {

    private TestStyle() {}

    static Style none() {
        return Terminal.plain(System.out, System.err).outStyle();
    }
}
