import Engine
import NIOCore
import NIOSSL
import Synchronization

/// How the server proves who it is, and whom it lets in: a certificate with its key, and the authorities of
/// clients where these must have a certificate too. TLS 1.2 or later.
final class ServerTLS: Sendable {
    private let context: Mutex<NIOSSLContext>

    /// - Parameters:
    ///   - certificates: A PEM file, the server's own certificate first.
    ///   - key: A PEM file.
    ///   - clientAuthorities: A PEM file of the authorities one of which must have signed a client's
    ///     certificate; `nil` asks for none.
    /// - Throws: ``EngineError/Code/invalidRequest`` that names the file that is missing or unreadable.
    init(certificates: String, key: String, clientAuthorities: String? = nil) throws {
        context = Mutex(
            try ServerTLS.context(certificates: certificates, key: key, clientAuthorities: clientAuthorities))
    }

    /// Uses other files for connections that come from here on.
    func replace(certificates: String, key: String, clientAuthorities: String?) throws {
        let fresh = try ServerTLS.context(
            certificates: certificates, key: key, clientAuthorities: clientAuthorities)
        context.withLock { $0 = fresh }
    }

    /// What a connection's pipeline begins with.
    func makeHandler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: context.withLock { $0 })
    }

    // MARK: - Private

    private static func context(
        certificates: String, key: String, clientAuthorities: String?
    ) throws -> NIOSSLContext {
        let chain = try read(certificates, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        let privateKey = try read(key, "key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.shutdownTimeout = .seconds(2)
        if let clientAuthorities {
            let roots = try read(clientAuthorities, "clients' authority") {
                try NIOSSLCertificate.fromPEMFile($0)
            }
            configuration.trustRoots = .certificates(roots)
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw EngineError(
                .invalidRequest,
                "the certificate \(certificates) and the key \(key) do not make a server: \(error)",
                cause: error)
        }
    }

    private static func read<Value>(
        _ file: String, _ what: String, _ body: (String) throws -> Value
    ) throws
        -> Value
    {
        do {
            return try body(file)
        } catch {
            throw EngineError(
                .invalidRequest, "the \(what) \(file) cannot be read, or is no PEM file: \(error)",
                cause: error)
        }
    }
}
