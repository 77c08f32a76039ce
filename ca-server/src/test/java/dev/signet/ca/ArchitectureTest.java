package dev.signet.ca;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noConstructors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.certificate.SignedCertificate;
import dev.signet.ca.ledger.RecordedCertificate;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/// What may be used where, beside the package arrows of [ModularityTest].
class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.signet.ca");

    private static DescribedPredicate<JavaClass> named(String suffix) {
        return describe(
                "named *" + suffix, type -> outermost(type).getSimpleName().endsWith(suffix));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static DescribedPredicate<JavaClass> startingWith(String prefix) {
        return describe(
                "named " + prefix + "*",
                type -> outermost(type).getSimpleName().startsWith(prefix));
    }

    @Test
    void bouncyCastleStaysWhereX509IsWrittenAndRead() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.signet.ca.certificate",
                        "dev.signet.ca.authority",
                        "dev.signet.ca.crypto",
                        "dev.signet.ca.status")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .check(CLASSES);
    }

    @Test
    void grpcAndItsMessagesStayAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.signet.ca.wire")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.grpc..", "dev.signet.proto..", "com.google.protobuf..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void R10_whatACertificationRequestAsksForReachesNoticesAlone() {
        noClasses()
                .that(not(named("Notices")))
                .should()
                .callMethod(dev.signet.ca.certificate.SigningRequest.class, "requested")
                .check(CLASSES);
    }

    @Test
    void sqlStaysInClassesNamedJdbc() {
        noClasses()
                .that(
                        not(startingWith("Jdbc"))
                                .and(not(named("Configuration")))
                                .and(not(startingWith("Migrations"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..")
                .check(CLASSES);
    }

    @Test
    void springStaysAtTheEdges() {
        noClasses()
                .that(
                        not(named("Configuration"))
                                .and(not(named("Settings")))
                                .and(not(startingWith("Jdbc")))
                                .and(not(startingWith("package-info")))
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "dev.signet.ca",
                                                        "dev.signet.ca.rest",
                                                        "dev.signet.ca.wire"))))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.springframework..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "org.springframework.modulith..",
                                                        "org.springframework.transaction.support"))))
                .check(CLASSES);
    }

    @Test
    void timeIsInjected() {
        noClasses()
                .that(not(named("Configuration")))
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void fieldsAreNotInjected() {
        fields().should()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .andShould()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Value")
                .andShould()
                .notBeAnnotatedWith("jakarta.inject.Inject")
                .andShould()
                .notBeAnnotatedWith("jakarta.annotation.Resource")
                .check(CLASSES);
    }

    @Test
    void noMocksAndNoOldNullAnnotations() {
        JavaClasses all = new ClassFileImporter().importPackages("dev.signet.ca");
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.mockito..", "javax.annotation..", "org.springframework.lang..")
                .check(all);
    }

    /// Promise 1: what is signed and not recorded does not get out.
    @Test
    void onlyTheAuthorityMakesSignedCertificates() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.signet.ca.authority")
                .should()
                .callConstructorWhere(madeOf(SignedCertificate.class))
                .check(CLASSES);
    }

    @Test
    void onlyLedgerAndAuthorityReadTheOctetsOfASignedCertificate() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.signet.ca.authority", "dev.signet.ca.ledger")
                .should()
                .callMethod(SignedCertificate.class, "der")
                .check(CLASSES);
    }

    @Test
    void theEdgeDoesNotKnowSignedCertificates() {
        noClasses()
                .that()
                .resideInAPackage("dev.signet.ca.wire")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(SignedCertificate.class)
                .check(CLASSES);
    }

    @Test
    void onlyTheLedgerMakesRecordedCertificates() {
        noConstructors()
                .that()
                .areDeclaredIn(RecordedCertificate.class)
                .should()
                .bePublic()
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.signet.ca.ledger")
                .should()
                .callConstructorWhere(madeOf(RecordedCertificate.class))
                .check(CLASSES);
    }

    @Test
    void onlyTheServersIdentityIsEvidenceOfThisServer() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.signet.ca.wire.ServerIdentity")
                .should()
                .callConstructorWhere(madeOf(Evidence.ThisServer.class))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaAccess<?>> madeOf(Class<?> type) {
        return describe(
                "of " + type.getSimpleName(),
                access ->
                        access.getTargetOwner().isEquivalentTo(type)
                                && access.getTarget()
                                        .getName()
                                        .equals(JavaConstructor.CONSTRUCTOR_NAME));
    }
}
