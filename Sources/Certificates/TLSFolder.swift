import Crypto
#if canImport(Glibc)
    import Glibc
#endif
import SwiftASN1
public import SystemPackage
import X509

/// The folder of a store's own certificates: an authority, and what it has signed for the server.
///
/// `ca.pem` is what clients are told to trust; it stays for ten years. `server.pem` is made anew from the
/// authority's key when it nears its end, or when the server gets another name.
public struct TLSFolder: Sendable {
    /// What ``prepare(names:now:)`` did.
    public enum Outcome: Sendable, Hashable {
        /// Everything was there and good.
        case unchanged
        /// The server has another certificate, of the same authority.
        case renewed
        /// There is another authority: clients must be told of it.
        case made
    }

    public let path: FilePath

    public init(_ path: FilePath) { self.path = path }

    /// What clients trust.
    public var authority: FilePath { path.appending("ca.pem") }
    /// The authority's key. Only this user may read it.
    public var authorityKey: FilePath { path.appending("ca.key") }
    /// What the server shows.
    public var certificate: FilePath { path.appending("server.pem") }
    /// The server's key. Only this user may read it.
    public var key: FilePath { path.appending("server.key") }

    /// A certificate that ends sooner is made anew.
    private static let reserve = 60 * 86_400

    /// Sees to it that there are certificates that are good for `names`.
    /// - Parameters:
    ///   - names: Host names and addresses that clients reach the server by; at least one.
    ///   - now: Seconds since 1970; `nil` for what the clock says.
    /// - Throws: ``CertificateError`` where a file cannot be read or written, or holds something else.
    public func prepare(names: [String], now: Int? = nil) throws(CertificateError) -> Outcome {
        let now = now ?? time(nil)
        do {
            if mkdir(path.string, 0o700) != 0, errno != EEXIST {
                throw CertificateError("cannot make the folder \(path): \(Errno(rawValue: errno))")
            }
            if isThere(authority) {
                let server = isThere(certificate) && isThere(key) ? try read(certificate, key) : nil
                let isSigned = try server.map { try isOurs($0.certificate) } ?? false
                if let server, isSigned, server.end - now > TLSFolder.reserve, try server.names(names) {
                    return .unchanged
                }
                let signer = try read(authority, authorityKey)
                if signer.end - now > TLSFolder.reserve {
                    try write(CertificateMaker.server(names, signedBy: signer, now: now), certificate, key)
                    return .renewed
                }
            }
            let host = TLSFolder.localNames.last ?? "this machine"
            let signer = try CertificateMaker.authority(of: host, now: now)
            // The server's first: an authority without it would look whole after a crash.
            try write(CertificateMaker.server(names, signedBy: signer, now: now), certificate, key)
            try write(signer, authority, authorityKey)
            return .made
        } catch let error as CertificateError {
            throw error
        } catch {
            throw CertificateError("cannot make a certificate in \(path): \(error)", cause: error)
        }
    }

    /// This machine's names, as clients on it and elsewhere may know it: loopback's, and last its own.
    public static var localNames: [String] {
        var name = [CChar](repeating: 0, count: 256)
        let loopback = ["localhost", "127.0.0.1", "::1"]
        guard gethostname(&name, name.count - 1) == 0 else { return loopback }
        let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return host.isEmpty || loopback.contains(host) ? loopback : loopback + [host]
    }

    // MARK: - Private

    private func isThere(_ file: FilePath) -> Bool { access(file.string, F_OK) == 0 }

    /// Whether the authority that is there has signed a certificate.
    private func isOurs(_ certificate: Certificate) throws -> Bool {
        let signer = try Certificate(pemEncoded: try contents(of: authority))
        return signer.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    private func read(_ certificate: FilePath, _ key: FilePath) throws -> KeyedCertificate {
        let texts = (try contents(of: certificate), try contents(of: key))
        do {
            return KeyedCertificate(
                certificate: try Certificate(pemEncoded: texts.0),
                key: try P256.Signing.PrivateKey(pemRepresentation: texts.1))
        } catch {
            throw CertificateError(
                "\(certificate) and \(key) are no certificate and key that Fovea made; remove the folder \(path) to have new ones made, or name your own with --tls-cert and --tls-key",
                cause: error)
        }
    }

    private func contents(of file: FilePath) throws -> String {
        do {
            let descriptor = try FileDescriptor.open(file, .readOnly)
            return try descriptor.closeAfter {
                var bytes = [UInt8](repeating: 0, count: 64 << 10)
                let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                return String(decoding: bytes[..<count], as: UTF8.self)
            }
        } catch let error as Errno {
            throw CertificateError("cannot read \(file): \(error)", cause: error)
        }
    }

    /// Writes the key before the certificate that goes with it, each under its final name only when it is
    /// whole and on the disk.
    private func write(_ pair: KeyedCertificate, _ certificate: FilePath, _ key: FilePath) throws {
        try write(pair.key.pemRepresentation + "\n", to: key, permissions: 0o600)
        try write(try pair.certificate.serializeAsPEM().pemString + "\n", to: certificate, permissions: 0o644)
    }

    private func write(_ text: String, to file: FilePath, permissions: CInterop.Mode) throws {
        let fresh = FilePath(file.string + ".new")
        do {
            unlink(fresh.string)
            let descriptor = try FileDescriptor.open(
                fresh, .writeOnly, options: [.create, .exclusiveCreate],
                permissions: FilePermissions(rawValue: permissions))
            try descriptor.closeAfter {
                try descriptor.writeAll(text.utf8)
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(fresh.string, file.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            throw CertificateError("cannot write \(file): \(error)", cause: error)
        }
    }
}
