import Base
import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ImageAnalysisTests {
    private func asFile(_ bytes: [UInt8]) -> Raster {
        Raster(width: bytes.count, height: 1, channels: 1, pixels: bytes)
    }

    private func hash(_ bytes: ArraySlice<UInt8>) -> PerceptualHash {
        PerceptualHash(bits: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    @Test("hashes of PNG files are imagehash's", .enabled(if: PythonOracle.isAvailable))
    func hashesOfPNGFiles() throws {
        let seed: UInt64 = 91
        var random = SeededGenerator(seed: seed)
        let pictures = (0..<80).map { _ in
            OperationOracle.Job(
                name: "png",
                raster: random.raster(
                    width: random.side(upTo: 200), height: random.side(upTo: 200), channels: random.channels()
                ))
        }
        let files = try OperationOracle.answers(pictures).map(\.bytes)
        let answers = try OperationOracle.answers(
            files.map { OperationOracle.Job(name: "file_hashes", raster: asFile($0)) })
        for (index, (file, answer)) in zip(files, answers).enumerated() {
            let facts = try ImageAnalysis.analyse(file)
            let pixels = try #require(facts.pixels)
            #expect(pixels.pHash == hash(answer.bytes[0..<8]), "seed \(seed), picture \(index)")
            #expect(pixels.dHash == hash(answer.bytes[8..<16]), "seed \(seed), picture \(index)")
            #expect(facts.format == .png && facts.decodeError == nil)
            #expect(facts.header?.width == pictures[index].raster.width)
            #expect(pixels.channels.count == min(pictures[index].raster.channels, 3))
        }
    }

    @Test(.enabled(if: PythonOracle.isAvailable && OperationOracle.hasPhotographs))
    func `hashes of photographs are imagehash's`() throws {
        let data = Surroundings.testFolder.appendingPathComponent("data")
        var files: [[UInt8]] = []
        for folder in ["photos", "coco128/images/train2017"] {
            let folder = data.appendingPathComponent(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            where name.hasSuffix(".jpg") {
                files.append([UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))
            }
        }
        let answers = try OperationOracle.answers(
            files.map { OperationOracle.Job(name: "file_hashes", raster: asFile($0)) })
        #expect(files.count > 100)
        for (index, (file, answer)) in zip(files, answers).enumerated() {
            let facts = try ImageAnalysis.analyse(file)
            // imagehash does not turn a picture upright, we do.
            guard facts.header?.orientation == 1 else { continue }
            #expect(facts.decodeError == nil, "photograph \(index)")
            #expect(facts.pixels?.pHash == hash(answer.bytes[0..<8]), "photograph \(index)")
            #expect(facts.pixels?.dHash == hash(answer.bytes[8..<16]), "photograph \(index)")
        }
    }

    @Test func `a file that only begins like an image has facts with its error`() throws {
        let raster = Raster(
            width: 60, height: 50, channels: 3, pixels: [UInt8](repeating: 90, count: 60 * 50 * 3))
        let png = try ImageCodec.encode(raster, as: .png())
        let beginning = try ImageAnalysis.analyse(Array(png[..<10]))
        #expect(beginning.format == .png && beginning.decodeError != nil)
        #expect(beginning.header == nil && beginning.pixels == nil)
        let bomb = try ImageAnalysis.analyse(png, maxPixels: 2_999)
        #expect(bomb.header?.width == 60 && bomb.pixels == nil && bomb.decodeError != nil)
        let sound = try ImageAnalysis.analyse(png, maxPixels: 3_000)
        #expect(sound.decodeError == nil)
        #expect(sound.pixels?.channels.map(\.mean) == [90, 90, 90])
        #expect(sound.pixels?.channels.map { $0.histogram[90] } == [3_000, 3_000, 3_000])
    }

    @Test func `every truncation of a JPEG and of a PNG has facts or a clear error`() throws {
        var random = SeededGenerator(seed: 17)
        let raster = random.raster(width: 24, height: 17, channels: 3)
        for encoding in [Encoding.jpeg(quality: 80), .png()] {
            let file = try ImageCodec.encode(raster, as: encoding)
            for count in 0..<file.count {
                do {
                    let facts = try ImageAnalysis.analyse(Array(file[..<count]))
                    #expect(facts.pixels != nil || facts.decodeError != nil, "\(encoding), \(count) bytes")
                } catch {
                    #expect(count < 8 && !error.message.isEmpty, "\(encoding), \(count) bytes: \(error)")
                }
            }
        }
    }

    @Test func `bytes that are no image throw`() {
        let error = #expect(throws: MediaError.self) { try ImageAnalysis.analyse(Array("name,label\n".utf8)) }
        #expect(error?.code == .unknownFormat)
        #expect(throws: MediaError.self) { try ImageAnalysis.analyse([]) }
    }
}
