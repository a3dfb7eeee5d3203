import Base
import TestSupport
import Testing

@testable import Query

/// Random commands of the table, whole and broken.
@Suite struct CommandRandomTests {
    @Test("commands made from the table parse, the same each time", arguments: CommandDialect.allCases)
    func valid(dialect: CommandDialect) throws {
        var parsed = 0
        for seed in 0..<1_500 as Range<UInt64> {
            var generator = CommandGenerator(dialect: dialect, seed: seed)
            let json = generator.query().json
            do {
                let query = try CommandQuery.parse(json, dialect: dialect)
                parsed += 1
                let again = try CommandQuery.parse(JSON.parse(json), dialect: dialect)
                #expect(query == again, "seed \(seed)")
            } catch {
                // The generator knows no parameters that exclude each other; all else must be right.
                let known: [CommandError.Code] = [
                    .invalidParameter, .missingParameter, .invalidReference, .unsupported,
                ]
                let error = try #require(error as? CommandError)
                #expect(known.contains(error.code) && !error.path.isEmpty, "seed \(seed): \(error) \(json)")
            }
        }
        #expect(parsed > 500)
    }

    @Test("broken commands are refused, not crashed on", arguments: CommandDialect.allCases)
    func broken(dialect: CommandDialect) throws {
        for seed in 0..<1_500 as Range<UInt64> {
            var generator = CommandGenerator(dialect: dialect, seed: seed)
            var bytes = Array(generator.query().json.utf8)
            for _ in 0..<generator.random.pick([1, 1, 2, 5]) {
                let place = Int.random(in: 0..<bytes.count, using: &generator.random)
                switch generator.random.pick([0, 1, 2, 3]) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator.random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Array(generator.random.pick(pieces).utf8), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 8))
                }
                guard !bytes.isEmpty else { break }
            }
            do throws(CommandError) {
                _ = try CommandQuery.parse(bytes, dialect: dialect)
            } catch {
                #expect(!error.message.isEmpty, "seed \(seed)")
                let reply = error.reply(in: dialect)
                let failure = dialect == .vdms ? reply.arrayValue?.first?.objectValue : reply.objectValue
                #expect(failure?["status"] == -1, "seed \(seed)")
            }
        }
    }

    private let pieces = [
        "null", "[]", "{}", "\"\"", "-1", "1e308", "99999999999999999999", "true", ",", ":", "\"_ref\":1,",
        "\"any\":", "\"$a\"", "\"all\",", "[[", "}}",
    ]
}

/// Random queries of commands whose parameters are of the kinds that the table says.
struct CommandGenerator {
    let dialect: CommandDialect
    var random: SeededGenerator
    private var references = 0

    init(dialect: CommandDialect, seed: UInt64) {
        self.dialect = dialect
        random = SeededGenerator(seed: seed)
    }

    mutating func query() -> Value {
        references = 0
        var commands: [Value] = []
        for _ in 0..<random.pick([0, 1, 2]) {
            references += 1
            commands.append(["FindEntity": ["_ref": .integer(Int64(references))]])
        }
        for _ in 0..<random.pick([1, 1, 2, 3]) {
            let row = random.pick(CommandTable.rows(of: dialect))
            commands.append([row.name: .object(object(row.parameters))])
        }
        return .array(commands)
    }

    private mutating func object(_ parameters: [CommandParameter], depth: Int = 3) -> Document {
        var document = Document()
        for parameter in parameters where parameter.isRequired || random.chance(0.15) {
            if case .refused = parameter.kind { continue }
            if let value = value(parameter.kind, depth: depth) { document[parameter.name] = value }
        }
        return document
    }

