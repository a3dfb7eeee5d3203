import Base
import Blobs

/// A secret text that stands for a session or a user. It exists here only on its way in or out: what is kept
/// is its digest.
struct AccessToken: Sendable {
    /// What a token is for.
    enum Kind: String, Sendable {
        /// Stands for a session.
        case session = "adbs_"
        /// Gets a new session when the old one ends.
        case refresh = "adbr_"
        /// Stands for a user until it is taken away.
        case user = "adbp_"
        /// Lets somebody ask Cortex's paths who is no user.
        case key = "fvk_"
    }

    let text: String

    /// The letters and digits that follow the kind: 43 of 62 are 256 bits.
    private static let length = 43
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    /// By so many characters people know a token.
    static let prefixLength = 13
    /// Of a user's token, which may come from elsewhere.
    private static let lengths = 32...128

    /// A fresh one, from the system's source of random numbers.
    static func make(_ kind: Kind) -> AccessToken {
        var generator = SystemRandomNumberGenerator()
        var text = kind.rawValue
        for _ in 0..<length {
            text.unicodeScalars.append(
                Unicode.Scalar(alphabet[Int.random(in: alphabet.indices, using: &generator)]))
        }
        return AccessToken(text: text)
    }

    /// A token of a user, as `GenerateToken` or another server has made it.
    /// - Throws: ``EngineError/Code/invalidRequest`` for anything that somebody could have thought up.
    static func user(_ text: String, path: String) throws(EngineError) -> AccessToken {
        let rest = text.utf8.dropFirst(Kind.user.rawValue.utf8.count)
        guard text.hasPrefix(Kind.user.rawValue), lengths.contains(rest.count),
            rest.allSatisfy({ alphabet.contains($0) }), Set(rest).count >= 10
        else {
            throw EngineError(
                .invalidRequest,
                "no token: one is 'adbp_' and \(lengths.lowerBound) to \(lengths.upperBound) random letters and digits; GenerateToken makes them",
                path: path)
        }
        return AccessToken(text: text)
    }

    /// The first characters of a token, or a text that is no longer than these.
    static func prefix(of text: String) -> String { String(text.prefix(prefixLength)) }

    /// A look-up by the digest takes as long however much of a token is right.
    var digest: SHA256Digest { SHA256Digest(hashing: Array(text.utf8)) }
}
