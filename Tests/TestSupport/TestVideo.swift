import Foundation
public import SystemPackage

/// A video that FFmpeg's own program made for a test.
public struct TestVideo: Sendable {
    public let path: FilePath

    /// Needs the programs of the package `ffmpeg`.
    public static let hasTools = Surroundings.hasPrograms("ffmpeg", "ffprobe")

    /// A frame as FFmpeg's own programs show it.
    public struct Shown: Equatable, Sendable {
        public var isKeyframe: Bool
        /// CRC-32 of its luma samples, as 8 hexadecimal digits.
        public var crc: String

        public init(isKeyframe: Bool, crc: String) {
            self.isKeyframe = isKeyframe
            self.crc = crc
        }
    }

    /// Makes a video of 64 × 48 pixels at 25 frames a second, whose frame n is gray: its luma is 16 + 4n,
    /// without loss.
    /// - Parameter name: its ending says the container.
    public init(
        counting frames: Int = 50, name: String = "count.mp4", arguments: [String] = [],
        in folder: TemporaryFolder
    ) throws {
        try self.init(
            name,
            [
                "-f", "lavfi", "-i", "color=black:size=64x48:rate=25", "-frames:v", "\(frames)", "-vf",
                "format=yuv420p,geq=lum='16+4*N':cb=128:cr=128",
            ]
                + (arguments.isEmpty
                    ? ["-c:v", "libx264", "-qp", "0", "-bf", "2", "-g", "10", "-threads", "1"] : arguments),
            in: folder)
    }

    /// Makes a video with the program's arguments.
    public init(_ name: String, _ arguments: [String], in folder: TemporaryFolder) throws {
        path = folder.path.appending(name)
        let outcome = try Program.run("ffmpeg", ["-v", "error", "-y"] + arguments + [path.string])
        guard outcome.status == 0 else {
            throw CocoaError(
                .executableLoad,
                userInfo: [NSLocalizedDescriptionKey: String(outcome.everything.prefix(500))])
        }
    }

    public var bytes: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(fileURLWithPath: path.string))) }
    }

    /// The gray of frame n as RGB, by the formula of ITU-R BT.601 for video's range: a sample may be off by
    /// one.
    public static func gray(ofFrame number: Int) -> Int {
        Int((Double(4 * number) * 255 / 219).rounded())
    }

    /// All frames in order, by FFmpeg's own programs.
    public var shown: [Shown] {
        get throws {
            let probed = try Program.run(
                "ffprobe",
                [
                    "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=key_frame", "-of",
                    "csv=p=0", path.string,
                ])
            let hashed = try Program.run(
                "ffmpeg",
                [
                    "-v", "error", "-noautorotate", "-i", path.string, "-map", "0:v:0", "-fps_mode",
                    "passthrough", "-vf", "extractplanes=y", "-f", "framehash", "-hash", "crc32", "-",
                ])
            let crcs = hashed.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let keys = probed.text.split(separator: "\n").map { $0.hasPrefix("1") }
            return zip(keys, crcs).map { Shown(isKeyframe: $0, crc: $1) }
        }
    }
}
