package dev.signet.cli.admin;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.remote.AdminClient;
import dev.signet.cli.remote.AdminRequest;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// From the first digits of a serial number or of an authority's id, as lists show them, to the
/// whole. Only ever to one: several are named, none is chosen.
final class ShortNumbers {

    /// As many as lists show: of a serial number 8 for the hour of expiry and 8 random ones.
    static final int SHOWN = 16;

    private static final int SERIAL_DIGITS = 40;
    private static final int LEAST_OF_SERIAL = 12;
    private static final int ID_DIGITS = 64;
    private static final int LEAST_OF_ID = 8;
    private static final int MOST_NAMED = 10;

    private ShortNumbers() {}

    /// As a list shows it.
    static String shown(String whole) {
        return whole.length() <= SHOWN ? whole : whole.substring(0, SHOWN);
    }

    /// The digits of a serial number as people write it: colons, upper case.
    ///
    /// @throws ParameterException when it is none, or too short to tell anything
    static String serialDigits(CommandSpec spec, String text) {
        String digits = text.replace(":", "").replace("…", "").toLowerCase(Locale.ROOT);
        if (!digits.matches("[0-9a-f]{1," + SERIAL_DIGITS + "}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'"
                            + text
                            + "' is no serial number (expected: "
                            + SERIAL_DIGITS
                            + " hexadecimal digits, or the first "
                            + LEAST_OF_SERIAL
                            + " or more)");
        }
        if (digits.length() < LEAST_OF_SERIAL) {
            throw new ParameterException(
                    spec.commandLine(),
                    "serial number '"
                            + text
                            + "' is too short: give its first "
                            + LEAST_OF_SERIAL
                            + " or more digits, as `signet certificates list` shows them");
        }
        return digits;
    }

    /// The whole serial number of the one certificate on record that begins so.
    ///
    /// @param digits as [#serialDigits] gives them
    static String serial(AdminClient client, String digits) {
        if (digits.length() == SERIAL_DIGITS) {
            return digits;
        }
        List<String> found = new ArrayList<>();
        List<String> named = new ArrayList<>();
        JsonNode items =
                client.send(
                                AdminRequest.get("/v1/certificates")
                                        .with("serialNumber", digits)
                                        .with("limit", MOST_NAMED))
                        .body()
                        .path("items");
        for (JsonNode item : items) {
            String serial = Shown.text(item, "serialNumber");
            found.add(serial);
            named.add(serial + "  " + Shown.text(item, "spiffeId"));
        }
        return one("serial number", digits, found, named, "signet certificates list");
    }

    /// The whole id of the one authority whose id begins so.
    static String authority(AdminClient client, String text) {
        String beginning = text.replace(":", "").toLowerCase(Locale.ROOT);
        if (beginning.length() == ID_DIGITS) {
            return beginning;
        }
        if (beginning.length() < LEAST_OF_ID) {
            throw new CommandFailedException(
                    "TOO_SHORT",
                    "authority id '"
                            + text
                            + "' is too short: give its first "
                            + LEAST_OF_ID
                            + " or more digits, as `signet authorities list` shows them");
        }
        List<String> found = new ArrayList<>();
        List<String> named = new ArrayList<>();
        for (JsonNode item :
                client.send(AdminRequest.get(AuthoritiesCommands.PATH)).body().path("items")) {
            String id = Shown.text(item, "id");
            if (id.startsWith(beginning)) {
                found.add(id);
                named.add(id + "  " + Shown.text(item, "subject"));
            }
        }
        return one("authority id", text, found, named, "signet authorities list");
    }

    private static String one(
            String what, String given, List<String> found, List<String> named, String list) {
        return switch (found.size()) {
            case 0 ->
                    throw new CommandFailedException(
                            "NOT_FOUND",
                            "no " + what + " begins with '" + given + "': see `" + list + "`");
            case 1 -> found.getFirst();
            default ->
                    throw new CommandFailedException(
                            "AMBIGUOUS",
                            "'"
                                    + given
                                    + "' is the beginning of several; give more digits of one\n"
                                    + String.join("\n", named));
        };
    }
}
