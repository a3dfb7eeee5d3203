/// What a login gives: tokens that stand for the user for a while. Nothing else is told of them later.
public struct Session: Sendable {
    /// To be sent with every request.
    public var sessionToken: String
    /// Good once, for another session.
    public var refreshToken: String
    /// From now on.
    public var sessionLifetime: Duration
    /// From now on.
    public var refreshLifetime: Duration
    /// Who logged in.
    public var principal: Principal
}
