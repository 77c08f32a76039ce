package dev.signet.ca.certificate;

/// A subject's name. An instance that exists is valid. Immutable.
///
/// @rfc 5280 4.1.2.6
public sealed interface DistinguishedName permits SubjectName, EncodedName {

    /// Whether it says nothing: then the certificate's further names are critical.
    boolean isEmpty();

    /// DER Name. Not to be changed.
    byte[] der();

    /// RFC 4514, the least significant first; at most 2,048 characters; empty for the empty name.
    String text();
}
