package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The functions of a 64-bit little-endian ELF library by name, those that it does not export
/// included. Immutable, thread-safe.
final class ElfSymbols {

    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
    private static final int SYMBOL_TABLE = 2;
    private static final int FUNCTION = 2;
    private static final int SYMBOL_BYTES = 24;

    private final ByteBuffer file;

    private ElfSymbols(ByteBuffer file) {
        this.file = file;
    }

    /// A function of the library.
    ///
    /// @param offset where its code begins, counted from where the library is loaded
    /// @param code of the function, as in the file
    @SuppressWarnings("ArrayRecordComponent") // equality is that of its content, below
    record Function(long offset, byte[] code) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Function that
                    && offset == that.offset
                    && Arrays.equals(code, that.code);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(offset);
        }

        @Override
        public String toString() {
            return "Function[offset=" + offset + ", bytes=" + code.length + "]";
        }
    }

    /// @return null for what is not such a library
    static @Nullable ElfSymbols of(byte[] library) {
        ByteBuffer file = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
        return library.length >= 64
                        && file.getInt(0) == MAGIC
                        && file.getShort(4) == CLASS_64_LITTLE_ENDIAN
                ? new ElfSymbols(file)
                : null;
    }

    /// @return null where the library has no function of this name, or its symbols were stripped
    @Nullable Function function(String name) {
        byte[] wanted = (name + '\0').getBytes(StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < sections(); i++) {
                if (file.getInt(section(i) + 4) != SYMBOL_TABLE) {
                    continue;
                }
                int names = start(file.getInt(section(i) + 40));
                int end = start(i) + Math.toIntExact(file.getLong(section(i) + 32));
                for (int symbol = start(i); symbol <= end - SYMBOL_BYTES; symbol += SYMBOL_BYTES) {
                    if ((file.get(symbol + 4) & 0xf) == FUNCTION
                            && isAt(names + file.getInt(symbol), wanted)) {
                        return function(symbol);
                    }
                }
            }
            return null;
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            return null;
        }
    }

    private @Nullable Function function(int symbol) {
        int section = Short.toUnsignedInt(file.getShort(symbol + 6));
        if (section == 0 || section >= sections()) {
            return null;
        }
        long offset = file.getLong(symbol + 8);
        long sectionOffset = file.getLong(section(section) + 16);
        ByteBuffer there =
                file.slice(
                        Math.toIntExact(offset - sectionOffset + start(section)),
                        Math.toIntExact(file.getLong(symbol + 16)));
        byte[] code = new byte[there.remaining()];
        there.get(code);
        return new Function(offset, code);
    }

    private boolean isAt(int position, byte[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (file.get(position + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private int sections() {
        return Short.toUnsignedInt(file.getShort(0x3c));
    }

    /// Where the header of a section is in the file.
    private int section(int index) {
        return Math.toIntExact(file.getLong(0x28))
                + index * Short.toUnsignedInt(file.getShort(0x3a));
    }

    /// Where the content of a section is in the file.
    private int start(int index) {
        return Math.toIntExact(file.getLong(section(index) + 24));
    }
}
