/// By what a request proves who sends it: its `Authorization` header, read.
enum Credentials: Sendable, Equatable {
    /// `Bearer` (RFC 6750, section 2.1): of a session, or of a user.
    case token(String)
    /// `Basic` (RFC 7617), as browsers send it once they have asked their user.
    case password(username: String, password: String)
    /// A key of Cortex's and Sieve's paths: in `X-RapidAPI-Key` or `X-API-Key`, or as `Bearer`.
    case key(String)

    /// What a key begins with.
    private static let keyPrefix = "fvk_"

    /// - Parameters:
    ///   - header: The value of `Authorization`; `nil` where there is none.
    ///   - key: The value of `X-RapidAPI-Key` or `X-API-Key`, which counts where there is no other.
    init?(_ header: String?, key: String?) {
        if let credentials = Credentials(header) {
            self = credentials
        } else if header == nil, let key, !key.isEmpty {
            self = .key(key)
        } else {
            return nil
        }
    }

    /// - Parameter header: The value of `Authorization`; `nil` where there is none.
    /// - Returns: `nil` for nothing, another scheme, and what is not written as its scheme wants it.
    init?(_ header: String?) {
        guard let header, let space = header.firstIndex(of: " ") else { return nil }
        let value = header[space...].drop { $0 == " " }
        guard !value.isEmpty else { return nil }
        switch header[..<space].lowercased() {
        case "bearer" where value.hasPrefix(Credentials.keyPrefix): self = .key(String(value))
        case "bearer": self = .token(String(value))
        case "basic":
            // A user's name has no colon in it, a password may.
            guard let bytes = Base64.decode(Array(value.utf8)),
                let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":")
            else { return nil }
            self = .password(
                username: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
        default: return nil
        }
    }
}
