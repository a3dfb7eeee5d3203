import Base
import Catalog
import Columns
import Query

/// A condition on one box of an object analysis, as indexes are asked it.
struct BoxQuestion {
    /// The condition itself, on `{classname, conf, x1, y1, x2, y2}`.
    let filter: Filter
    /// As a condition on the store's entities of boxes.
    let region: Filter
    /// Where label class and confidence alone decide: what postings are asked.
    let posting: Posting?

    /// A condition on labels of the kind box.
    struct Posting {
        var names: ColumnPredicate = .present
        var lower: ColumnBound?
        var upper: ColumnBound?
    }

    /// - Returns: `nil` for what only documents can tell.
    init?(_ filter: Filter) {
        guard let region = BoxQuestion.region(filter) else { return nil }
        self.filter = filter
        self.region = .and([BoxQuestion.isObject, region])
        posting = Posting(filter)
    }

    // MARK: - Regions

    /// The property of a box's label class.
    private static let label = FieldPath("_label")

    /// Boxes that name a class, and not faces.
    private static let isObject = Filter.and([
        .field(label, .exists), .not(.field(label, .equal(.string(ObjectAnalysis.face)))),
    ])

    private static func region(_ filter: Filter) -> Filter? {
        func each(_ parts: [Filter]) -> [Filter]? {
            let filters = parts.compactMap { region($0) }
            return filters.count == parts.count ? filters : nil
        }
        switch filter {
        case .all: return .all
        case .and(let parts): return each(parts).map { .and($0) }
        case .or(let parts): return each(parts).map { .or($0) }
        case .nor(let parts): return each(parts).map { .nor($0) }
        case .not(let part): return region(part).map { .not($0) }
        case .field(let path, .all(let predicates)):
            if predicates.isEmpty { return .not(.all) }
            return each(predicates.map { .field(path, $0) }).map { .and($0) }
        case .field(let path, let predicate):
            switch path.root {
            case "classname": return .field(path.renamed("_label"), predicate)
            case "conf": return .field(path.renamed("_confidence"), predicate)
            case "x1", "y1", "x2", "y2":
                // Below a number there is nothing.
                guard path.components.count == 1 else { return constant(predicate.accepts(nil)) }
                let edges = ["x1": "_x", "y1": "_y", "x2": "_right", "y2": "_bottom"]
                return edges[path.root].flatMap { pixels(FieldPath($0), predicate) }
            default: return constant(predicate.accepts(nil))
            }
        }
    }

    private static func constant(_ answer: Bool) -> Filter { answer ? .all : .not(.all) }

    /// A condition on the nearest whole number to what the store has.
    private static func pixels(_ path: FieldPath, _ predicate: Predicate) -> Filter? {
        switch predicate {
        case .exists: return .all
        case .equal(let value): return equal(path, value)
        case .among(let list, _):
            let filters = list.values.compactMap { equal(path, $0) }
            return filters.count == list.values.count ? .or([.not(.all)] + filters) : nil
        case .less(let value):
            return bound(value) { $0.rounded(.up) - 1 }.map { $0.map { atMost(path, $0) } ?? .not(.all) }
        case .lessOrEqual(let value):
            return bound(value) { $0.rounded(.down) }.map { $0.map { atMost(path, $0) } ?? .not(.all) }
        case .greater(let value):
            return bound(value) { $0.rounded(.down) + 1 }.map { $0.map { atLeast(path, $0) } ?? .not(.all) }
        case .greaterOrEqual(let value):
            return bound(value) { $0.rounded(.up) }.map { $0.map { atLeast(path, $0) } ?? .not(.all) }
        case .matches, .size, .elementMatchesValue, .elementMatchesDocument: return .not(.all)
        case .type, .modulo, .all, .isA, .counts: return nil
        }
    }

    private static func equal(_ path: FieldPath, _ value: Value) -> Filter? {
        guard let number = value.floatValue else { return .not(.all) }
        guard number.magnitude <= exact else { return nil }
        guard number == number.rounded() else { return .not(.all) }
        return .and([atLeast(path, number), atMost(path, number)])
    }

    /// - Returns: `nil` for a number that is too large to tell; within, `nil` for what is no number.
    private static func bound(_ value: Value, _ round: (Double) -> Double) -> Double?? {
        guard let number = value.floatValue else { return .some(nil) }
        return number.magnitude <= exact ? .some(round(number)) : nil
    }

    /// Up to here a float tells halves apart, and NaN is not among them.
    private static let exact = Double(1 << 50)

    /// The nearest whole number is `number` or more; halves are rounded away from zero.
    private static func atLeast(_ path: FieldPath, _ number: Double) -> Filter {
        .field(path, number > 0 ? .greaterOrEqual(.float(number - 0.5)) : .greater(.float(number - 0.5)))
    }

    private static func atMost(_ path: FieldPath, _ number: Double) -> Filter {
        .field(path, number < 0 ? .lessOrEqual(.float(number + 0.5)) : .less(.float(number + 0.5)))
    }
}

extension BoxQuestion.Posting {
    /// - Returns: `nil` where something else than label class and confidence is asked for, or more than names
    ///   and a range.
    init?(_ filter: Filter) {
        let parts: [Filter]
        switch filter {
        case .all: parts = []
        case .and(let all): parts = all
        default: parts = [filter]
        }
        var names: ColumnPredicate?
        for part in parts {
            guard case .field(let path, let predicate) = part, path.components.count == 1 else { return nil }
            switch (path.root, predicate) {
            case ("classname", .equal(.string(let name))) where names == nil: names = .equal(.string(name))
            case ("classname", .among(let list, let patterns)) where names == nil:
                let texts = list.values.compactMap(\.stringValue)
                guard texts.count == list.values.count else { return nil }
                names = .matching { text in
                    texts.contains { $0.hasSameBytes(as: text) } || patterns.contains { $0.matches(text) }
                }
            case ("classname", .matches(let pattern)) where names == nil:
                names = .matching { pattern.matches($0) }
            case ("conf", .greater(let value)): guard takeLower(value, false) else { return nil }
            case ("conf", .greaterOrEqual(let value)): guard takeLower(value, true) else { return nil }
            case ("conf", .less(let value)): guard takeUpper(value, false) else { return nil }
            case ("conf", .lessOrEqual(let value)): guard takeUpper(value, true) else { return nil }
            case ("conf", .equal(let value)):
                guard takeLower(value, true), takeUpper(value, true) else { return nil }
            default: return nil
            }
        }
        if let names { self.names = names }
    }

    private mutating func takeLower(_ value: Value, _ isInclusive: Bool) -> Bool {
        guard lower == nil, let number = BoxQuestion.Posting.number(value) else { return false }
        lower = ColumnBound(number, isInclusive: isInclusive)
        return true
    }

    private mutating func takeUpper(_ value: Value, _ isInclusive: Bool) -> Bool {
        guard upper == nil, let number = BoxQuestion.Posting.number(value) else { return false }
        upper = ColumnBound(number, isInclusive: isInclusive)
        return true
    }

    private static func number(_ value: Value) -> ColumnValue? {
        switch value {
        case .integer(let number): .integer(number)
        case .float(let number) where !number.isNaN: .float(number)
        default: nil
        }
    }
}
