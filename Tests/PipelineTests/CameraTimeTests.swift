import Base
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

@Suite struct CameraTimeTests {
    @Test(
        arguments: [
            ("1700000000", 1_700_000_000_000_000), ("1700000000250", 1_700_000_000_250_000),
            ("1700000000250500", 1_700_000_000_250_500), ("1700000000250500999", 1_700_000_000_250_500),
            ("1700000000.25", 1_700_000_000_250_000), ("frame-50", 2_000_000), ("000", 0),
            ("2023-11-14T22-13-20", 1_700_000_000_000_000), ("20231114_221320", 1_700_000_000_000_000),
            ("20231114221320", 1_700_000_000_000_000), ("cam2023-11-14 22.13.20.250", 1_700_000_000_250_000),
        ] as [(String, Int64)])
    func `a name says when its picture was taken`(name: String, time: Int64) {
        #expect(CameraTime.microseconds(name, rate: 25) == time)
    }

    @Test(arguments: ["", "gate", "2023-13-14T22-13-20", "12-34", "1.2.3", "99999999999999999999"])
    func `other names say nothing`(name: String) {
        #expect(CameraTime.microseconds(name, rate: 25) == nil)
    }
}

@Suite struct TarWriterTests {
    @Test func `an archive is unpacked by tar, long names and empty files too`() throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "ä", count: 90) + "/" + String(repeating: "x", count: 150) + ".jpg"
        let files = [("a/b.jpg", [UInt8](repeating: 7, count: 1_000)), ("empty", []), (long, [1, 2, 3])]
        let path = folder.path.appending("x.tar")
        let file = try FileDescriptor.open(
            path, .writeOnly, options: .create, permissions: .ownerReadWrite)
        try file.closeAfter {
            let tar = TarWriter(file, time: 1_700_000_000)
            for (name, bytes) in files { try tar.add(name, bytes) }
            try tar.finish()
        }
        let out = folder.path.appending("out")
        _ = try Program.run("mkdir", [out.string])
        let unpacked = try Program.run("tar", ["-xf", path.string, "-C", out.string])
        #expect(unpacked.status == 0, "\(unpacked.everything)")
        for (name, bytes) in files {
            let read = try Program.run("cat", [out.string + "/" + name])
            #expect(read.status == 0 && [UInt8](read.output) == bytes, "\(name)")
        }
    }
}
