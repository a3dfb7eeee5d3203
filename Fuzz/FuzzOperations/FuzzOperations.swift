import Driver
import Media

/// Operations, one on each line, done on a small image.
@main enum FuzzOperations {
    static func main() {
        let raster = Raster(
            width: 23, height: 17, channels: 4,
            pixels: (0..<23 * 17 * 4).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        guard let png = try? ImageCodec.encode(raster, as: .png()),
            let jpeg = try? ImageCodec.encode(raster, as: .jpeg())
        else { return }
        Fuzzer.run { bytes in
            guard let text = String(validating: bytes, as: UTF8.self),
                let pipeline = try? ImagePipeline(text.split(separator: "\n").map(String.init))
            else { return }
            let again = try? ImagePipeline(pipeline.texts)
            Fuzzer.require(again?.text == pipeline.text, "read again it is another: \(pipeline.text)")
            for file in [png, jpeg] {
                guard let output = try? pipeline.run(file, maxPixels: 1 << 18) else { continue }
                let size = try? pipeline.outputSize(of: PixelSize(width: 23, height: 17))
                Fuzzer.require(
                    size == PixelSize(width: output.width, height: output.height),
                    "\(output.width)×\(output.height) where \(size.map { "\($0)" } ?? "an error") was foretold"
                )
                let count = output.shape.reduce(output.element?.byteCount ?? 1, *)
                Fuzzer.require(
                    output.element == nil || output.bytes.count == count,
                    "not as many bytes as the shape says")
            }
        }
    }
}
