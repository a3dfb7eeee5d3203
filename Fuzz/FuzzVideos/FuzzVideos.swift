import Driver
import Media

/// Containers and streams of pictures: what the head tells, the numbers of frames, and the first frames.
@main enum FuzzVideos {
    private static let most = 40

    static func main() {
        Fuzzer.run { bytes in
            let options = VideoOptions(maxPixels: 1 << 16, maxFrames: 2_000, maxStreams: 16)
            guard let reader = try? VideoReader(Bytes(bytes: bytes), options) else { return }
            let size = reader.facts.codedSize
            Fuzzer.require(
                size.width > 0 && size.height > 0 && size.width * size.height <= options.maxPixels,
                "\(size) is no size within the limit")
            if let index = try? reader.index() { check(index, options) }
            var numbers: [Int] = []
            for number in 0..<most {
                guard let next = try? reader.next() else { break }
                Fuzzer.require(next.number == number, "frame \(number) came as \(next.number)")
                numbers.append(number)
                _ = reader.crc()
            }
            // Backwards: each is reached by its number.
            for number in numbers.reversed().prefix(3) { _ = try? reader.frame(number) }
            let buffer = VideoBuffer(maxBytes: 1 << 20)
            _ = try? reader.render(
                VideoRequest(.frames(from: 1, to: 5), output: .copied(.mkv)), to: buffer)
        }
    }

    private static func check(_ index: FrameIndex, _ options: VideoOptions) {
        Fuzzer.require(index.count <= options.maxFrames, "\(index.count) frames are above the limit")
        Fuzzer.require(
            zip(index.presentations, index.presentations.dropFirst()).allSatisfy(<),
            "times that do not ascend")
        Fuzzer.require(
            index.keyframes.allSatisfy { (0..<index.count).contains($0.frame) }
                && zip(index.keyframes, index.keyframes.dropFirst()).allSatisfy { $0.frame < $1.frame },
            "keyframes that are none of the frames, or out of order")
        _ = (index.duration.seconds, index.meanRate, index.hasVariableRate)
    }

    private struct Bytes: VideoBytes {
        let bytes: [UInt8]
        var byteCount: Int { bytes.count }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            guard bytes.indices.contains(offset) else { return 0 }
            let count = min(buffer.count, bytes.count - offset)
            bytes.withUnsafeBytes { buffer.copyBytes(from: $0[offset..<offset + count]) }
            return count
        }
    }
}
