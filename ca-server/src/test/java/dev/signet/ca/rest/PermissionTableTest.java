package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class PermissionTableTest {

    private static final Pattern ROW =
            Pattern.compile(
                    "\\| `([a-zA-Z]+)` \\| [^|]* \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|");

    @Test
    void thePublishedTableIsTheOneThatDecides() throws Exception {
        Map<String, Set<Role>> published = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ProblemTest.document("admin-api.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<Role> roles = EnumSet.noneOf(Role.class);
                for (Role role : Role.values()) {
                    if (row.group(2 + role.ordinal()).strip().equals("yes")) {
                        roles.add(role);
                    }
                }
                published.put(row.group(1), roles);
            }
        }
        Map<String, Set<Role>> decides = new LinkedHashMap<>();
        Arrays.stream(Operation.values())
                .forEach(operation -> decides.put(operation.id(), operation.roles()));
        assertThat(published).isEqualTo(decides);
    }
}
