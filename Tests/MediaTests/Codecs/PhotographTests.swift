import Foundation
import Media
import TestSupport
import Testing

/// Real photographs from outside the repository.
@Suite(.onOwnThreads) struct PhotographTests {
    private static let photographs: [URL] = {
        let folders = ["data/coco128/images/train2017", "data/photos"].map {
            Surroundings.testFolder.appendingPathComponent($0)
        }
        let files = folders.flatMap {
            (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? []
        }
        return files.filter { $0.pathExtension == "jpg" }.sorted { $0.path < $1.path }
    }()

    @Test(.enabled(if: !photographs.isEmpty, "no photographs in FOVEA_TEST_DATA"))
    func `photographs decode to the pixels that Pillow shows`() throws {
        let lines = try PythonOracle.lines(of: "codec_pixels.py", PhotographTests.photographs.map(\.path))
        for (file, line) in zip(PhotographTests.photographs, lines) {
            let raster = try ImageCodec.decode(contents(of: file)).raster
            let mode = raster.channels == 1 ? "L" : "RGB"
            #expect(
                "\(crc32(raster.pixels)) \(raster.width) \(raster.height) \(mode)" == line, "\(file.path)")
        }
    }

    @Test(.disabled(if: Surroundings.mayLeaveOut, "FOVEA_REQUIRE_TEST_DATA is not 1"))
    func `the photographs are there`() {
        #expect(PhotographTests.photographs.count > 100)
    }
}
