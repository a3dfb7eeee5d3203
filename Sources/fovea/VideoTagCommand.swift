import ArgumentParser
import Base
import Pipeline
import Server

struct VideoTagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Say of frames of videos what they are like, as intervals.",
        discussion: """
            Some frames are looked at, one a second unless told; what is said of one holds until the next. Taggers measure \
            blur, sharpness, contrast, brightness, lighting, noise, resolution and colours; 'motion' looks for motion, \
            'people' counts people with a model; with --model a model says what it sees. Without --tagger and --model, \
            frames are tagged by \(TaggerSelection.usualOfVideos.joined(separator: ", ")). Videos that were tagged already \
            are passed over. It is a job, as those of 'fovea label' are.

            Examples:
              fovea video tag
              fovea video tag 2.0.1 --tagger lighting --tagger people --fps 2
              fovea video tag --filter '{"camera": "gate"}' --every 25
              fovea video tag 2.0.1 --model yolox-nano --again
            """)

    @Argument(help: "The videos' _uniqueid. Default: all that match the filter.")
    var ids: [String] = []
    @Option(help: "A filter in MongoDB's language, as JSON.")
    var filter = "{}"
    @Option(help: "A tagger; may be given several times.")
    var tagger: [String] = []
    @Option(help: "The id of a model that looks at the frames.")
    var model: String?
    @Option(help: "Look at every nth frame.")
    var every: Int?
    @Option(help: "Look at so many frames a second. (default: 1)")
    var fps: Double?
    @Flag(help: "Look at videos again that were tagged; what was found before gives way.")
    var again = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if model != nil, !tagger.isEmpty { throw ValidationError("Give --model or --tagger, not both.") }
        if every != nil, fps != nil { throw ValidationError("Give --every or --fps, not both.") }
        if let every, every < 1 { throw ValidationError("--every must be at least 1.") }
        if let fps, !(fps > 0 && fps <= 1_000) {
            throw ValidationError("--fps must be above 0, and at most 1000.")
        }
    }

    func run() async throws {
        let parsed = try SelectionOption.parse(filter: filter)
        let selection: Value =
            ids.isEmpty
            ? parsed : ["$and": [parsed, ["_uniqueid": ["$in": .array(ids.map { .string($0) })]]]]
        var request: Document = [
            "class": "Video", "filter": selection, "again": .boolean(again),
        ]
        if let model {
            request["model"] = .string(model)
        } else {
            let names = tagger.isEmpty ? TaggerSelection.usualOfVideos : tagger
            request["taggers"] = .array(names.map { .string($0) })
        }
        if let every { request["every"] = .integer(Int64(every)) }
        if let fps { request["fps"] = .float(fps) }
        try await JobView.follow(store, "/v1/jobs", request, isJSON: output.json, things: "videos")
    }
}
