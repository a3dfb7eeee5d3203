import Foundation
import Media
import Testing

/// Real photographs from outside the repository.
@Suite struct PhotographTests {
    private static let folder: URL = {
        let path = ProcessInfo.processInfo.environment["FOVEA_TEST_DATA"]
        return path.map { URL(fileURLWithPath: $0) }
            ?? CodecOracle.repository.deletingLastPathComponent().appendingPathComponent("shared")
    }()

    private static let photographs: [URL] = {
        let folders = ["data/coco128/images/train2017", "data/photos"].map {
            folder.appendingPathComponent($0)
        }
        let files = folders.flatMap {
            (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? []
        }
        return files.filter { $0.pathExtension == "jpg" }.sorted { $0.path < $1.path }
    }()

    @Test(.enabled(if: !photographs.isEmpty, "no photographs in FOVEA_TEST_DATA"))
    func `photographs decode to the pixels that Pillow shows`() throws {
        let lines = try CodecOracle.run("codec_pixels.py", PhotographTests.photographs.map(\.path))
        for (file, line) in zip(PhotographTests.photographs, lines.split(separator: "\n")) {
            let raster = try ImageCodec.decode(CodecOracle.bytes(file)).raster
            let mode = raster.channels == 1 ? "L" : "RGB"
            #expect(
                "\(crc32(raster.pixels)) \(raster.width) \(raster.height) \(mode)" == line, "\(file.path)")
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["FOVEA_REQUIRE_TEST_DATA"] == "1"))
    func `the photographs are there`() {
        #expect(PhotographTests.photographs.count > 100)
    }
}
