import Base
import Engine
import SystemPackage
import Testing

@testable import Server

/// A disk that fills up under the server.
@Suite(.serialized) struct FullDiskTests {
    @Test(.enabled(if: ServedStore.canMount, "this process may not mount a file system to fill it up"))
    func `a full disk answers uploads with 507, keeps what was taken, and takes more once there is room`()
        async throws
    {
        try await ServedStore.run(disk: "7m") { served in
            let ballast = served.directory.removingLastComponent().appending("ballast")
            let file = try FileDescriptor.open(
                ballast, .writeOnly, options: .create, permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll([UInt8](repeating: 1, count: 1 << 20)) }
            func picture(_ seed: Int) -> [UInt8] {
                // The comment tells pictures apart whose pixels are the same.
                Array("P6\n# \(seed)\n300 200\n255\n".utf8)
                    + [UInt8](repeating: UInt8(seed & 255), count: 180_000)
            }
            var taken: [(id: String, bytes: [UInt8])] = []
            var refusals = 0
            for seed in 0..<200 where refusals < 3 {
                let answer = try await served.answer("POST", "/v1/entities/Image", body: picture(seed))
                if answer.status == 201 {
                    let verdict = answer.json?["verdicts"]?.arrayValue?.first?.objectValue
                    taken.append((try #require(verdict?["_uniqueid"]?.stringValue), picture(seed)))
                } else {
                    #expect(answer.status == 507, "\(answer.text)")
                    #expect(answer.json?["error"]?.objectValue?["code"] == "disk_full")
                    refusals += 1
                }
            }
            #expect(refusals == 3 && taken.count > 2)
            let count = try await served.answer("POST", "/v1/entities/Image/count", json: "{}")
            #expect(count.text == #"{"count":\#(taken.count)}"#)
            for (id, bytes) in taken {
                let blob = try await served.answer("GET", "/v1/entities/Image/\(id)/blob")
                #expect(blob.status == 200 && blob.body == bytes)
            }
            try served.remove(ballast)
            let after = try await served.answer("POST", "/v1/entities/Image", body: picture(999))
            #expect(after.status == 201, "\(after.text)")
        }
    }
}
