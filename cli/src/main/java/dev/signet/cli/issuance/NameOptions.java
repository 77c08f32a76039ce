package dev.signet.cli.issuance;

import dev.signet.client.SubjectRequest;

import picocli.CommandLine.Option;

import java.util.List;

/// Names that a certificate is requested to have beside its SPIFFE ID.
final class NameOptions {

    @Option(
            names = "--dns",
            paramLabel = "NAME",
            description = "Requested DNS name; may be repeated.")
    private List<String> dnsNames = List.of();

    @Option(
            names = "--ip",
            paramLabel = "ADDRESS",
            description = "Requested IP address; may be repeated.")
    private List<String> ipAddresses = List.of();

    @Option(
            names = "--email",
            paramLabel = "ADDRESS",
            description = "Requested e-mail address; may be repeated.")
    private List<String> emailAddresses = List.of();

    @Option(
            names = "--uri",
            paramLabel = "URI",
            description = "Requested URI beside the SPIFFE ID; may be repeated.")
    private List<String> uris = List.of();

    SubjectRequest.Names names() {
        return new SubjectRequest.Names(dnsNames, ipAddresses, emailAddresses, uris, List.of());
    }
}
