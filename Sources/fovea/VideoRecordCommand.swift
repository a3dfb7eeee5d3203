import ArgumentParser
import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Pipeline
import Server
import SystemPackage

struct VideoRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Cut a video file, or what a camera sees, into clips into a ring.",
        discussion: """
            Clips begin with keyframes and are named NAME-0.mkv, NAME-1.mkv and so on; after --ring of them the newest \
            takes the place of the oldest. A file's packets are copied. A device, such as /dev/video0, is recorded by the \
            program ffmpeg, which must be installed, until Ctrl-C. 'fovea video watch' adds the clips of the folder to the \
            store as they are finished; --add adds those of a file at once.

            Examples:
              fovea video record /dev/video0 -o clips
              fovea video record day.mp4 -o clips --every 60 --ring 1440 --add
            """)

    @Argument(help: "A video file, or a device.")
    var source: String
    @Option(name: [.customShort("o"), .customLong("output")], help: "The folder of the clips.")
    var folder: String
    @Option(help: "How long a clip is at least, in seconds.")
    var every = 10.0
    @Option(help: "How many clips there are before the oldest gives way.")
    var ring = 5
    @Flag(help: "Add each clip of a file to the store.")
    var add = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if !(every >= 0.1 && every <= 86_400) {
            throw ValidationError("--every must be from 0.1 to 86400 seconds.")
        }
        if !(1...100_000).contains(ring) { throw ValidationError("--ring must be from 1 to 100000.") }
    }

    func run() async throws {
        let (path, folder) = (FilePath(source).absolute, FilePath(folder).absolute)
        guard try ClipRing.isFile(path) else {
            if add {
                throw EngineError(
                    .invalidRequest,
                    "--add is for files: 'fovea video watch \(folder)' adds the clips of a device"
                )
            }
            return try recordDevice(path, folder)
        }
        let isJSON = output.json
        let clips = ClipRing(path, into: folder, seconds: every, count: ring)
        let cutting = try clips.open()
        guard add else {
            for place in cutting.parts.indices { VideoRecordCommand.tell(try cutting.write(place), isJSON) }
            return
        }
        for start in stride(from: 0, to: cutting.parts.count, by: min(ring, 16)) {
            // Some are added before the ring comes round to them again.
            var paths: [FilePath] = []
            for place in start..<min(start + min(ring, 16), cutting.parts.count) {
                let clip = try cutting.write(place)
                VideoRecordCommand.tell(clip, isJSON)
                paths.append(clip.path)
            }
            try await VideoWatchCommand.add(paths, [:], to: store, isJSON: isJSON)
        }
    }

    private static func tell(_ clip: ClipRing.Clip, _ isJSON: Bool) {
        guard isJSON else {
            return Terminal.report(
                "\(clip.path): \(Columns.decimals(clip.seconds, 3)) s, \(ByteCount(clip.byteCount))")
        }
        let line: Document = [
            "file": .string(clip.path.string), "start_frame": .integer(Int64(clip.frames.lowerBound)),
            "stop_frame": .integer(Int64(clip.frames.upperBound)), "duration": .float(clip.seconds),
            "bytes": .integer(Int64(clip.byteCount)),
        ]
        Terminal.print(line.json)
    }

    /// Becomes the program ffmpeg, which does not return.
    private func recordDevice(_ device: FilePath, _ folder: FilePath) throws {
        guard mkdir(folder.string, 0o777) == 0 || errno == EEXIST else {
            throw EngineError(.failed, "cannot make the folder \(folder): \(Errno(rawValue: errno))")
        }
        let name = device.stem ?? "camera"
        let arguments = [
            "ffmpeg", "-loglevel", "error", "-nostdin", "-f", "v4l2", "-i", device.string, "-c:v", "libx264",
            "-preset", "veryfast", "-force_key_frames", "expr:gte(t,n_forced*\(every))", "-f", "segment",
            "-segment_time", "\(every)", "-segment_wrap", "\(ring)", "-reset_timestamps", "1",
            folder.appending("\(name)-%d.mkv").string,
        ]
        Terminal.report("recording \(device) into \(folder); Ctrl-C ends it")
        var pointers = arguments.map { strdup($0) } + [nil]
        execvp("ffmpeg", &pointers)
        let error = Errno(rawValue: errno)
        for pointer in pointers { free(pointer) }
        throw EngineError(
            .notFound, "the program ffmpeg, which records devices, cannot be run: \(error); install ffmpeg",
            cause: error)
    }
}
