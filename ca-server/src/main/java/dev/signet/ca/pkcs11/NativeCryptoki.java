package dev.signet.ca.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A PKCS#11 library in this process, where a C `long` has 64 bits.
///
/// @rfc PKCS#11 2.40 3
final class NativeCryptoki implements Cryptoki {

    private static final long OS_LOCKING_OK = 2;
    private static final long RW_SERIAL_SESSION = 6;
    private static final long USER = 1;

    /// CK_C_INITIALIZE_ARGS: four functions, flags, one reserved.
    private static final long INITIALIZE_ARGUMENTS_SIZE = 48;

    private static final long FLAGS_OFFSET = 32;

    /// More than CK_TOKEN_INFO, whose strings stand at its beginning, padded with blanks.
    private static final long TOKEN_INFO_SIZE = 512;

    /// CK_ATTRIBUTE: type, value, length. CK_MECHANISM is of the same form.
    private static final long TRIPLE_SIZE = 24;

    /// More slots, and longer values, than any token that serves one CA has.
    private static final long MAX_SLOTS = 4096;

    private static final long MAX_VALUE = 16_384;

    private static final MemoryLayout FUNCTION_LIST =
            MemoryLayout.sequenceLayout(69, ADDRESS); // version, padded, and 68 functions

    private final MethodHandle initialize;
    private final MethodHandle finalizeLibrary;
    private final MethodHandle getSlotList;
    private final MethodHandle getTokenInfo;
    private final MethodHandle openSession;
    private final MethodHandle closeSession;
    private final MethodHandle login;
    private final MethodHandle destroyObject;
    private final MethodHandle getAttributeValue;
    private final MethodHandle findObjectsInit;
    private final MethodHandle findObjects;
    private final MethodHandle findObjectsFinal;
    private final MethodHandle signInit;
    private final MethodHandle sign;
    private final MethodHandle generateKeyPair;

