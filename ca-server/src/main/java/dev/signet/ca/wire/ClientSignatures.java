package dev.signet.ca.wire;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.internal.tcnative.SSL;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/// Tells BoringSSL which signatures of clients it accepts in a TLS handshake. Its default lacks
/// Ed25519: a client with such a key is not asked for it and shows no certificate. BoringSSL has a
/// function for the list, but netty-tcnative gives no access to it and does not export it, so it is
/// found by the library's own symbol table (docs/adr/0027). It is called only where the code in
/// memory is, byte for byte, that of the file whose symbols were read.
final class ClientSignatures {

    private static final String KNOWN = "JNI_OnLoad_netty_tcnative";
    private static final String WANTED = "SSL_CTX_set_verify_algorithm_prefs";

    /// What a client's key of each kind signs with (RFC 8446 4.2.3), the quickest first. SHA-1,
    /// which BoringSSL still takes in TLS 1.2, is not among them.
    private static final short[] ACCEPTED = {
        0x0403, // ecdsa_secp256r1_sha256
        0x0807, // ed25519
        0x0804, // rsa_pss_rsae_sha256
        0x0401, // rsa_pkcs1_sha256
        0x0503, // ecdsa_secp384r1_sha384
        0x0805, // rsa_pss_rsae_sha384
        0x0501, // rsa_pkcs1_sha384
        0x0806, // rsa_pss_rsae_sha512
        0x0601, // rsa_pkcs1_sha512
    };

    private ClientSignatures() {}

    /// @param context of OpenSSL's kind
    /// @return whether it was told; where not, it goes on without Ed25519
    // The address of the function is checked before use; that of the context, which Netty calls
    // unsafe
    // as a reference count does not guard it, is not kept.
    @SuppressWarnings({"restricted", "deprecation"})
    static boolean accept(ReferenceCountedOpenSslContext context) {
        MemorySegment function = function();
        if (function == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            int accepted =
                    (int)
                            Linker.nativeLinker()
                                    .downcallHandle(
                                            function,
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_LONG,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.JAVA_LONG))
                                    .invokeExact(
                                            context.sslCtxPointer(),
                                            arena.allocateFrom(ValueLayout.JAVA_SHORT, ACCEPTED),
                                            (long) ACCEPTED.length);
            return accepted == 1;
        } catch (Throwable e) {
            throw new IllegalStateException("BoringSSL cannot be told what it accepts", e);
        }
    }

    private static @Nullable MemorySegment function() {
        ElfSymbols symbols = library();
        MemorySegment exported = SymbolLookup.loaderLookup().find(KNOWN).orElse(null);
        if (symbols == null || exported == null) {
            return null;
        }
        ElfSymbols.Function known = symbols.function(KNOWN);
        ElfSymbols.Function wanted = symbols.function(WANTED);
        if (known == null || wanted == null) {
            return null;
        }
        long loaded = exported.address() - known.offset();
        // The first proves that it is this library which was loaded, and so where the second is.
        return isThere(loaded, known) && isThere(loaded, wanted)
                ? MemorySegment.ofAddress(loaded + wanted.offset())
                : null;
    }

    @SuppressWarnings("restricted")
    private static boolean isThere(long loaded, ElfSymbols.Function function) {
        MemorySegment code = MemorySegment.ofArray(function.code());
        return code.byteSize() > 0
                && MemorySegment.ofAddress(loaded + function.offset())
                                .reinterpret(code.byteSize())
                                .mismatch(code)
                        == -1;
    }

    private static @Nullable ElfSymbols library() {
        String processor =
                System.getProperty("os.arch", "").equals("aarch64") ? "aarch_64" : "x86_64";
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String file = "/META-INF/native/libnetty_tcnative_" + system + "_" + processor + ".so";
        try (InputStream library = SSL.class.getResourceAsStream(file)) {
            return library == null ? null : ElfSymbols.of(library.readAllBytes());
        } catch (IOException e) {
            return null;
        }
    }
}
