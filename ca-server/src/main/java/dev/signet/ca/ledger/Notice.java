package dev.signet.ca.ledger;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What a certificate does not hold although it was asked for, and why. Immutable.
///
/// @param code permanent, of [NoticeCode]; a text, as a later release may know others
/// @param text one sentence or some; printable, no secret
public record Notice(String code, String text) {

    /// Longest text, in characters.
    public static final int MAX_TEXT = 512;

    public Notice {
        if (code.isEmpty() || code.indexOf(' ') >= 0 || text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a notice is a code and a line");
        }
    }

    public Notice(NoticeCode code, String text) {
        this(code.name(), text);
    }

    /// A line each, as the column keeps it.
    static @Nullable String encode(List<Notice> notices) {
        if (notices.isEmpty()) {
            return null;
        }
        StringBuilder lines = new StringBuilder();
        for (Notice notice : notices) {
            lines.append(notice.code).append(' ').append(notice.text).append('\n');
        }
        return lines.toString();
    }

    static List<Notice> decode(@Nullable String lines) {
        if (lines == null) {
            return List.of();
        }
        List<Notice> notices = new ArrayList<>();
        for (String line : lines.split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                notices.add(new Notice(line.substring(0, space), line.substring(space + 1)));
            }
        }
        return List.copyOf(notices);
    }
}
