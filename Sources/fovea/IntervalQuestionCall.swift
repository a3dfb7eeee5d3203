import ArgumentParser
import Base
import Engine
import Server

/// `fovea video intervals --query`: a question about intervals, and how its answer is shown.
struct IntervalQuestionCall: Sendable {
    private static let pageLength = 10_000

    let question: Value
    /// Only in these.
    var videos: [String]
    /// A filter on videos.
    var filter: Value?
    /// How many are shown; all where `nil`.
    var limit: Int?
    var isJSON: Bool

    /// - Parameter text: JSON, or the name of a file with it; `-` for standard input.
    init(
        _ text: String, videos: [String], filter: String?, limit: Int?, isJSON: Bool
    ) throws {
        let isFile = !text.drop(while: \.isWhitespace).hasPrefix("{")
        let bytes = try QueryCommand.text(isFile && !text.hasPrefix("@") ? "@" + text : text)
        question = try IntervalQuestionCall.json(bytes, of: "--query")
        self.videos = videos
        self.filter = try filter.map { try IntervalQuestionCall.json(Array($0.utf8), of: "--filter") }
        self.limit = limit
        self.isJSON = isJSON
    }

    func run(_ client: StoreClient) async throws {
        var body: Document = ["question": question]
        if !videos.isEmpty { body["videos"] = .array(videos.map { .string($0) }) }
        if let filter { body["filter"] = filter }
        var (shown, total, duration) = (0, 0, 0.0)
        let most = limit ?? (isJSON ? Int.max : 25)
        repeat {
            body["skip"] = .integer(Int64(shown))
            body["limit"] = .integer(Int64(min(IntervalQuestionCall.pageLength, most - shown)))
            let answer = try await client.call("POST", "/v1/intervals/query", body)
            let lines = (answer["intervals"]?.arrayValue ?? []).compactMap(\.objectValue)
            total = Int(answer["count"]?.integerValue ?? 0)
            duration = answer["duration"]?.floatValue ?? 0
            if shown == 0, !isJSON, !lines.isEmpty {
                Terminal.print("video         from      to     begins       ends   score  tag")
            }
            for line in lines { Terminal.print(isJSON ? line.json : IntervalQuestionCall.row(line)) }
            shown += lines.count
            if lines.isEmpty { break }
        } while shown < min(total, most)
        if !isJSON {
            Terminal.report("\(shown) of \(total), \(Columns.decimals(duration, 1)) s in all")
        }
    }

    // MARK: - Private

    private static func json(_ bytes: [UInt8], of option: String) throws -> Value {
        do {
            return try JSON.parse(bytes)
        } catch {
            throw ValidationError("\(option) is no JSON: \(error)")
        }
    }

    private static func row(_ line: Document) -> String {
        let video = EntityTable.text(line["video"])
        return [
            video + String(repeating: " ", count: max(0, 9 - video.utf8.count)),
            Columns.padded(EntityTable.text(line["start_frame"]), 7),
            Columns.padded(EntityTable.text(line["end_frame"]), 6),
            Columns.padded(Columns.decimals(line["start_time"]?.floatValue ?? 0, 3), 9),
            Columns.padded(Columns.decimals(line["end_time"]?.floatValue ?? 0, 3), 9),
            Columns.padded(line["score"]?.floatValue.map { Columns.decimals($0, 4) } ?? "", 6),
            line["tag"]?.stringValue ?? "",
        ].joined(separator: "  ")
    }
}
