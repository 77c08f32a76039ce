package dev.signet.issuer.api;

import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/// An issuer for the requests of every namespace.
// Else the interface would have it read as a resource of any kind.
@JsonDeserialize(using = JsonDeserializer.None.class)
@Group(IssuerKind.GROUP)
@Version("v1alpha1")
@Kind("SignetClusterIssuer")
@Plural("signetclusterissuers")
public final class SignetClusterIssuer extends CustomResource<IssuerSpec, IssuerStatus>
        implements IssuerResource {

    private static final long serialVersionUID = 1L;

    @Override
    public IssuerRef ref() {
        return IssuerRef.cluster(getMetadata().getName());
    }
}
