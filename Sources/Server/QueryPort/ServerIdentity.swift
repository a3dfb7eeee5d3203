import Certificates
import Engine
import Logging
import ServiceLifecycle
public import SystemPackage

/// The certificate that a store's server shows: one of its own, kept below the store, or the operator's.
public struct ServerIdentity: Sendable {
    let tls: ServerTLS
    /// The store's own; `nil` where the operator has brought one.
    private let folder: TLSFolder?
    private let names: [String]
    private let clientAuthorities: FilePath?

    /// Makes the certificates of the store at `directory`, where it has none.
    /// - Returns: the file of the authority that clients must trust.
    /// - Throws: ``EngineError/Code/failed`` where they cannot be read or written.
    public static func prepare(storeAt directory: FilePath) throws -> FilePath {
        let folder = ServerIdentity.folder(of: directory)
        _ = try prepare(folder, names: TLSFolder.localNames)
        return folder.authority
    }

    /// - Returns: the identity, and whether its authority is new.
    static func load(
        storeAt directory: FilePath, _ configuration: ServerConfiguration
    ) throws -> (ServerIdentity, isNewAuthority: Bool) {
        let clients = configuration.clientAuthorities
        if let files = configuration.identity {
            let tls = try ServerTLS(
                certificates: files.certificate.string, key: files.key.string,
                clientAuthorities: clients?.string)
            return (ServerIdentity(tls: tls, folder: nil, names: [], clientAuthorities: clients), false)
        }
        let folder = folder(of: directory)
        let bound = [configuration.wire, configuration.https].compactMap { $0 }
        let names = TLSFolder.localNames
        let more = bound.filter { !$0.isWildcard && !names.contains($0.host) }.map(\.host)
        let outcome = try prepare(folder, names: names + more)
        let tls = try ServerTLS(
            certificates: folder.certificate.string, key: folder.key.string,
            clientAuthorities: clients?.string)
        let identity = ServerIdentity(
            tls: tls, folder: folder, names: names + more, clientAuthorities: clients)
        return (identity, outcome == .made)
    }

    /// Makes the store's own certificate anew where it nears its end; connections from here on see it.
    /// - Returns: whether it did.
    func renew(now: Int? = nil) throws -> Bool {
        guard let folder, try ServerIdentity.prepare(folder, names: names, now: now) != .unchanged else {
            return false
        }
        try tls.replace(
            certificates: folder.certificate.string, key: folder.key.string,
            clientAuthorities: clientAuthorities?.string)
        return true
    }

    /// What clients must trust; `nil` where the operator has told them.
    var authority: FilePath? { folder?.authority }

    // MARK: - Private

    private static func folder(of directory: FilePath) -> TLSFolder { TLSFolder(directory.appending("tls")) }

    private static func prepare(
        _ folder: TLSFolder, names: [String], now: Int? = nil
    ) throws -> TLSFolder.Outcome {
        do {
            return try folder.prepare(names: names, now: now)
        } catch {
            throw EngineError(.failed, error.message, cause: error)
        }
    }
}

/// Has the store's own certificate made anew before it ends, for servers that run that long.
struct CertificateRenewal: Service {
    let identity: ServerIdentity
    private static let logger = Logger(label: "fovea")

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Sleeping is cut short where the server ends.
            while (try? await Task.sleep(for: .seconds(43_200))) != nil { renew() }
        }
    }

    private func renew() {
        do {
            guard try identity.renew() else { return }
            CertificateRenewal.logger.notice("the server's certificate was made anew")
        } catch {
            CertificateRenewal.logger.error(
                "the server's certificate could not be made anew", metadata: ["error": "\(error)"])
        }
    }
}
