import ArgumentParser
import Base
import Engine
import Media
import Server
import SystemPackage

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find images by words, and by what the words mean.",
        discussion: """
            Words are looked for in labels, captions, paths and text properties (BM25). With the model minilm-l6-v2 \
            ('fovea model pull'), labels and captions that mean something alike count too: 'vehicle' finds cars. The \
            model knows texts, not pixels.

            Examples:
              fovea search 'red vehicle'
              fovea search --image copy.jpg
              fovea search beach --filter '{"width": {"$gte": 640}}' --json
            """)

    @Argument(help: "The words.")
    var text: String?
    @Option(help: "Find what looks like this image, a file or an id, by perceptual hash.")
    var image: String?
    @Option(help: "With --image: bits of 64 that may differ.")
    var distance = 12
    @Option(help: "Search only among the entities that match this filter.")
    var filter = "{}"
    @Option(name: .customLong("class"), help: "The class of the entities.")
    var entityClass = "Image"
    @Option(help: "Leave out the first n.")
    var skip = 0
    @Option(help: "At most n, up to 1000.")
    var limit = 25
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if (text == nil) == (image == nil) { throw ValidationError("Give words, or --image.") }
        guard (0...64).contains(distance) else { throw ValidationError("--distance must be in 0...64.") }
    }

    private static func hash(ofFile file: String) throws -> String {
        do {
            let descriptor = try FileDescriptor.open(FilePath(file), .readOnly)
            let bytes = try descriptor.closeAfter {
                var bytes: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 20)
                while case let count = try piece.withUnsafeMutableBytes({ try descriptor.read(into: $0) }),
                    count > 0
                {
                    bytes += piece[..<count]
                    guard bytes.count <= 2 << 30 else {
                        throw EngineError(.limitExceeded, "\(file) has more than 2 GiB")
                    }
                }
                return bytes
            }
            let raster = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgb)).raster
            return try PerceptualHash.pHash(of: raster).description
        } catch let error as Errno {
            throw EngineError(.notFound, "cannot read \(file): \(error)", cause: error)
        } catch let error as MediaError {
            throw EngineError(.unsupportedMedia, "\(file): \(error.message)", cause: error)
        }
    }

    func run() async throws {
        var body: Document = [
            "class": .string(entityClass),
            "filter": try SelectionOption.parse(filter: filter), "skip": .integer(Int64(skip)),
            "limit": .integer(Int64(limit)),
        ]
        if let text { body["text"] = .string(text) }
        if let image {
            body["distance"] = .integer(Int64(distance))
            if EntityID(image) != nil {
                body["image"] = .string(image)
            } else {
                body["phash"] = .string(try SearchCommand.hash(ofFile: image))
            }
        }
        let request = body
        let answer = try await store.withClient { try await $0.call("POST", "/v1/search", request) }
        let entities = (answer["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json {
            entities.forEach { Terminal.print($0.json) }
        } else {
            for line in EntityTable(
                entities, fields: ["_uniqueid", image == nil ? "score" : "distance", "by", "path", "label"]
            ).lines() {
                Terminal.print(line)
            }
        }
        if entities.isEmpty {
            Terminal.report(image == nil ? "nothing has these words" : "nothing looks like it")
        }
        if let reason = answer["without_model"]?.stringValue {
            Terminal.report("by words alone, not by meaning: \(reason)")
        }
        if let count = answer["without_vector"]?.integerValue {
            Terminal.report("\(count) texts were not compared yet; the next searches go on with them")
        }
    }
}
