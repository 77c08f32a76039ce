package dev.signet.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Rows under headings, in columns as wide as they need be. On a screen that is too narrow the
/// widest ones are shortened, with an ellipsis in place of what is missing; times, and columns that
/// other commands take, stay whole. Not thread-safe.
public final class Table {

    private static final String GAP = "   ";
    private static final String NARROW_GAP = "  ";
    private static final int NARROWEST = 8;
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z");

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();
    private final Set<String> whole = new HashSet<>();

    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    /// Adds a row; its cells are freed of control characters.
    ///
    /// @throws IllegalArgumentException when there are not as many cells as headings
    public void add(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells (expected: " + headings.size() + ")");
        }
        rows.add(List.of(cells).stream().map(Style::printable).toList());
    }

    /// Never shortens these columns.
    public Table whole(String... columns) {
        whole.addAll(List.of(columns));
        return this;
    }

    /// @param indent put before each line
    public void print(PrintStream stream, Style style, String indent) {
        print(stream, style, indent, widths(), GAP);
    }

    /// On `out`, as wide as the screen where that is one.
    ///
    /// @return whether something was shortened
    public boolean print(Terminal terminal) {
        int[] widths = widths();
        int columns = terminal.columns();
        if (!terminal.outIsTerminal() || total(widths, GAP) <= columns) {
            print(terminal.out(), terminal.outStyle(), "", widths, GAP);
            return false;
        }
        boolean shortened = false;
        while (total(widths, NARROW_GAP) > columns) {
            int widest = widestThatMayShrink(widths);
            if (widest == -1) {
                break;
            }
            widths[widest]--;
            shortened = true;
        }
        print(terminal.out(), terminal.outStyle(), "", widths, NARROW_GAP);
        return shortened;
    }

    private int widestThatMayShrink(int[] widths) {
        int widest = -1;
        for (int column = 0; column < widths.length; column++) {
            if (widths[column] > Math.max(NARROWEST, width(headings.get(column)))
                    && (widest == -1 || widths[column] > widths[widest])
                    && !stays(column)) {
                widest = column;
            }
        }
        return widest;
    }

    private boolean stays(int column) {
        return whole.contains(headings.get(column))
                || rows.stream().anyMatch(row -> TIME.matcher(row.get(column)).matches());
    }

    private int[] widths() {
        return IntStream.range(0, headings.size())
                .map(column ->
                        Math.max(
                                width(headings.get(column)),
                                rows.stream()
                                        .mapToInt(row -> width(row.get(column)))
                                        .max()
                                        .orElse(0)))
                .toArray();
    }

    private static int total(int[] widths, String gap) {
        return Arrays.stream(widths).sum() + gap.length() * (widths.length - 1);
    }

    private void print(PrintStream stream, Style style, String indent, int[] widths, String gap) {
        stream.println(indent + style.dim(line(headings, widths, gap)));
        rows.forEach(row -> stream.println(indent + line(row, widths, gap)));
        stream.flush();
    }

    private static String line(List<String> cells, int[] widths, String gap) {
        return IntStream.range(0, cells.size())
                .mapToObj(column -> {
                    String cell = fitted(cells.get(column), widths[column]);
                    return column == cells.size() - 1 ? cell : padded(cell, widths[column]);
                })
                .collect(Collectors.joining(gap));
    }

    /// Of an identity the end tells one from another, of other texts the beginning.
    private static String fitted(String cell, int width) {
        int length = width(cell);
        if (length <= width) {
            return cell;
        }
        return cell.contains("spiffe://")
                ? "…" + cell.substring(cell.offsetByCodePoints(0, length - width + 1))
                : cell.substring(0, cell.offsetByCodePoints(0, width - 1)) + "…";
    }

    private static String padded(String cell, int width) {
        return cell + " ".repeat(width - width(cell));
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
