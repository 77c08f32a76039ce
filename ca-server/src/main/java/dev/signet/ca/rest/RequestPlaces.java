package dev.signet.ca.rest;

import dev.signet.ca.privilege.Role;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// Who may have how many requests at a time: nobody all of them, and of those that no other caller
/// can use some are kept for admins and security officers, who suspend and revoke. Thread-safe;
/// never blocks.
final class RequestPlaces {

    private static final Set<Role> PRIVILEGED = EnumSet.of(Role.ADMIN, Role.SECURITY_OFFICER);

    private final Semaphore shared;
    private final Semaphore reserve;
    private final int perCaller;
    private final Map<String, Integer> callers = new HashMap<>();

    /// @param requests of all callers; a quarter as many are the reserve beside them
    RequestPlaces(int requests) {
        int quarter = Math.max(1, requests / 4);
        this.shared = new Semaphore(requests);
        this.reserve = new Semaphore(quarter);
        this.perCaller = Math.max(1, requests - quarter);
    }

    /// Whether the caller, whose body has not been read, may have one more request. If so, it gives
    /// it back with [#leave].
    boolean enter(AdminCaller caller) {
        synchronized (callers) {
            int held = callers.getOrDefault(key(caller), 0);
            if (held >= perCaller) {
                return false;
            }
            callers.put(key(caller), held + 1);
            return true;
        }
    }

    void leave(AdminCaller caller) {
        synchronized (callers) {
            callers.computeIfPresent(key(caller), (_, held) -> held == 1 ? null : held - 1);
        }
    }

    /// A place for a whole request; the caller releases it.
    ///
    /// @return null: none is free
    @org.jspecify.annotations.Nullable
    Semaphore acquire(AdminCaller caller) {
        if (shared.tryAcquire()) {
            return shared;
        }
        boolean privileged = caller.roles().stream().anyMatch(PRIVILEGED::contains);
        return privileged && reserve.tryAcquire() ? reserve : null;
    }

    private static String key(AdminCaller caller) {
        return caller.actor().kind() + ' ' + caller.actor().subject();
    }
}
