import Base
import Catalog
import Query

/// What a rule says: branches of a condition and the tags of what satisfies it.
struct LabelRule: Sendable {
    /// `if condition then tag tags`.
    struct Branch: Sendable {
        var condition: Condition
        var tags: [String]
    }

    /// What holds of an entity. Objects are its boxes, polygons and masks.
    indirect enum Condition: Sendable {
        /// So many objects of a class, those with a lower confidence left out.
        case count(String, leastConfidence: Double?, Comparison, Int)
        /// At least one object of one of the classes.
        case any([String])
        /// At least one object of each of the classes.
        case all([String])
        case filter(Filter)
        case not(Condition)
        case and([Condition])
        case or([Condition])
    }

    /// In the order in which they are looked for: what begins like another comes before it.
    enum Comparison: String, Sendable, CaseIterable {
        case atMost = "<="
        case atLeast = ">="
        case unequal = "!="
        case less = "<"
        case greater = ">"
        case equal = "="

        func holds(_ left: Int, _ right: Int) -> Bool {
            switch self {
            case .atMost: left <= right
            case .atLeast: left >= right
            case .unequal: left != right
            case .less: left < right
            case .greater: left > right
            case .equal: left == right
            }
        }
    }

    /// The kinds of labels that mark objects.
    static let objectKinds: [LabelKind] = [.box, .polygon, .mask]
    /// The most bytes of a rule.
    static let longest = 64 << 10
    /// The most tags of a rule, and the most bytes of one.
    static let mostTags = 1_000
    static let longestTag = 256
    /// The most levels of parentheses and negations.
    static let deepest = 50

    /// The class of the entities that it is about.
    var entityClass = Store.imageClass
    var branches: [Branch]

    /// All tags, in their order, each once.
    var tags: [String] {
        var seen: Set<String> = []
        return branches.flatMap(\.tags).filter { seen.insert($0).inserted }
    }

    /// 1 to 64 letters, digits, `.`, `_` and `-` in ASCII, a letter or digit first.
    static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            } && text.utf8.first.map { ![0x2D, 0x2E, 0x5F].contains($0) } == true
    }
}