    /// Loads the library, for good.
    ///
    /// @throws IllegalArgumentException when it is no PKCS#11 library
    @SuppressWarnings("restricted")
    NativeCryptoki(Path library) {
        Linker linker = Linker.nativeLinker();
        MemoryLayout longLayout = linker.canonicalLayouts().get("long");
        if (longLayout == null || longLayout.byteSize() != Long.BYTES) {
            throw new IllegalArgumentException(
                    "signet.authority.pkcs11 needs a platform whose C long has 64 bits");
        }
        MemorySegment functions = functionList(linker, library);
        Functions at = new Functions(linker, functions);
        // Positions in CK_FUNCTION_LIST, PKCS#11 2.40 3.6.
        this.initialize = at.function(0, ADDRESS);
        this.finalizeLibrary = at.function(1, ADDRESS);
        this.getSlotList = at.function(4, JAVA_BYTE, ADDRESS, ADDRESS);
        this.getTokenInfo = at.function(6, JAVA_LONG, ADDRESS);
        this.openSession = at.function(12, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);
        this.closeSession = at.function(13, JAVA_LONG);
        this.login = at.function(18, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
        this.destroyObject = at.function(22, JAVA_LONG, JAVA_LONG);
        this.getAttributeValue = at.function(24, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
        this.findObjectsInit = at.function(26, JAVA_LONG, ADDRESS, JAVA_LONG);
        this.findObjects = at.function(27, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
        this.findObjectsFinal = at.function(28, JAVA_LONG);
        this.signInit = at.function(42, JAVA_LONG, ADDRESS, JAVA_LONG);
        this.sign = at.function(43, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
        this.generateKeyPair =
                at.function(
                        59, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
                        ADDRESS);
    }

    private record Functions(Linker linker, MemorySegment list) {

        @SuppressWarnings("restricted")
        MethodHandle function(int index, MemoryLayout... arguments) {
            return linker.downcallHandle(
                    list.getAtIndex(ADDRESS, index + 1L),
                    FunctionDescriptor.of(JAVA_LONG, arguments));
        }
    }

    @SuppressWarnings("restricted")
    private static MemorySegment functionList(Linker linker, Path library) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment symbol =
                    SymbolLookup.libraryLookup(library, Arena.global())
                            .find("C_GetFunctionList")
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "signet.authority.pkcs11.library "
                                                    + library
                                                    + " is no PKCS#11 library: it has no"
                                                    + " C_GetFunctionList"));
            MemorySegment list = arena.allocate(ADDRESS);
            long result =
                    (long)
                            linker.downcallHandle(symbol, FunctionDescriptor.of(JAVA_LONG, ADDRESS))
                                    .invokeExact(list);
            check("C_GetFunctionList", result);
            return list.get(ADDRESS, 0).reinterpret(FUNCTION_LIST.byteSize());
        } catch (CryptokiException | IllegalArgumentException e) {
            if (e instanceof IllegalArgumentException known
                    && known.getMessage() != null
                    && known.getMessage().startsWith("signet.")) {
                throw known;
            }
            throw new IllegalArgumentException(
                    "signet.authority.pkcs11.library "
                            + library
                            + " cannot be loaded (expected: the path of a PKCS#11 library that this"
                            + " user may read): "
                            + e.getMessage(),
                    e);
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    private static void check(String function, long result) {
        if (result != 0) {
            throw new CryptokiException(function, result);
        }
    }

    private static RuntimeException fault(Throwable e) {
        return switch (e) {
            case RuntimeException runtime -> runtime;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }

    @Override
    public boolean initialize() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(INITIALIZE_ARGUMENTS_SIZE, Long.BYTES);
            arguments.set(JAVA_LONG, FLAGS_OFFSET, OS_LOCKING_OK);
            long result = (long) initialize.invokeExact(arguments);
            if (result == CryptokiException.CRYPTOKI_ALREADY_INITIALIZED) {
                return false;
            }
            check("C_Initialize", result);
            return true;
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public void finalizeLibrary() {
        try {
            check("C_Finalize", (long) finalizeLibrary.invokeExact(MemorySegment.NULL));
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public long[] slots() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            check(
                    "C_GetSlotList",
                    (long) getSlotList.invokeExact((byte) 1, MemorySegment.NULL, count));
            // One more may be put in between the two calls.
            long places = Math.min(count.get(JAVA_LONG, 0) + 16, MAX_SLOTS);
            MemorySegment slots = arena.allocate(JAVA_LONG, places);
            count.set(JAVA_LONG, 0, places);
            check("C_GetSlotList", (long) getSlotList.invokeExact((byte) 1, slots, count));
            return Arrays.copyOf(
                    slots.toArray(JAVA_LONG), (int) Math.min(count.get(JAVA_LONG, 0), places));
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public TokenInfo tokenInfo(long slot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(TOKEN_INFO_SIZE, Long.BYTES);
            check("C_GetTokenInfo", (long) getTokenInfo.invokeExact(slot, info));
            return new TokenInfo(
                    text(info, 0, 32), text(info, 32, 32), text(info, 64, 16), text(info, 80, 16));
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    private static String text(MemorySegment info, long offset, long length) {
        return new String(info.asSlice(offset, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8)
                .stripTrailing();
    }

    @Override
    public long openSession(long slot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(JAVA_LONG);
            check(
                    "C_OpenSession",
                    (long)
                            openSession.invokeExact(
                                    slot,
                                    RW_SERIAL_SESSION,
                                    MemorySegment.NULL,
                                    MemorySegment.NULL,
                                    session));
            return session.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public void closeSession(long session) {
        try {
            check("C_CloseSession", (long) closeSession.invokeExact(session));
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public void login(long session, byte[] pin) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment secret = arena.allocate(Math.max(1, pin.length));
            MemorySegment.copy(pin, 0, secret, JAVA_BYTE, 0, pin.length);
            long result = (long) login.invokeExact(session, USER, secret, (long) pin.length);
            secret.fill((byte) 0);
            if (result != CryptokiException.USER_ALREADY_LOGGED_IN) {
                check("C_Login", result);
            }
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public void destroyObject(long session, long object) {
        try {
            check("C_DestroyObject", (long) destroyObject.invokeExact(session, object));
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public byte[] attribute(long session, long object, long type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment template = arena.allocate(TRIPLE_SIZE, Long.BYTES);
            template.set(JAVA_LONG, 0, type);
            check(
                    "C_GetAttributeValue",
                    (long) getAttributeValue.invokeExact(session, object, template, 1L));
            long length = template.get(JAVA_LONG, 16);
            if (length < 0 || length > MAX_VALUE) {
                throw new CryptokiException("C_GetAttributeValue", 0x31);
            }
            MemorySegment value = arena.allocate(Math.max(1, length));
            template.set(ADDRESS, 8, value);
            check(
                    "C_GetAttributeValue",
                    (long) getAttributeValue.invokeExact(session, object, template, 1L));
            return value.asSlice(0, length).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public long[] find(long session, List<Attribute> wanted) {
        try (Arena arena = Arena.ofConfined()) {
            check(
                    "C_FindObjectsInit",
                    (long)
                            findObjectsInit.invokeExact(
                                    session, template(arena, wanted), (long) wanted.size()));
            MemorySegment objects = arena.allocate(JAVA_LONG, 2);
            MemorySegment count = arena.allocate(JAVA_LONG);
            long result = (long) findObjects.invokeExact(session, objects, 2L, count);
            long ended = (long) findObjectsFinal.invokeExact(session);
            check("C_FindObjects", result);
            check("C_FindObjectsFinal", ended);
            return Arrays.copyOf(
                    objects.toArray(JAVA_LONG), (int) Math.min(count.get(JAVA_LONG, 0), 2));
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public byte[] sign(long session, long key, long mechanism, byte[] data, int longestSignature) {
        try (Arena arena = Arena.ofConfined()) {
            check(
                    "C_SignInit",
                    (long) signInit.invokeExact(session, mechanism(arena, mechanism), key));
            MemorySegment signature = arena.allocate(longestSignature);
            MemorySegment length = arena.allocate(JAVA_LONG);
            length.set(JAVA_LONG, 0, longestSignature);
            check(
                    "C_Sign",
                    (long)
                            sign.invokeExact(
                                    session,
                                    arena.allocateFrom(JAVA_BYTE, data),
                                    (long) data.length,
                                    signature,
                                    length));
            return signature
                    .asSlice(0, Math.clamp(length.get(JAVA_LONG, 0), 0, longestSignature))
                    .toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    @Override
    public long[] generateKeyPair(
            long session,
            long mechanism,
            List<Attribute> publicTemplate,
            List<Attribute> privateTemplate) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment publicKey = arena.allocate(JAVA_LONG);
            MemorySegment privateKey = arena.allocate(JAVA_LONG);
            check(
                    "C_GenerateKeyPair",
                    (long)
                            generateKeyPair.invokeExact(
                                    session,
                                    mechanism(arena, mechanism),
                                    template(arena, publicTemplate),
                                    (long) publicTemplate.size(),
                                    template(arena, privateTemplate),
                                    (long) privateTemplate.size(),
                                    publicKey,
                                    privateKey));
            return new long[] {publicKey.get(JAVA_LONG, 0), privateKey.get(JAVA_LONG, 0)};
        } catch (Throwable e) {
            throw fault(e);
        }
    }

    private static MemorySegment mechanism(Arena arena, long mechanism) {
        MemorySegment segment = arena.allocate(TRIPLE_SIZE, Long.BYTES);
        segment.set(JAVA_LONG, 0, mechanism);
        return segment;
    }

    private static MemorySegment template(Arena arena, List<Attribute> attributes) {
        MemorySegment segment = arena.allocate(TRIPLE_SIZE * attributes.size(), Long.BYTES);
        long offset = 0;
        for (Attribute attribute : attributes) {
            segment.set(JAVA_LONG, offset, attribute.type());
            segment.set(ADDRESS, offset + 8, arena.allocateFrom(JAVA_BYTE, attribute.value()));
            segment.set(JAVA_LONG, offset + 16, attribute.value().length);
            offset += TRIPLE_SIZE;
        }
        return segment;
    }
}
