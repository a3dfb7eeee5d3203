import Base
import Foundation
#if canImport(Glibc)
    import Glibc
#endif
import TestSupport
import Testing

/// Commands that go through the process that holds the store.
@Suite(.serialized) struct HolderTests {
    private func serve(_ fovea: Fovea, _ more: String...) throws -> (running: Fovea.Running, port: UInt16) {
        let running = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"] + more)
        let line = try #require(try running.firstLine(), "\(running.errorsSoFar)")
        let bound = try #require(try JSON.parse(line).objectValue?["http"]?.stringValue)
        return (running, try #require(UInt16(bound.split(separator: ":").last ?? "")))
    }

    @Test func `a server killed under a command is named by it, and the command goes on when run again`()
        throws
    {
        let fovea = try Fovea()
        let count = 3_000
        for index in 0..<count {
            try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: index), to: "data/\(index).ppm")
        }
        let data = fovea.folder.url.appendingPathComponent("data").path
        let (server, _) = try serve(fovea)
        let add = fovea.start(["add", data, "--json"])
        _ = try #require(try add.firstLine(), "\(add.errorsSoFar)")
        kill(server.process.processIdentifier, SIGKILL)
        _ = try server.finish()
        let broken = try add.finish()
        #expect(broken.status == 2)
        #expect(broken.errors.contains("process \(server.process.processIdentifier), which held the store"))
        #expect(broken.errors.contains("Run the command again"))
        #expect(!broken.errors.contains("HTTPClientError"), "\(broken.errors)")
        let verdicts = broken.output.split(separator: 0x0A)
        #expect(verdicts.count < count, "it was done before the server was killed")
        // What it had printed is there, and the rest comes.
        let before = try #require(Int(try fovea.run("count").text.dropLast()))
        #expect(before >= verdicts.count - 1 && before <= count)
        #expect(try fovea.run("add", data).status == 0)
        #expect(try fovea.run("count").text == "\(count)\n")
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `commands are served however many browsers are connected`() throws {
        let fovea = try Fovea()
        try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: 1), to: "data/a.ppm")
        let data = fovea.folder.url.appendingPathComponent("data").path
        let (server, port) = try serve(fovea, "--max-connections", "1")
        let first = try connect(port)
        defer { close(first) }
        // The second is told that there are too many: then the first counts.
        let second = try connect(port)
        var buffer = [UInt8](repeating: 0, count: 12)
        #expect(recv(second, &buffer, buffer.count, CInt(MSG_WAITALL)) == 12)
        #expect(String(decoding: buffer, as: UTF8.self) == "HTTP/1.1 503")
        close(second)
        #expect(try fovea.run("add", data).status == 0)
        #expect(try fovea.run("count").text == "1\n")
        server.process.terminate()
        #expect(try server.finish().status == 0)
    }

    @Test(.enabled(if: HolderTests.canMount, "this process may not mount a file system to make it read-only"))
    func `on a file system that is read-only nothing is left behind`() throws {
        let fovea = try Fovea()
        let temporary = try TemporaryFolder()
        #expect(mount(fovea.store, fovea.store, nil, UInt(MS_BIND), nil) == 0)
        defer { umount2(fovea.store, CInt(MNT_DETACH)) }
        #expect(mount(nil, fovea.store, nil, UInt(MS_REMOUNT) | UInt(MS_BIND) | UInt(MS_RDONLY), nil) == 0)
        let place = ["TMPDIR": temporary.url.path]
        #expect(try fovea.run("count", environment: place).text == "0\n")
        let refused = try fovea.run(["label", "--tagger", "blur"], environment: place)
        #expect(refused.status != 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path).isEmpty)
    }

    /// Whether this process may mount file systems: root may, outside a container that takes that away.
    private static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(),
            mount("tmpfs", folder.url.path, "tmpfs", 0, "size=64k") == 0
        else { return false }
        return umount2(folder.url.path, CInt(MNT_DETACH)) == 0
    }()

    /// A connection to a port of this machine.
    private func connect(_ port: UInt16) throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(descriptor >= 0 && status == 0)
        return descriptor
    }
}
