package dev.signet.issuer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class ArchitectureTest {

    private final JavaClasses classes =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.signet.issuer");

    @Test
    void eachPackageKnowsOnlyWhatItNeeds() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("process")
                .definedBy("dev.signet.issuer")
                .layer("kinds")
                .definedBy("dev.signet.issuer.certmanager", "dev.signet.issuer.csr")
                .layer("pod")
                .definedBy("dev.signet.issuer.pod")
                .layer("trust")
                .definedBy("dev.signet.issuer.trust")
                .layer("signing")
                .definedBy("dev.signet.issuer.signing")
                .layer("connection")
                .definedBy("dev.signet.issuer.connection")
                .layer("health")
                .definedBy("dev.signet.issuer.health")
                .layer("lifecycle")
                .definedBy("dev.signet.issuer.lifecycle")
                .layer("queue")
                .definedBy("dev.signet.issuer.queue")
                .layer("request")
                .definedBy("dev.signet.issuer.request")
                .layer("api")
                .definedBy("dev.signet.issuer.api")
                .whereLayer("process")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("kinds")
                .mayOnlyBeAccessedByLayers("process")
                .whereLayer("pod")
                .mayOnlyBeAccessedByLayers("process")
                .whereLayer("trust")
                .mayOnlyBeAccessedByLayers("process")
                .whereLayer("health")
                .mayOnlyBeAccessedByLayers("process")
                .whereLayer("signing")
                .mayOnlyBeAccessedByLayers("process", "kinds", "pod")
                .whereLayer("connection")
                .mayOnlyBeAccessedByLayers("process", "kinds", "pod", "trust", "signing")
                .whereLayer("lifecycle")
                .mayOnlyBeAccessedByLayers("process", "kinds", "pod", "trust", "connection")
                .whereLayer("queue")
                .mayOnlyBeAccessedByLayers(
                        "process", "kinds", "pod", "trust", "connection", "lifecycle", "health")
                .whereLayer("request")
                .mayOnlyBeAccessedByLayers("kinds", "pod", "signing", "connection")
                .check(classes);
    }

    @Test
    void readingRequestsAndSigningKnowNothingOfKubernetes() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.signet.issuer.request",
                        "dev.signet.issuer.signing",
                        "dev.signet.issuer.queue")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(classes);
    }

    @Test
    void onlyRequestsAreParsedWithBouncyCastle() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.signet.issuer.request")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .check(classes);
    }

    @Test
    void theServerIsNoPartOfIt() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.signet.ca..")
                .check(classes);
    }

    @Test
    void timeIsInjected() {
        noClasses().should().callMethod(Instant.class, "now").check(classes);
    }
}
