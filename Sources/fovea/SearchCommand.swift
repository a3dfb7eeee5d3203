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

            By --image it finds what is alike: by the vectors of a set of descriptors, where the store has one and the image \
            a vector in it, or the set's model is here; otherwise by perceptual hashes, which find copies. It says which.

            Examples:
              fovea search 'red vehicle'
              fovea search --image copy.jpg
              fovea search beach --filter '{"width": {"$gte": 640}}' --json
            """)

    @Argument(help: "The words.")
    var text: String?
    @Option(help: "Find what is like this image, a file or an id.")
    var image: String?
    @Option(name: .customLong("set"), help: "With --image: the set of descriptors to search.")
    var setName: String?
    @Option(help: "With --image: compare hashes, of which so many bits of 64 may differ. (default: 12)")
    var distance: Int?
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
        guard (0...64).contains(distance ?? 0) else { throw ValidationError("--distance must be in 0...64.") }
        if image == nil, setName != nil || distance != nil {
            throw ValidationError("--set and --distance are for --image.")
        }
        if setName != nil, distance != nil {
            throw ValidationError("Give --set for vectors, or --distance for hashes.")
        }
    }

    /// What stands for a file in the request: its bytes, or, of a very large one, its hash.
    private static func example(ofFile file: String) throws -> (member: String, text: String) {
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
            if bytes.count <= StoreClient.longestPicture {
                return ("picture", StoreClient.pictureText(bytes))
            }
            let raster = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgb)).raster
            return ("phash", try PerceptualHash.pHash(of: raster).description)
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
            if let distance { body["distance"] = .integer(Int64(distance)) }
            if let setName { body["set"] = .string(setName) }
            if EntityID(image) != nil {
                body["image"] = .string(image)
            } else {
                let (member, text) = try SearchCommand.example(ofFile: image)
                body[member] = .string(text)
            }
        }
        let request = body
        let answer = try await store.withClient { try await $0.call("POST", "/v1/search", request) }
        let entities = (answer["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json {
            entities.forEach { Terminal.print($0.json) }
        } else {
            let measure =
                image == nil ? "score" : entities.first?["similarity"] == nil ? "distance" : "similarity"
            for line in EntityTable(
                entities, fields: ["_uniqueid", measure, "by", "path", "label"]
            ).lines() {
                Terminal.print(line)
            }
        }
        if entities.isEmpty {
            Terminal.report(image == nil ? "nothing has these words" : "nothing is like it")
        }
        if image != nil {
            let reason = (answer["without_model"]?.stringValue).map { "; not by vectors: \($0)" } ?? ""
            Terminal.report(
                answer["set"]?.stringValue.map {
                    "by vectors of the set \($0), which the model \(EntityTable.text(answer["model"])) makes"
                } ?? "by perceptual hashes\(reason)")
        } else if let reason = answer["without_model"]?.stringValue {
            Terminal.report("by words alone, not by meaning: \(reason)")
        }
        if let count = answer["without_vector"]?.integerValue {
            Terminal.report("\(count) texts were not compared yet; the next searches go on with them")
        }
    }
}
