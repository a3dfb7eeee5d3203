import ArgumentParser
import Base
import Engine
import Pipeline
import Server
import SystemPackage

struct VideoSequenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence", abstract: "Make videos of the pictures of cameras, {camera}/{time}.jpg.",
        discussion: """
            Each folder with JPEGs becomes a video, or several: Motion JPEG with the pictures' bytes untouched, each shown \
            from its own time on. A name says the time as a number of seconds, milliseconds, microseconds or nanoseconds \
            since 1970, or as a date and a time of UTC such as 20240506T070809.250; a smaller number is that of the picture, \
            of which there are --fps a second. A picture of another size begins another video, and so does a pause of more \
            than --gap. The folder's name becomes the property 'camera'. Pictures that cannot be shown are told, and left \
            out. Doing it again changes nothing.

            Examples:
              fovea video sequence /srv/cameras --gap 60
              fovea video sequence frames --fps 30 --property site=north
            """)

    @Argument(help: "A folder of pictures, or one with a folder for each camera.")
    var folder: String
    @Option(help: "Pictures a second, where names are numbers.")
    var fps = 25.0
    @Option(help: "A pause of more seconds ends a video. Default: none does.")
    var gap: Double?
    @Option(help: "A property of the videos, name=value; may be given several times.")
    var property: [String] = []
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if !(fps > 0 && fps <= 1_000) { throw ValidationError("--fps must be above 0, and at most 1000.") }
        if let gap, !(gap > 0 && gap <= 1e9) { throw ValidationError("--gap must be above 0.") }
        for text in property where text.first == "=" || !text.contains("=") {
            throw ValidationError("--property '\(text)' must be name=value.")
        }
    }

    func run() async throws {
        var request: Document = [
            "folder": .string(FilePath(folder).absolute.string), "fps": .float(fps),
        ]
        if let gap { request["gap"] = .float(gap) }
        var properties = Document()
        for text in property {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            properties[String(parts[0])] = Value(inferredFrom: String(parts[1]))
        }
        if !properties.isEmpty { request["properties"] = .object(properties) }
        let (body, isJSON) = (request, output.json)
        let hasFailed = try await store.withClient { client in
            var hasFailed = false
            try await client.lines("POST", "/v1/holder/sequences", body) { line, bytes in
                let failed = line["failed"]?.arrayValue?.compactMap(\.objectValue) ?? []
                if line["verdict"] == "failed" || !failed.isEmpty { hasFailed = true }
                guard !isJSON else { return Terminal.write(bytes + [0x0A]) }
                func text(_ name: String) -> String { EntityTable.text(line[name]) }
                let reason = line["reason"].map { ": \(EntityTable.text($0))" } ?? ""
                Terminal.print(
                    "\(text("verdict")): \(text("path")) \(text("_uniqueid")), \(text("frames")) pictures\(reason)"
                )
                for picture in failed {
                    Terminal.report(
                        "left out: \(EntityTable.text(picture["path"])): \(EntityTable.text(picture["reason"]))"
                    )
                }
            }
            return hasFailed
        }
        if hasFailed { throw ExitStatus.findings.exitCode }
    }
}
