package dev.signet.issuer.lifecycle;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A controller that may have to wait until the API server serves what it watches.
public interface ControllerSource {

    /// Constant, for logs.
    String name();

    /// Opens the controller; it watches at once.
    ///
    /// @return empty: the API server does not serve its resource; asked again later, silently
    Optional<Controller> open();

    /// One that is served wherever `served` says so.
    static ControllerSource of(String name, BooleanSupplier served, Supplier<Controller> opening) {
        return new ControllerSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<Controller> open() {
                return served.getAsBoolean() ? Optional.of(opening.get()) : Optional.empty();
            }
        };
    }

    /// One that is always served.
    static ControllerSource of(String name, Supplier<Controller> opening) {
        return of(name, () -> true, opening);
    }
}
