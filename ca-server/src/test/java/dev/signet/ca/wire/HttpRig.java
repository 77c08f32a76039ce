package dev.signet.ca.wire;

import java.util.List;
import java.util.Map;

/// The plain HTTP port with documents of other packages, for their tests. Close it.
public final class HttpRig implements AutoCloseable {

    private final WireRig rig = new WireRig();

    public HttpRig(List<HttpDocuments> parts) {
        rig.documents.addAll(parts);
        rig.run(Map.of());
    }

    public int port() {
        return rig.httpPort();
    }

    @Override
    public void close() {
        rig.close();
    }
}
