package dev.signet.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Rows under headings, in columns as wide as they need be. Not thread-safe.
public final class Table {

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

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

    /// @param indent put before each line
    public void print(PrintStream stream, Style style, String indent) {
        int[] widths =
                IntStream.range(0, headings.size())
                        .map(column ->
                                Math.max(
                                        width(headings.get(column)),
                                        rows.stream()
                                                .mapToInt(row -> width(row.get(column)))
                                                .max()
                                                .orElse(0)))
                        .toArray();
        stream.println(indent + style.dim(line(headings, widths)));
        rows.forEach(row -> stream.println(indent + line(row, widths)));
        stream.flush();
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(column ->
                        column == cells.size() - 1
                                ? cells.get(column)
                                : padded(cells.get(column), widths[column]))
                .collect(Collectors.joining("   "));
    }

    private static String padded(String cell, int width) {
        return cell + " ".repeat(width - width(cell));
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
