import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Server

/// Where each client's interpreter is: `FOVEA_CLIENTS`, else `.tools/clients`.
private enum ClientInterpreter {
    private static let folder =
        ProcessInfo.processInfo.environment["FOVEA_CLIENTS"].map { URL(fileURLWithPath: $0) }
        ?? Surroundings.repository.appendingPathComponent(".tools/clients")

    static func path(_ client: String) -> String {
        folder.appendingPathComponent("\(client)/bin/python").path
    }

    static let areThere = ["vdms", "aperture-0.2", "aperture-0.4", "aperture-0.5"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: path($0))
    }
}

/// The clients that the query port is for, as their users install them.
@Suite(.serialized, .enabled(if: ClientInterpreter.areThere)) struct ClientTests {
    /// A program that did not end well.
    private struct Failure: Error {
        let text: String
    }

    /// What each way of connecting came to.
    private static func ways(
        of client: String, _ served: ServedPort, otherAuthority: String, more: [String] = []
    ) async throws -> [String: String] {
        let key = ApertureKey(
            address: ServerConfiguration.Address(host: "localhost", port: served.port),
            authority: served.authorityFile.string, token: MemoryAuthority.userToken)
        return try await served.onThread {
            let script = Surroundings.repository.appendingPathComponent("Tests/Oracles/query_port_clients.py")
            let outcome = try Program.run(
                ClientInterpreter.path(client),
                [
                    script.path, "localhost", "\(served.port)", "\(served.https)",
                    served.authorityFile.string,
                    otherAuthority, MemoryAuthority.password, MemoryAuthority.userToken, key.text,
                ] + more)
            guard outcome.status == 0 else {
                throw Failure(text: outcome.everything)
            }
            return try JSONDecoder().decode([String: String].self, from: outcome.output)
        }
    }

    private static let (good, failed) = ("ok aperture ada", "failed")

    private static let expected: [String: [String: String]] = [
        "aperture-0.2": [
            "plain": good, "tls": good, "clone": good, "token": good, "refresh": good,
            "wrong password": failed, "wrong token": failed,
        ],
        "aperture-0.4": [
            "plain": good, "tls": good, "clone": good, "token": good, "refresh": good, "unverified": good,
            "rest": good, "rest tls": good, "rest tls at the query port": good, "rest token": good,
            "rest refresh": good, "key": good, "wrong password": failed, "wrong token": failed,
            "wrong authority": failed, "system's authorities": failed, "rest wrong password": failed,
            "rest wrong authority": failed,
        ],
        "aperture-0.5": [
            "plain": good, "tls": good, "clone": good, "token": good, "refresh": good, "unverified": good,
            "rest": good, "rest tls": good, "rest tls at the query port": good, "rest token": good,
            "rest refresh": good, "key": good, "no name": good, "rejected session": good,
            "rest rejected session": good, "wrong password": failed, "wrong token": failed,
            "wrong authority": failed, "system's authorities": failed, "rest wrong password": failed,
            "rest wrong authority": failed,
        ],
    ]

    @Test(
        "ApertureDB's clients are served in every way they know, and refused where they must be",
        arguments: ["aperture-0.2", "aperture-0.4", "aperture-0.5"])
    func aperture(client: String) async throws {
        let other = try TemporaryFolder()
        defer { withExtendedLifetime(other) {} }
        let otherAuthority = try ServerIdentity.prepare(storeAt: other.path).string
        try await ServedPort.run { served in
            let ways = try await Self.ways(of: client, served, otherAuthority: otherAuthority)
            #expect(ways == Self.expected[client])
        }
    }

    @Test func `VDMS's client is served in the clear and by TLS, in the anonymous role`() async throws {
        let other = try TemporaryFolder()
        defer { withExtendedLifetime(other) {} }
        let otherAuthority = try ServerIdentity.prepare(storeAt: other.path).string
        try await ServedPort.run(authority: MemoryAuthority(role: "reader")) { served in
            let ways = try await Self.ways(of: "vdms", served, otherAuthority: otherAuthority)
            #expect(
                ways == ["plain": "ok vdms reader", "tls": "ok vdms reader", "wrong authority": "failed"])
        }
        try await ServedPort.run { served in
            let ways = try await Self.ways(of: "vdms", served, otherAuthority: otherAuthority)
            #expect(Set(ways.values) == ["failed"])
        }
    }

    @Test(.enabled(if: Surroundings.hasPrograms("openssl")))
    func `where clients must have certificates, only one that has is served`() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let authority = folder.path.appending("ca.pem").string
        try Self.openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=clients", "-days", "2", "-keyout", folder.path.appending("ca.key").string, "-out", authority)
        let (key, certificate) = (
            folder.path.appending("c.key").string, folder.path.appending("c.pem").string
        )
        try Self.openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=client", "-days", "2", "-CA", authority, "-CAkey", folder.path.appending("ca.key").string,
            "-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:FALSE",
            "-keyout",
            key, "-out", certificate)
        try await ServedPort.run(
            authority: MemoryAuthority(role: "reader"), plain: .nowhere,
            clientAuthorities: folder.path.appending("ca.pem")
        ) { served in
            let ways = try await Self.ways(
                of: "vdms", served, otherAuthority: authority, more: [certificate, key])
            #expect(
                ways == [
                    "plain": "failed", "tls": "failed", "wrong authority": "failed",
                    "mutual tls": "ok vdms reader",
                ])
        }
    }

    private static func openssl(_ arguments: String...) throws {
        let outcome = try Program.run("openssl", arguments)
        guard outcome.status == 0 else { throw Failure(text: outcome.everything) }
    }
}
