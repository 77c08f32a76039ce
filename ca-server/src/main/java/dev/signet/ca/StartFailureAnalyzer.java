package dev.signet.ca;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Says in a sentence why the server does not start, where that is a setting's or the environment's
/// fault. Listed in META-INF/spring.factories.
public final class StartFailureAnalyzer implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        String sentence = sentence(failure);
        return sentence == null
                ? null
                : new FailureAnalysis(sentence, "See docs/configuration.md.", failure);
    }

    /// @return null where the failure is not one that an operator can put right by a setting
    static @Nullable String sentence(Throwable failure) {
        List<Throwable> causes = causes(failure);
        for (Throwable cause : causes) {
            if (cause instanceof UnboundConfigurationPropertiesException unbound) {
                UnknownSettings unknown =
                        new UnknownSettings(SettingNames.of(SignetSettings.class, "signet"));
                return unbound.getUnboundProperties().stream()
                        .map(p -> unknown.unknown(p.getName().toString(), where(p)))
                        .collect(Collectors.joining("\n"));
            }
        }
        // The innermost one of ours, whose messages are written for operators.
        for (Throwable cause : causes.reversed()) {
            String message = cause.getMessage();
            if (message != null
                    && (cause instanceof IllegalArgumentException
                            || cause instanceof IllegalStateException)
                    && thrownBySignet(cause)) {
                return message;
            }
        }
        return null;
    }

    private static boolean thrownBySignet(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith("dev.signet.");
    }

    private static String where(ConfigurationProperty property) {
        return property.getOrigin() == null
                ? "of unknown origin"
                : String.valueOf(property.getOrigin());
    }

    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure;
                cause != null && !causes.contains(cause);
                cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }
}
