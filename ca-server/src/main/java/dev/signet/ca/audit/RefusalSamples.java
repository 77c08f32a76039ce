package dev.signet.ca.audit;

import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/// Refusals of one minute with their detail: a bounded number, shared out fairly. Callers whose
/// evidence was verified have places of their own, and every caller a few of them at most, so that
/// neither a stranger nor one broken workload leaves no room for another's. Thread-safe.
final class RefusalSamples {

    /// For callers whose evidence was verified.
    static final int VERIFIED_PLACES = 128;

    static final int PLACES_OF_A_SUBJECT = 8;

    /// For all others.
    static final int OTHER_PLACES = 32;

    static final int PLACES_OF_AN_ADDRESS = 4;

    /// Of an IPv6 address: the part that a provider gives to one customer.
    private static final int NETWORK_BYTES = 8;

    private final Places verified = new Places(VERIFIED_PLACES, PLACES_OF_A_SUBJECT);
    private final Places others = new Places(OTHER_PLACES, PLACES_OF_AN_ADDRESS);

    void add(RefusedRequest request, Instant at) {
        if (request.verified()) {
            verified.add(
                    new Key(
                            request.refusal().code(),
                            request.kind(),
                            request.subject(),
                            request.spiffeId(),
                            request.rule()),
                    request,
                    at);
        } else {
            others.add(
                    new Key(
                            request.refusal().code(),
                            request.kind(),
                            network(request.address()),
                            request.spiffeId(),
                            request.refusal().diagnosis()),
                    request,
                    at);
        }
    }

    List<RecordedRefusal> records(String replica) {
        List<RecordedRefusal> records = new ArrayList<>();
        verified.addTo(records, replica);
        others.addTo(records, replica);
        return records;
    }

    /// What shares the places of one address.
    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            // A literal: nothing is looked up.
            if (InetAddress.ofLiteral(address) instanceof Inet6Address v6) {
                byte[] network = v6.getAddress();
                for (int i = NETWORK_BYTES; i < network.length; i++) {
                    network[i] = 0;
                }
                return Inet6Address.getByAddress(null, network, -1).getHostAddress();
            }
            return address;
        } catch (IllegalArgumentException | UnknownHostException _) {
            return address;
        }
    }

    /// @param caller subject or network
    /// @param cause what tells refusals of the same code apart
    private record Key(
            RefusalCode code, String kind, String caller, String spiffeId, String cause) {}

    private record Sample(
            RefusedRequest request, Instant at, LongAdder times, AtomicReference<Instant> last) {}

    private static final class Places {

        private final int places;
        private final int placesOfOne;
        private final ConcurrentHashMap<Key, Sample> samples = new ConcurrentHashMap<>();
        private final Map<String, Integer> byCaller = new HashMap<>();
        private volatile boolean full;

        Places(int places, int placesOfOne) {
            this.places = places;
            this.placesOfOne = placesOfOne;
        }

        void add(Key key, RefusedRequest request, Instant at) {
            Sample known = samples.get(key);
            if (known == null) {
                known = full ? null : admit(key, request, at);
            }
            if (known != null) {
                known.times.increment();
                known.last.setPlain(at);
            }
        }

        private synchronized @Nullable Sample admit(Key key, RefusedRequest request, Instant at) {
            Sample raced = samples.get(key);
            if (raced != null) {
                return raced;
            }
            if (full) {
                return null;
            }
            int taken = byCaller.getOrDefault(key.caller, 0);
            if (taken >= placesOfOne) {
                return null;
            }
            byCaller.put(key.caller, taken + 1);
            Sample sample = new Sample(request, at, new LongAdder(), new AtomicReference<>(at));
            samples.put(key, sample);
            full = samples.size() >= places;
            return sample;
        }

        void addTo(List<RecordedRefusal> records, String replica) {
            samples.values().stream()
                    .map(sample ->
                            new RecordedRefusal(
                                    sample.at,
                                    sample.last.getPlain(),
                                    sample.times.sum(),
                                    replica,
                                    sample.request))
                    .filter(record -> record.refusals() > 0)
                    .forEach(records::add);
        }
    }
}
