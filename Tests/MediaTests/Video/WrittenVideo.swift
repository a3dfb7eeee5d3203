import Foundation
import Media
import TestSupport
import Testing

/// A video that Fovea wrote, and what FFmpeg's own programs say of it.
struct WrittenVideo {
    let rendering: VideoRendering
    let path: String

    /// Renders the video in `source` into `folder`.
    init(_ request: VideoRequest, of source: String, in folder: TemporaryFolder, as name: String) throws {
        try self.init(request, of: try VideoReader(FileVideo(source)), in: folder, as: name)
    }

    init(_ request: VideoRequest, of reader: VideoReader, in folder: TemporaryFolder, as name: String) throws
    {
        path = folder.url.appendingPathComponent(name).path
        let file = try VideoFile(path)
        rendering = try reader.render(request, to: file)
        try file.commit()
        #expect(rendering.byteCount == FileManager.default.contents(atPath: path)?.count)
    }

    /// When each frame is shown, in seconds since the first, as a whole number of `timeBase`.
    struct Times: Equatable {
        var ticks: [Int64]
        var timeBase: Ratio
    }

    /// Times of frames as ffprobe reads them, the first of them included.
    static func times(_ path: String) throws -> [Double] {
        try probe(path, ["-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"])
            .split(separator: "\n")
            .compactMap { Double($0.split(separator: ",")[0]) }
    }

    /// Values of the entries, one stream or format after another, as `key=value`.
    static func told(_ path: String, _ entries: String, of stream: String? = nil) throws -> [String: String] {
        let selection = stream.map { ["-select_streams", $0] } ?? []
        let text = try probe(
            path, selection + ["-show_entries", entries], format: "default=noprint_wrappers=1")
        var told: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2, told[parts[0]] == nil { told[parts[0]] = parts[1] }
        }
        return told
    }

    /// Checksums of packets of a stream (`v` or `a`), in the order in which they are stored.
    static func packets(_ path: String, _ stream: String) throws -> [String] {
        let outcome = try Program.run(
            "ffmpeg",
            [
                "-v", "error", "-i", path, "-map", "0:\(stream):0", "-c", "copy", "-copyts", "-f",
                "framehash",
                "-hash", "crc32", "-",
            ])
        return outcome.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: ",").last?.trimmingCharacters(in: .whitespaces)
        }
    }

    /// Frames of `size` as FFmpeg's own program decodes them, upright, in 4:2:0.
    static func frames(_ path: String, _ size: PixelSize) throws -> [[UInt8]] {
        let outcome = try Program.run(
            "ffmpeg",
            [
                "-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt",
                "yuv420p",
                "-f", "rawvideo", "-",
            ])
        let chroma = (size.width + 1) / 2 * ((size.height + 1) / 2)
        let count = size.width * size.height + 2 * chroma
        let bytes = [UInt8](outcome.output)
        #expect(bytes.count % count == 0, "\(outcome.errors)")
        return stride(from: 0, to: bytes.count - count + 1, by: count).map { Array(bytes[$0..<$0 + count]) }
    }

    /// The ratio of peak to noise in dB, 10 · log₁₀(255² / MSE), 100 where nothing differs.
    static func psnr(_ one: [UInt8], _ other: [UInt8]) -> Double {
        guard one.count == other.count else { return 0 }
        let sum = zip(one, other).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
        return sum == 0 ? 100 : 10 * log10(65_025 * Double(one.count) / Double(sum))
    }

    private static func probe(
        _ path: String, _ arguments: [String], format: String = "csv=p=0"
    ) throws
        -> String
    {
        let outcome = try Program.run("ffprobe", ["-v", "error", "-of", format] + arguments + [path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.text
    }
}
