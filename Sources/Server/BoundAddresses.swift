public import SystemPackage

/// Where a server has come to listen.
public struct BoundAddresses: Sendable {
    public var http: ServerConfiguration.Address?
    public var https: ServerConfiguration.Address?
    public var wire: ServerConfiguration.Address?
    /// The authority that clients must trust, where TLS is served with the store's own certificate.
    public var authority: FilePath?
    /// Whether that authority was made now, so that clients do not know it yet.
    public var isNewAuthority = false
    /// Whether there is anybody who can log in.
    public var hasUsers = false
}
