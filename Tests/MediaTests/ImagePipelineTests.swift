import Base
import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads, .enabled(if: PythonOracle.isAvailable)) struct ImagePipelineTests {
    /// The file that Pillow writes of `raster`.
    private func file(_ kind: String, _ raster: Raster, _ parameters: Document = [:]) throws -> [UInt8] {
        try OperationOracle.answers([OperationOracle.Job(name: kind, raster: raster, parameters: parameters)]
        )[0].bytes
    }

    private func raster(_ width: Int, _ height: Int, _ channels: Int, seed: UInt64 = 1) -> Raster {
        var random = SeededGenerator(seed: seed)
        let noise = (0..<64).map { _ in Int.random(in: 0...50, using: &random) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * channels)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    pixels.append(
                        UInt8(
                            clamping: x * 200 / width + y * (channel + 1) / 9 % 40 + noise[(x / 8 + y) % 64]))
                }
            }
        }
        return Raster(width: width, height: height, channels: channels, pixels: pixels)
    }

    private func asFile(_ bytes: [UInt8]) -> Raster {
        Raster(width: bytes.count, height: 1, channels: 1, pixels: bytes)
    }

    @Test func `a PNG file resized to a tensor is Pillow's, in each mode`() throws {
        for (channels, choice, mode) in [
            (1, "automatic", "L"), (3, "automatic", "RGB"), (4, "rgba", "RGBA"), (4, "rgb", "RGB"),
            (3, "gray", "L"),
        ] {
            let png = try file("png", raster(90, 61, channels))
            let job = OperationOracle.Job(
                name: "file_resize", raster: asFile(png),
                parameters: [
                    "to_width": 40, "to_height": 33, "filter": "lanczos", "mode": .string(mode),
                    "draft": false,
                ])
            let answer = try OperationOracle.answers([job])[0]
            let pipeline = try ImagePipeline([
                "decode=full,channels=\(choice)", "resize=40x33,filter=lanczos", "tensor=u8",
            ])
            let output = try pipeline.run(png)
            #expect(output.bytes == answer.bytes, "\(mode)")
            #expect(output.shape == [1, 33, 40, answer.channels])
            #expect(output.element == .uint8 && output.contentType == "application/octet-stream")
        }
    }

    @Test(.enabled(if: OperationOracle.hasPhotographs))
    func `photographs decoded and resized are Pillow's, also from a scaled decode`() throws {
        let folder = Surroundings.testFolder.appendingPathComponent("data/coco128/images/train2017")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().prefix(24)
        var jobs: [OperationOracle.Job] = [], files: [[UInt8]] = []
        let sizes: [(width: Int, isScaled: Bool)] = [(224, false), (100, true), (200, true), (60, true)]
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            files.append(bytes)
            let isGray = try ImageCodec.header(of: bytes).channels == 1
            for size in sizes {
                jobs.append(
                    OperationOracle.Job(
                        name: "file_resize", raster: asFile(bytes),
                        parameters: [
                            "to_width": .integer(Int64(size.width)), "to_height": 90, "filter": "bilinear",
                            "mode": isGray ? "L" : "RGB", "draft": .boolean(size.isScaled),
                        ]))
            }
        }
        let answers = try OperationOracle.answers(jobs)
        for (index, bytes) in files.enumerated() {
            for (offset, size) in sizes.enumerated() {
                let pipeline = try ImagePipeline([
                    size.isScaled ? "decode=scaled" : "decode=full",
                    "resize=\(size.width)x90,filter=bilinear", "tensor=u8",
                ])
                let output = try pipeline.run(bytes)
                #expect(output.bytes == answers[index * sizes.count + offset].bytes, "file \(index), \(size)")
            }
        }
    }

    @Test func `a scaled decode changes no size, and little else`() throws {
        let source = raster(1_203, 805, 3)
        let jpeg = try file("jpeg", source, ["quality": 95])
        let texts = [
            "resize=scale=0.1", "resize=150x", "resize=100x90,box=600:400:600:400", "thumbnail=200x200",
            "letterbox=128",
            "resize=400x300", "resize=2000x",
        ]
        for text in texts {
            let full = try ImagePipeline(["decode=full", text]).raster(jpeg)
            let scaled = try ImagePipeline(["decode=scaled", text]).raster(jpeg)
            #expect(full.size == scaled.size, "\(text)")
            #expect(try ImagePipeline([text]).outputSize(of: source.size) == full.size, "\(text)")
            let difference = zip(full.pixels, scaled.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(Double(difference) / Double(full.pixels.count) < 6, "\(text)")
        }
        // Operations that need every pixel get it.
        for text in ["crop=1,2,300,200", "rotate=90,expand", "grayscale", "centre_crop"] {
            #expect(
                try ImagePipeline(["decode=scaled", text]).raster(jpeg) == ImagePipeline([text]).raster(jpeg),
                "\(text)")
        }
    }

    @Test func `a picture that lies on its side is turned before anything is measured`() throws {
        let jpeg = try file("jpeg", raster(800, 400, 3), ["quality": 90, "orientation": 6])
        let thumbnail = try ImagePipeline(["thumbnail=100"]).raster(jpeg)
        #expect(thumbnail.size == PixelSize(width: 50, height: 100))
        let full = try ImagePipeline(["decode=full", "thumbnail=100"]).raster(jpeg)
        #expect(full.size == thumbnail.size)
        #expect(
            try ImagePipeline(["crop=0,0,400,800"]).raster(jpeg).size == PixelSize(width: 400, height: 800))
        #expect(throws: MediaError.self) { try ImagePipeline(["crop=0,0,800,400"]).raster(jpeg) }
    }

    @Test func `without an output JPEG stays JPEG and all else becomes PNG`() throws {
        let jpeg = try file("jpeg", raster(30, 20, 3), ["quality": 90])
        let png = try file("png", raster(30, 20, 3))
        #expect(try ImagePipeline(["flip=both"]).run(jpeg).contentType == "image/jpeg")
        #expect(try ImagePipeline(["flip=both"]).run(png).contentType == "image/png")
        let output = try ImagePipeline(["flip=both"]).run(png)
        #expect(
            try ImageCodec.decode(output.bytes).raster
                == ImageCodec.decode(png).raster.flipped(across: true, down: true))
        #expect(output.width == 30 && output.height == 20 && output.channels == 3 && output.shape.isEmpty)
    }

    @Test func `alpha is kept where the output can hold it, and dropped otherwise`() throws {
        let source = raster(31, 22, 4)
        let png = try file("png", source)
        let kept = try ImagePipeline(["crop=1,1,20,20"]).run(png)
        #expect(kept.channels == 4)
        let decoded = try ImageCodec.decode(kept.bytes, options: DecodeOptions(layout: .rgba)).raster
        #expect(try decoded == source.cropped(x: 1, y: 1, width: 20, height: 20))
        #expect(try ImagePipeline(["encode=jpeg"]).run(png).channels == 3)
        #expect(try ImagePipeline(["tensor=u8"]).run(png).shape == [1, 22, 31, 3])
        #expect(
            try ImagePipeline(["decode=full,channels=rgba", "tensor=u8"]).run(png).bytes == source.pixels)
        #expect(try ImagePipeline(["decode=full,channels=rgba", "encode=jpeg"]).run(png).channels == 3)
    }

    @Test func `operations are done in the order in which they stand`() throws {
        let source = raster(40, 30, 3)
        let png = try file("png", source)
        let result = try ImagePipeline(["crop=0,0,20,30", "rotate=90,expand", "grayscale", "threshold=90"])
            .raster(png)
        let expected = try source.cropped(x: 0, y: 0, width: 20, height: 30).rotated(
            degrees: 90, expand: true
        )
        .grayscale().thresholded(above: 90)
        #expect(result == expected)
    }

    @Test func `an image, and a result, above the limit are refused`() throws {
        let png = try file("png", raster(40, 30, 3))
        for (texts, limit) in [
            (["flip=both"], 1_199), (["resize=41x30"], 1_229), (["letterbox=35x35"], 1_224),
        ] {
            let error = #expect(throws: MediaError.self) {
                try ImagePipeline(texts).run(png, maxPixels: limit)
            }
            #expect(error?.code == .limitExceeded, "\(texts)")
            #expect(throws: Never.self) { try ImagePipeline(texts).run(png, maxPixels: limit + 1) }
        }
        let error = #expect(throws: MediaError.self) { try ImagePipeline(["resize=65535x65535"]).run(png) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `a file cut short gives what there is of it, and says so`() throws {
        let jpeg = try file("jpeg", raster(300, 200, 3), ["quality": 90])
        let output = try ImagePipeline(["resize=30x20", "tensor=u8"]).run(Array(jpeg[..<(jpeg.count / 2)]))
        #expect(output.decodeError != nil && output.bytes.count == 30 * 20 * 3)
        #expect(try ImagePipeline(["resize=30x20"]).run(jpeg).decodeError == nil)
    }

    @Test func `bytes that are no image are refused`() throws {
        for texts in [[], ["thumbnail=5"], ["decode=scaled", "resize=5"], ["tensor=u8"]] {
            let error = #expect(throws: MediaError.self) {
                try ImagePipeline(texts).run(Array("no image".utf8))
            }
            #expect(error?.code == .unknownFormat)
        }
    }

    @Test func `the size is foretold`() throws {
        let pipeline = try ImagePipeline([
            "resize=scale=0.5", "centre_crop", "rotate=45,expand", "letterbox=9x7",
        ])
        #expect(
            try pipeline.outputSize(of: PixelSize(width: 640, height: 480)) == PixelSize(width: 9, height: 7))
        #expect(throws: MediaError.self) {
            try ImagePipeline(["centre_crop=9x9"]).outputSize(of: PixelSize(width: 8, height: 100))
        }
    }
}
