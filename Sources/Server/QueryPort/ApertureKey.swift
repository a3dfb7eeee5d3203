import Base

/// Where a server is and who asks, in one text: what ApertureDB's clients read from the environment variable
/// `APERTUREDB_KEY`.
///
/// It is base64 of a JSON list: the version 2, flags, `host:port`, the file of the authority that the client
/// must trust, and a user's token without its `adbp_`.
public struct ApertureKey: Sendable {
    /// How to connect.
    public enum Transport: Sendable {
        /// Frames at the query port.
        case wire
        /// HTTP at `/api`.
        case rest
    }

    public var address: ServerConfiguration.Address
    public var transport: Transport
    /// The path of a PEM file on the client's machine; `nil` where the system's authorities will do.
    public var authority: String?
    /// As `GenerateToken` gives it.
    public var token: String

    public init(
        address: ServerConfiguration.Address, transport: Transport = .wire, authority: String?, token: String
    ) {
        self.address = address
        self.transport = transport
        self.authority = authority
        self.token = token
    }

    /// Bits of the list's second element.
    private enum Flag {
        static let tls: Int64 = 1
        static let rest: Int64 = 2
        static let verifiesHostName: Int64 = 8
    }
    /// What clients strip off a token, and put in front of it again.
    private static let tokenPrefix = "adbp_"

    /// The text of the variable. Whoever has it can log in.
    public var text: String {
        let flags = Flag.tls | Flag.verifiesHostName | (transport == .rest ? Flag.rest : 0)
        let secret = token.hasPrefix(ApertureKey.tokenPrefix) ? String(token.dropFirst(5)) : token
        // Clients split the port off at the last colon, so that the host's brackets would stay.
        let host = "\(address.host):\(address.port)"
        let list: Value = .array([
            2, .integer(flags), .string(host), authority.map { .string($0) } ?? .null, .string(secret),
        ])
        var encoded: [UInt8] = []
        Base64.append(Array(list.json.utf8)[...], to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }
}
