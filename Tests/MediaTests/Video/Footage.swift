import Foundation
import Media
import TestSupport
import Testing

/// Videos that FFmpeg's own program makes for a test, and what it says of their frames.
struct Footage: CustomTestStringConvertible {
    /// Says what is particular about it.
    var testDescription: String
    /// What comes after the picture source, and the name of the file.
    var arguments: [String]
    var file: String
    /// A second step from `file`: its arguments, and the name of what comes of it.
    var then: (arguments: [String], file: String)?
    /// How many bytes are cut off its beginning.
    var cut = 0

    /// A frame as FFmpeg's own program shows it.
    struct Shown: Equatable {
        var presentation: Int64?
        var isKeyframe: Bool
        /// CRC-32 of its luma plane.
        var crc: UInt32
    }

    /// Needs the programs of the package `ffmpeg`.
    static let hasTools = Surroundings.hasPrograms("ffmpeg", "ffprobe")

    init(
        _ description: String, _ file: String, _ arguments: [String], then: ([String], String)? = nil,
        cut: Int = 0
    ) {
        testDescription = description
        self.file = file
        self.arguments = arguments
        self.then = then
        self.cut = cut
    }

    /// Makes the video in `folder`.
    func make(in folder: TemporaryFolder) throws -> String {
        let made = folder.url.appendingPathComponent(file).path
        let source = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4"]
        try Footage.ffmpeg((arguments.contains("lavfi") ? [] : source) + arguments + [made])
        if cut > 0 {
            let url = URL(fileURLWithPath: made)
            try Data(try Data(contentsOf: url).dropFirst(cut)).write(to: url)
        }
        guard let then else { return made }
        let second = folder.url.appendingPathComponent(then.file).path
        try Footage.ffmpeg(then.arguments.map { $0 == "INPUT" ? made : $0 } + [second])
        return second
    }

    /// All frames of a file, in order, from FFmpeg's own programs.
    static func shown(_ file: String) throws -> [Shown] {
        let probed = try Program.run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v:0", "-show_entries",
                "frame=pts,best_effort_timestamp,key_frame", "-of", "csv=p=0", file,
            ])
        let hashed = try Program.run(
            "ffmpeg",
            [
                "-v", "error", "-threads", "1", "-noautorotate", "-i", file, "-map", "0:v:0", "-fps_mode",
                "passthrough",
                "-autoscale", "0", "-vf", "extractplanes=y", "-f", "framehash", "-hash", "crc32", "-",
            ])
        let frames = probed.text.split(separator: "\n").filter { !$0.isEmpty }.map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let crcs = hashed.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: ",").last.flatMap {
                UInt32($0.trimmingCharacters(in: .whitespaces), radix: 16)
            }
        }
        guard frames.count == crcs.count else {
            throw CocoaError(
                .fileReadCorruptFile,
                userInfo: [NSLocalizedDescriptionKey: "\(frames.count) frames, \(crcs.count) checksums"])
        }
        return zip(frames, crcs).map { frame, crc in
            Shown(presentation: Int64(frame[1]) ?? Int64(frame[2]), isKeyframe: frame[0] == "1", crc: crc)
        }
    }

    private static func ffmpeg(_ arguments: [String]) throws {
        let outcome = try Program.run("ffmpeg", ["-v", "error", "-y"] + arguments)
        guard outcome.status == 0 else {
            throw CocoaError(
                .executableLoad,
                userInfo: [
                    NSLocalizedDescriptionKey: "ffmpeg \(arguments): \(outcome.everything.prefix(500))"
                ])
        }
    }

    /// Every kind that makes frames hard to number.
    static let kinds = [
        Footage(
            "H.264 with B-frames", "b.mp4",
            ["-c:v", "libx264", "-bf", "3", "-g", "25", "-pix_fmt", "yuv420p", "-threads", "1"]),
        Footage(
            "H.264 with open groups of pictures, in a transport stream", "open.ts",
            [
                "-c:v", "libx264", "-bf", "3", "-g", "12", "-x264-params", "open-gop=1:scenecut=0",
                "-pix_fmt",
                "yuv420p", "-threads", "1",
            ]),
        Footage(
            "H.264 without a keyframe but the first", "long.mkv",
            ["-c:v", "libx264", "-g", "1000", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-threads", "1"]),
        Footage(
            "24000/1001 frames a second in milliseconds", "film.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=24000/1001:duration=4", "-c:v", "libx264",
                "-pix_fmt", "yuv420p", "-threads", "1",
            ]),
        Footage(
            "an edit list that begins between keyframes", "whole.mp4",
            ["-c:v", "libx264", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p", "-threads", "1"],
            then: (["-ss", "1.5", "-i", "INPUT", "-c", "copy"], "cut.mov")),
        Footage(
            "a rate that changes", "variable.mkv",
            [
                "-vf", "setpts='if(lt(N,50),N,50+(N-50)*3+mod(N,2))'", "-fps_mode", "passthrough", "-c:v",
                "libx264", "-bf", "2", "-pix_fmt", "yuv420p", "-threads", "1",
            ]),
        Footage("MPEG-4 ASP with B-frames in AVI", "asp.avi", ["-c:v", "mpeg4", "-bf", "2", "-g", "20"]),
        Footage("Motion JPEG in AVI", "motion.avi", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
        Footage(
            "VP8 with frames that are never shown", "hidden.webm",
            ["-c:v", "libvpx", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-b:v", "200k", "-g", "40"]),
        Footage(
            "VP9 with superframes", "super.webm",
            [
                "-c:v", "libvpx-vp9", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-g", "40", "-cpu-used",
                "8",
            ]),
        Footage(
            "H.265 with B-frames", "hevc.mkv",
            [
                "-c:v", "libx265", "-x265-params", "log-level=none:bframes=4:keyint=25:pools=1", "-pix_fmt",
                "yuv420p",
            ]),
        Footage(
            "AV1", "av1.mp4",
            ["-t", "1", "-c:v", "libaom-av1", "-cpu-used", "8", "-g", "10", "-pix_fmt", "yuv420p"]),
        Footage(
            "ten bits a sample", "deep.mkv",
            ["-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-threads", "1", "-bf", "2"]),
        Footage(
            "a transport stream that begins between keyframes", "begun.ts",
            ["-c:v", "libx264", "-bf", "2", "-g", "30", "-pix_fmt", "yuv420p", "-threads", "1"], cut: 188 * 60
        ),
        Footage("FLV", "flash.flv", ["-c:v", "flv", "-g", "25"]),
        Footage(
            "H.264 whose picture is refreshed part by part", "refresh.mp4",
            [
                "-c:v", "libx264", "-g", "25", "-x264-params", "intra-refresh=1", "-pix_fmt", "yuv420p",
                "-threads", "1",
            ]),
        Footage(
            "the same in a transport stream", "refresh.ts",
            [
                "-c:v", "libx264", "-g", "25", "-x264-params", "intra-refresh=1", "-pix_fmt", "yuv420p",
                "-threads", "1",
            ]),
    ]
}
