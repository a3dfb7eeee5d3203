import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage
import TestSupport
import Testing

@testable import Certificates

/// A store's own certificates, made, kept and made anew.
@Suite struct TLSFolderTests {
    private static let now = 1_800_000_000
    private static let day = 86_400
    private static let names = ["localhost", "127.0.0.1", "::1", "camera-7"]

    /// A folder that is not there yet, in one that goes with this value.
    private final class Home {
        let folder: TLSFolder
        private let temporary: TemporaryFolder

        init() throws {
            temporary = try TemporaryFolder()
            folder = TLSFolder(temporary.path.appending("tls"))
        }
    }

    private func text(_ file: FilePath) throws -> String {
        let descriptor = try FileDescriptor.open(file, .readOnly)
        return try descriptor.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    private func permissions(_ file: FilePath) -> mode_t {
        var status = stat()
        return stat(file.string, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `only this user may read the keys`() throws {
        let home = try Home()
        defer { withExtendedLifetime(home) {} }
        let folder = home.folder
        #expect(try folder.prepare(names: Self.names, now: Self.now) == .made)
        #expect(permissions(folder.authorityKey) == 0o600)
        #expect(permissions(folder.key) == 0o600)
        #expect(permissions(folder.path) == 0o700)
    }

    @Test(
        "the server's certificate lasts 825 days and the authority's ten years, and openssl agrees",
        .enabled(if: Surroundings.hasPrograms("openssl")))
    func openssl() throws {
        let home = try Home()
        defer { withExtendedLifetime(home) {} }
        let folder = home.folder
        _ = try folder.prepare(names: Self.names, now: Self.now)
        for (days, isGood) in [(0, true), (824, true), (826, false)] {
            let outcome = try Program.run(
                "openssl",
                [
                    "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", folder.authority.string,
                    "-attime", "\(Self.now + days * Self.day)", folder.certificate.string,
                ])
            #expect((outcome.status == 0) == isGood, "after \(days) days: \(outcome.everything)")
        }
        for (days, isGood) in [(3_652, true), (3_654, false)] {
            let outcome = try Program.run(
                "openssl",
                [
                    "verify", "-CAfile", folder.authority.string, "-attime",
                    "\(Self.now + days * Self.day)", folder.authority.string,
                ])
            #expect((outcome.status == 0) == isGood, "after \(days) days: \(outcome.everything)")
        }
        for (option, name, isGood) in [
            ("-checkhost", "localhost", true), ("-checkhost", "camera-7", true),
            ("-checkip", "127.0.0.1", true), ("-checkip", "::1", true),
            ("-checkhost", "example.org", false), ("-checkip", "10.0.0.1", false),
        ] {
            let outcome = try Program.run(
                "openssl", ["x509", "-noout", option, name, "-in", folder.certificate.string])
            #expect(outcome.text.contains("does match") == isGood, "\(name): \(outcome.text)")
        }
    }

    @Test func `certificates stay as they are until the server's nears its end, then it alone is new`() throws
    {
        let home = try Home()
        defer { withExtendedLifetime(home) {} }
        let folder = home.folder
        #expect(try folder.prepare(names: Self.names, now: Self.now) == .made)
        let (authority, server) = (try text(folder.authority), try text(folder.certificate))
        #expect(try folder.prepare(names: Self.names, now: Self.now + 760 * Self.day) == .unchanged)
        #expect(try text(folder.certificate) == server)
        #expect(try folder.prepare(names: Self.names, now: Self.now + 770 * Self.day) == .renewed)
        #expect(try text(folder.authority) == authority)
        #expect(try text(folder.certificate) != server)
        #expect(try folder.prepare(names: Self.names, now: Self.now + 770 * Self.day) == .unchanged)
        // In the end the authority is new as well, and clients must be told.
        #expect(try folder.prepare(names: Self.names, now: Self.now + 3_600 * Self.day) == .made)
        #expect(try text(folder.authority) != authority)
    }

    @Test func `another name makes another certificate, fewer names do not`() throws {
        let home = try Home()
        defer { withExtendedLifetime(home) {} }
        let folder = home.folder
        _ = try folder.prepare(names: Self.names, now: Self.now)
        #expect(try folder.prepare(names: ["localhost"], now: Self.now) == .unchanged)
        #expect(try folder.prepare(names: Self.names + ["192.168.1.5"], now: Self.now) == .renewed)
        #expect(try folder.prepare(names: ["192.168.1.5"], now: Self.now) == .unchanged)
    }

    @Test func `a certificate that is gone, or of another authority, is made anew`() throws {
        let home = try Home()
        defer { withExtendedLifetime(home) {} }
        let folder = home.folder
        _ = try folder.prepare(names: Self.names, now: Self.now)
        unlink(folder.certificate.string)
        #expect(try folder.prepare(names: Self.names, now: Self.now) == .renewed)
        unlink(folder.key.string)
        #expect(try folder.prepare(names: Self.names, now: Self.now) == .renewed)
        let other = TLSFolder(folder.path.removingLastComponent().appending("other"))
        _ = try other.prepare(names: Self.names, now: Self.now)
        #expect(rename(other.certificate.string, folder.certificate.string) == 0)
        #expect(rename(other.key.string, folder.key.string) == 0)
        #expect(try folder.prepare(names: Self.names, now: Self.now) == .renewed)
        // What is left of a creation that was killed is no authority.
        unlink(folder.authority.string)
        #expect(try folder.prepare(names: Self.names, now: Self.now) == .made)
    }

    @Test func `a file that is something else is named, and stays`() throws {
        let home = try Home()
        defer { withExtendedLifetime(home) {} }
        let folder = home.folder
        _ = try folder.prepare(names: Self.names, now: Self.now)
        let descriptor = try FileDescriptor.open(folder.certificate, .writeOnly, options: [.truncate])
        try descriptor.closeAfter { _ = try descriptor.writeAll("no certificate".utf8) }
        let error = #expect(throws: CertificateError.self) {
            try folder.prepare(names: Self.names, now: Self.now)
        }
        #expect(error?.message.contains(folder.certificate.string) == true)
        #expect(try text(folder.certificate) == "no certificate")
    }

    @Test func `a folder that cannot be made is an error that names it`() throws {
        let error = #expect(throws: CertificateError.self) {
            _ = try TLSFolder("/proc/nothing/tls").prepare(names: Self.names)
        }
        #expect(error?.message.contains("/proc/nothing/tls") == true)
    }
}
