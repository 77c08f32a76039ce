package dev.signet.ca;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTest {

    @Test
    void packageArrowsAreThoseThatPackageInfosAllow() {
        ApplicationModules.of("dev.signet.ca").verify();
    }
}
