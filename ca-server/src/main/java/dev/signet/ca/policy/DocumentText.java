package dev.signet.ca.policy;

import java.util.Arrays;

/// The octets' text as the author sees it: finds line and column of a code point. Immutable.
final class DocumentText {

    private final int[] codePoints;
    private final int[] lineStarts;

    DocumentText(String text) {
        codePoints = text.codePoints().toArray();
        int[] starts = new int[codePoints.length + 1];
        int lines = 1;
        for (int i = 0; i < codePoints.length; i++) {
            boolean ends =
                    codePoints[i] == '\n'
                            || (codePoints[i] == '\r'
                                    && (i + 1 == codePoints.length || codePoints[i + 1] != '\n'));
            if (ends) {
                starts[lines++] = i + 1;
            }
        }
        lineStarts = Arrays.copyOf(starts, lines);
    }

    int length() {
        return codePoints.length;
    }

    /// @return -1 behind the end
    int codePoint(int index) {
        return index < codePoints.length ? codePoints[index] : -1;
    }

    Position position(int index) {
        int found = Arrays.binarySearch(lineStarts, index);
        int line = found >= 0 ? found : -found - 2;
        return new Position(line + 1, index - lineStarts[line] + 1);
    }
}
