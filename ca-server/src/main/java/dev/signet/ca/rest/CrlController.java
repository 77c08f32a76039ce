package dev.signet.ca.rest;

import dev.signet.ca.status.CrlInventory;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;

/// The CRLs of this replica. Their octets are on the plain HTTP port, where anybody gets them.
@RestController
final class CrlController {

    private final CrlInventory inventory;

    CrlController(CrlInventory inventory) {
        this.inventory = inventory;
    }

    record Crl(
            @Field("Authority that signed it") String authorityId,
            @Field(
                            value =
                                    "0: all of its certificates, in the full CRL; 1: all of its"
                                            + " certificates; 2 n and 2 n + 1: the halves of n",
                            least = 0,
                            most = 8191)
                    int shard,
            @Field("CRL number, grows within a shard") long number,
            @Field("thisUpdate") Instant thisUpdate,
            @Field("nextUpdate") Instant nextUpdate,
            @Field("Certificates that it names") int entries,
            @Field("Length of its DER") int bytes,
            @Field("Where it is on the plain HTTP port") String path,
            @Field("URIs that certificates name it by") List<String> uris) {

        static Crl of(CrlInventory.Description crl) {
            return new Crl(
                    crl.authorityId(),
                    crl.shard(),
                    crl.number(),
                    crl.thisUpdate(),
                    crl.nextUpdate(),
                    crl.entries(),
                    crl.octets(),
                    crl.path(),
                    crl.uris());
        }
    }

    record All(@Field("By authority, then by shard") List<Crl> items) {}

    @GetMapping("/v1/crls")
    @Performs(Operation.LIST_CRLS)
    All list() {
        return new All(inventory.crls().stream().map(Crl::of).toList());
    }
}