    private mutating func value(_ kind: ParameterKind, depth: Int) -> Value? {
        switch kind {
        case .newReference:
            references += 1
            return .integer(Int64(references))
        case .reference:
            return references > 0 ? .integer(Int64(Int.random(in: 1...references, using: &random))) : nil
        case .integer(let range):
            return .integer(
                Int64(random.pick([range.lowerBound, min(range.upperBound, range.lowerBound + 7)])))
        case .number(let range): return .float(Double.random(in: range, using: &random))
        case .positive: return .float(Double.random(in: 0.5...9, using: &random))
        case .boolean: return .boolean(random.chance(0.5))
        case .mark: return dialect == .vdms ? "" : true
        case .name, .text: return .string(name())
        case .word(let words): return .string(random.pick(words))
        case .names: return [.string(name()), .string(name() + "x")]
        case .words(let words):
            return random.chance(0.5) ? .string(words[0]) : .array([.string(random.pick(words))])
        case .properties: return .object(properties())
        case .propertyLists: return [.object(properties()), .object(properties())]
        case .constraints: return constraints(depth: depth)
        case .sort:
            let key: Value = [
                "key": .string(name()), "order": .string(random.pick(["ascending", "descending"])),
            ]
            return dialect == .vdms ? key : random.chance(0.5) ? [key, .string(name())] : .string(name())
        case .operations:
            return [
                ["type": "threshold", "value": 9], ["type": "crop", "x": 0, "y": 0, "width": 2, "height": 2],
            ]
        case .block(let block), .blocks(let block): return .object(object(block.parameters, depth: depth - 1))
        case .links(let block):
            let link = Value.object(object(block.parameters, depth: depth - 1))
            guard depth > 0, random.chance(0.4), let other = value(kind, depth: depth - 1) else {
                return link
            }
            return [random.pick(["all", "any"]): [link, other]]
        case .polygons: return [[[0, 0], [3, 0], [3, 4.5]]]
        case .time: return random.chance(0.5) ? "00:01:02.5" : 7
        case .frames: return random.pick([3, [1, 2], ["start": 0, "stop": 9]])
        case .intervals:
            let question: Value = random.pick([["tag": "a"], ["track": ["a", "b"], "min_duration": 2]])
            guard depth > 0, random.chance(0.6), let other = value(kind, depth: depth - 1) else {
                return question
            }
            return random.pick([
                ["and": [question, other]], ["sequence": [other, question], "within": 3],
                ["not": other, "where": [["not": ["during": question]], ["before": other, "within": 0.5]]],
            ])
        case .permissions: return random.pick([true, ["read": true], ["create": ["Note": false]]])
        case .values: return ["a", 1, 2.5]
        case .code: return random.pick([0, 1, -1, "+1"])
        case .refused: return nil
        }
    }

    private mutating func name() -> String { random.pick(["a", "b", "name", "Person", "é😀"]) }

    private mutating func scalar() -> Value {
        random.pick([1, -2.5, "x", "", true, ["_date": "2020-01-01T00:00:00Z"]])
    }

    private mutating func properties() -> Document {
        var document = Document()
        for _ in 0..<random.pick([0, 1, 2, 3]) { document[name()] = scalar() }
        return document
    }

    private mutating func constraints(depth: Int) -> Value {
        if dialect == .aperture, random.chance(0.5) { return .array(expression(depth: depth)) }
        var document = Document()
        for _ in 0..<random.pick([1, 1, 2]) {
            if dialect == .aperture, depth > 0, random.chance(0.3),
                case .object(let inner) = constraints(depth: 0)
            {
                document[random.pick(["all", "any"])] = .object(inner)
            } else {
                document[name()] = random.pick([
                    ["==", scalar()], ["!=", scalar()], [">=", 1, "<", 5],
                    dialect == .vdms ? ["==", [1, "x"]] : ["in", [1, "x"]],
                ])
            }
        }
        return .object(document)
    }

    private mutating func expression(depth: Int) -> [Value] {
        guard depth > 0, random.chance(0.4) else {
            return random.pick([
                [.string("$" + name()), "==", "$$x"],
                [.string("$" + name()), "<", ["to_date": "2020-01-01"]],
                [.string("$" + name()), "in", ["array": [1, 2]]], [.string("$" + name()), "!=", 5],
            ])
        }
        let count = random.pick([1, 2, 3])
        return [.string(random.pick(["all", "any"]))]
            + (0..<count).map { _ in .array(expression(depth: depth - 1)) }
    }
}
