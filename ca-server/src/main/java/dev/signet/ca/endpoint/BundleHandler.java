package dev.signet.ca.endpoint;

import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Answers GET and HEAD of `/` with the bundle. Never blocks.
final class BundleHandler extends Handler.Abstract.NonBlocking {

    private final TrustBundles bundles;

    BundleHandler(TrustBundles bundles) {
        this.bundles = bundles;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (!"/".equals(request.getHttpURI().getPath())) {
            return ended(response, 404, callback);
        }
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            return ended(response, 405, callback);
        }
        TrustBundle bundle = bundles.current();
        String tag = "\"" + bundle.version() + "\"";
        response.getHeaders().put(HttpHeader.ETAG, tag);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        if (tag.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
            return ended(response, 304, callback);
        }
        byte[] body = bundle.spiffeJson().getBytes(StandardCharsets.UTF_8);
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        if (HttpMethod.HEAD.is(request.getMethod())) {
            callback.succeeded();
        } else {
            response.write(true, ByteBuffer.wrap(body), callback);
        }
        return true;
    }

    private static boolean ended(Response response, int status, Callback callback) {
        response.setStatus(status);
        callback.succeeded();
        return true;
    }
}
