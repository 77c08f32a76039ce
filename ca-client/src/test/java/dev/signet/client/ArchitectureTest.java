package dev.signet.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class ArchitectureTest {

    private final JavaClasses classes =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.signet.client");

    @Test
    void packagesDependInOneDirection() {
        slices().matching("dev.signet.client.(*)..").should().beFreeOfCycles().check(classes);
        noClasses()
                .that()
                .resideInAnyPackage("dev.signet.client.internal", "dev.signet.client.rotation")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.signet.client")
                .check(classes);
    }

    @Test
    void onlyTheLibraryItselfUsesItsInternals() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.signet.client..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.signet.client.internal")
                .check(new ClassFileImporter().importPackages("dev.signet"));
    }

    @Test
    void timeIsInjected() {
        noClasses()
                .that()
                .doNotHaveSimpleName("SystemTimeline")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(classes);
    }

    @Test
    void timingKnowsNeitherKeysNorNetworks() {
        noClasses()
                .that()
                .resideInAPackage("dev.signet.client.rotation")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.security..", "javax..", "io.grpc..", "dev.signet.proto..")
                .check(classes);
    }
}
