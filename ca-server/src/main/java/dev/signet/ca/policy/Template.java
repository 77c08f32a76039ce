package dev.signet.ca.policy;

import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with gaps that a request fills. A value is put in as it is or the whole is refused; it is
/// never read as part of the template (R13). Immutable.
record Template(List<Part> parts) {

    // The braces' content is matched as a whole: no part of it can be a brace.
    private static final Pattern ATTRIBUTE =
            Pattern.compile("attributes(?:\\[\"([^\"\\\\{}]{1,256})\"]|\\.([A-Za-z_]\\w{0,255}))");

    /// Which characters a value may have where it is put in.
    interface Allowed {
        boolean test(int codePoint);
    }

    sealed interface Part {
        record Literal(String text) implements Part {}

        record TrustDomainName() implements Part {}

        record Value(Operand operand) implements Part {}
    }

    sealed interface Rendered {
        record Text(String text) implements Rendered {}

        /// @param why a clause for the operator
        record Refused(String why) implements Rendered {}
    }

    Template {
        parts = List.copyOf(parts);
    }

    /// @return null when the text is no template, which is said
    static @Nullable Template parse(Scalar text, Findings findings) {
        return parse(text.value(), text, 0, findings);
    }

    /// @param offset of the part in the scalar, in chars
    static @Nullable Template parse(String part, Scalar scalar, int offset, Findings findings) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        while (from < part.length()) {
            int open = part.indexOf('{', from);
            int stray = part.indexOf('}', from);
            int close = open < 0 ? -1 : part.indexOf('}', open);
            if (open < 0 ? stray >= 0 : close < 0 || stray < open) {
                findings.error(
                        at(scalar, offset + (open < 0 ? stray : open)),
                        "A brace without its counterpart");
                return null;
            }
            if (open < 0) {
                parts.add(new Part.Literal(part.substring(from)));
                break;
            }
            if (open > from) {
                parts.add(new Part.Literal(part.substring(from, open)));
            }
            String name = part.substring(open + 1, close);
            Part value = placeholder(name);
            if (value == null) {
                findings.error(
                        at(scalar, offset + open),
                        "Templates know no {"
                                + name
                                + "} (expected: {trustDomain}, {attributes[\"...\"]} or"
                                + " {evidence.subject})");
                return null;
            }
            if (value instanceof Part.Value(Operand.Attribute(String key))) {
                int start = offset + open;
                findings.needsAttribute(key, () -> at(scalar, start));
            }
            parts.add(value);
            from = close + 1;
        }
        return new Template(parts);
    }

    private static Position at(Scalar scalar, int chars) {
        return scalar.at(scalar.value().codePointCount(0, chars));
    }

    private static @Nullable Part placeholder(String name) {
        if (name.equals("trustDomain")) {
            return new Part.TrustDomainName();
        }
        if (name.equals(Variables.SUBJECT)) {
            return new Part.Value(new Operand.Variable(Variables.SUBJECT));
        }
        Matcher attribute = ATTRIBUTE.matcher(name);
        if (!attribute.matches()) {
            return null;
        }
        String key = attribute.group(1) != null ? attribute.group(1) : attribute.group(2);
        return new Part.Value(new Operand.Attribute(key));
    }

    Rendered render(RequestInput input, TrustDomain trustDomain, Allowed allowed) {
        if (parts.size() == 1 && parts.getFirst() instanceof Part.Literal(String text)) {
            return new Rendered.Text(text);
        }
        StringBuilder rendered = new StringBuilder(64);
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String text) -> rendered.append(text);
                case Part.TrustDomainName() -> rendered.append(trustDomain.name());
                case Part.Value(Operand operand) -> {
                    String value = operand.read(input);
                    if (value == null) {
                        return new Rendered.Refused("the evidence has no " + operand.text());
                    }
                    if (value.isEmpty() || !value.codePoints().allMatch(allowed::test)) {
                        return new Rendered.Refused(
                                operand.text()
                                        + " is empty or has a character that may not be there");
                    }
                    rendered.append(value);
                }
            }
        }
        return new Rendered.Text(rendered.toString());
    }

    /// As it looks when each value is that text.
    String sample(TrustDomain trustDomain, String value) {
        StringBuilder sample = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String text) -> sample.append(text);
                case Part.TrustDomainName() -> sample.append(trustDomain.name());
                case Part.Value(Operand _) -> sample.append(value);
            }
        }
        return sample.toString();
    }

    boolean isLiteral() {
        return parts.stream().allMatch(Part.Literal.class::isInstance);
    }
}
