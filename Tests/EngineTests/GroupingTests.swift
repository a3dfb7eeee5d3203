import Base
import Query
import TestSupport
import Testing

/// Counts by group, however they are come by, against counts made one by one.
@Suite struct GroupingTests {
    /// A photograph's tags, with how sure each is.
    private struct Photograph {
        var colour: Value?
        var tags: [(tag: Int, probability: Double)] = []
    }

    @Test(arguments: [true, false], [UInt64(1), 2, 3])
    func `connections are counted by their ends like one by one`(mayRepeat: Bool, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let client = try await CommandClient()
        // Two tags share a name, and one has none.
        let names: [String?] = ["cat", "dog", "sea", "cat", nil, "sky"]
        let colours: [Value?] = [1, .float(1.0), .float(1.5), 2, nil, .float(7.25)]
        let photographs = (0..<60).map { _ in
            var photograph = Photograph(colour: colours.randomElement(using: &random)!)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let tag = Int.random(in: 0..<names.count, using: &random)
                if mayRepeat || !photograph.tags.contains(where: { $0.tag == tag }) {
                    photograph.tags.append((tag, Double(Int.random(in: 0...10, using: &random)) / 10))
                }
            }
            return photograph
        }
        try await add(photographs, names, to: client)

        for threshold in [nil, 0.3, 0.7] as [Double?] {
            for within in [nil, 20, 60] as [Int?] {
                var counts: [Value: Int] = [:]
                for (number, photograph) in photographs.enumerated() where within.map({ number < $0 }) ?? true
                {
                    for tag in photograph.tags where threshold.map({ tag.probability >= $0 }) ?? true {
                        counts[names[tag.tag].map { .string($0) } ?? .null, default: 0] += 1
                    }
                }
                let source = within == nil ? "" : #""src": 1, "#
                let condition = threshold.map { #""constraints": {"p": [">=", \#($0)]}, "# } ?? ""
                let commands = ["\"count\": true, \"group\": [\"_dst.name\"]", "\"count\": true"].map {
                    #"{"FindConnection": {"with_class": "shows", \#(source)\#(condition)"results": {\#($0)}}}"#
                }
                let query = """
                    [{"FindEntity": {"_ref": 1, "with_class": "Photo", "constraints": {"n": ["<", \(within ?? 0)]}}},
                     \(commands.joined(separator: ","))]
                    """
                let groups = try await client.first(query, at: 1)["groups"]?.arrayValue ?? []
                var found: [Value: Int64] = [:]
                for group in groups {
                    let name = group.objectValue?["_dst.name"] ?? "?"
                    #expect(found[name] == nil, "a group comes twice")
                    found[name] = group.objectValue?["count"]?.integerValue
                }
                #expect(found == counts.mapValues { Int64($0) })
                let total = try await client.first(query, at: 2)["count"]?.integerValue
                #expect(total == Int64(counts.values.reduce(0, +)))
            }
        }
        // By a column, where values of several types are among them.
        var byColour: [Value: Int64] = [:]
        for photograph in photographs {
            let colour = photograph.colour ?? .null
            byColour[colour == .float(1.0) ? 1 : colour, default: 0] += 1
        }
        let groups = try await client.first(
            #"[{"FindEntity": {"with_class": "Photo", "results": {"count": true, "group": ["colour"]}}}]"#
        )["groups"]?.arrayValue
        #expect(groups?.count == byColour.count)
        for group in groups ?? [] {
            #expect(
                group.objectValue?["count"]?.integerValue == byColour[group.objectValue?["colour"] ?? "?"])
        }
    }

    @Test func `a query that adds connections counts them as well`() async throws {
        let client = try await CommandClient()
        let counted = try await client.first(
            """
            [{"AddEntity": {"_ref": 1, "class": "A", "properties": {"name": "one"}}},
             {"AddEntity": {"_ref": 2, "class": "B", "properties": {"name": "two"}}},
             {"AddConnection": {"class": "joins", "src": 1, "dst": 2, "properties": {"label": 0.5}}},
             {"FindConnection": {"with_class": "joins", "constraints": {"label": [">", 0.1]},
               "results": {"count": true, "group": ["_dst.name"]}}},
             {"FindEntity": {"with_class": "A", "is_connected_to": {"ref": 2, "connection_class": "joins",
               "constraints": {"label": [">", 0.1]}}, "results": {"count": true}}}]
            """, at: 3)
        #expect(counted["groups"] == [["_dst.name": "two", "count": 1]])
        // A property named like something that images have of their own can be asked about as well.
        let found = try await client.first(
            """
            [{"FindEntity": {"_ref": 2, "with_class": "B"}},
             {"FindEntity": {"with_class": "A", "is_connected_to": {"ref": 2, "connection_class": "joins",
               "constraints": {"label": [">", 0.1]}}, "results": {"count": true}}},
             {"FindEntity": {"with_class": "A", "is_connected_to": {"ref": 2, "connection_class": "joins",
               "constraints": {"label": ["!=", 0.1]}}, "results": {"count": true}}}]
            """, at: 1)
        #expect(found["count"] == 1)
    }

    private func add(
        _ photographs: [Photograph], _ names: [String?], to client: CommandClient
    ) async throws {
        var commands: [String] = []
        for (number, name) in names.enumerated() {
            let properties = name.map { #""name": "\#($0)", "# } ?? ""
            commands.append(
                #"{"AddEntity": {"_ref": \#(number + 1), "class": "Tag", "properties": {\#(properties)"n": \#(number)}}}"#
            )
        }
        for (number, photograph) in photographs.enumerated() {
            let reference = 100 + number
            let colour = photograph.colour.map { #""colour": \#($0.json), "# } ?? ""
            commands.append(
                #"{"AddEntity": {"_ref": \#(reference), "class": "Photo", "properties": {\#(colour)"n": \#(number)}}}"#
            )
            for tag in photograph.tags {
                commands.append(
                    """
                    {"AddConnection": {"class": "shows", "src": \(reference), "dst": \(tag.tag + 1),
                     "properties": {"p": \(tag.probability)}}}
                    """)
            }
        }
        let reply = try await client.ask("[\(commands.joined(separator: ","))]").reply
        #expect(reply.arrayValue?.count == commands.count, "\(reply.json.prefix(300))")
    }
}
