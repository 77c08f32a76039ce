package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class ElfSymbolsTest {

    private static final int SECTIONS_AT = 64;
    private static final int SECTION_BYTES = 64;
    private static final byte[] CODE = {0x55, (byte) 0xc3, 0x0f};

    /// A library of three sections: code at 0x1000, symbols, names.
    private static byte[] library() {
        int code = SECTIONS_AT + 4 * SECTION_BYTES;
        int symbols = code + CODE.length;
        int names = symbols + 2 * 24;
        byte[] text = "\0hidden\0data\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(names + text.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f).putShort(4, (short) 0x0102);
        file.putLong(0x28, SECTIONS_AT).putShort(0x3a, (short) SECTION_BYTES);
        file.putShort(0x3c, (short) 4);
        section(file, 1, 1, 0x1000, code, CODE.length, 0);
        section(file, 2, 2, 0, symbols, 2 * 24, 3);
        section(file, 3, 3, 0, names, text.length, 0);
        file.put(code, CODE);
        symbol(file, symbols, 8, 1, 0x1000, 3);
        symbol(file, symbols + 24, 1, 2, 0x1001, 2);
        file.put(names, text);
        return file.array();
    }

    private static void section(
            ByteBuffer file, int index, int type, long address, long at, long bytes, int link) {
        int header = SECTIONS_AT + index * SECTION_BYTES;
        file.putInt(header + 4, type).putLong(header + 16, address).putLong(header + 24, at);
        file.putLong(header + 32, bytes).putInt(header + 40, link);
    }

    private static void symbol(
            ByteBuffer file, int at, int name, int type, long address, long bytes) {
        file.putInt(at, name).put(at + 4, (byte) type).putShort(at + 6, (short) 1);
        file.putLong(at + 8, address).putLong(at + 16, bytes);
    }

    private static ElfSymbols.Function find(byte[] library, String name) {
        ElfSymbols symbols = ElfSymbols.of(library);
        return symbols == null ? null : symbols.function(name);
    }

    @Test
    void findsAFunctionThatIsNotExportedWithItsCode() {
        assertThat(find(library(), "hidden"))
                .isEqualTo(
                        new ElfSymbols.Function(0x1001, Arrays.copyOfRange(CODE, 1, CODE.length)));
    }

    @Test
    void findsNeitherDataNorAPartOfANameNorWhatIsMissing() {
        assertThat(find(library(), "data")).isNull();
        assertThat(find(library(), "hid")).isNull();
        assertThat(find(library(), "hidden2")).isNull();
    }

    @Test
    void takesAFileOfAnotherKindForALibraryWithoutSymbols() {
        assertThat(ElfSymbols.of(new byte[0])).isNull();
        assertThat(ElfSymbols.of(new byte[4096])).isNull();
        byte[] bits32 = library();
        bits32[4] = 1;
        assertThat(ElfSymbols.of(bits32)).isNull();
    }

    @Test
    void findsNothingInAFileThatWasCutOrChangedAnywhere() {
        byte[] whole = library();
        for (int length = 0; length < whole.length; length++) {
            find(Arrays.copyOf(whole, length), "hidden");
        }
        assertThat(find(Arrays.copyOf(whole, whole.length - 14), "hidden")).isNull();
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) 0xff;
            // Whatever it finds: no exception, and no array larger than the file.
            ElfSymbols.Function found = find(changed, "hidden");
            assertThat(found == null || found.code().length <= whole.length).isTrue();
        }
    }
}
