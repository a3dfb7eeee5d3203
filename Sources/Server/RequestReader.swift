import Base
import Engine
import Query

/// Reads the members of a request, whether they came as JSON or as text in a query string; each error names
/// its member.
struct RequestReader {
    let object: Document
    /// Bytes of the text that the object was read from.
    private let byteCount: Int

    init(_ object: Document, byteCount: Int = 0) {
        self.object = object
        self.byteCount = byteCount
    }

    /// The filter, `{}` where there is none.
    func filter() throws -> Filter {
        do throws(FilterError) {
            switch object["filter"] {
            case nil: return .all
            case .string(let text): return try Filter.parse(text)
            case .some(let value):
                // Only in a request that is longer can a filter be too long.
                let limit = FilterLimits().byteCount
                if byteCount > limit, case let count = value.json.utf8.count, count > limit {
                    throw FilterError(.limitExceeded, "a filter of \(count) bytes; the limit is \(limit)")
                }
                return try Filter.parse(value)
            }
        } catch {
            throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
        }
    }

    func findRequest(class entityClass: String) throws -> FindRequest {
        try refuseUnknown(["filter", "sort", "skip", "limit", "projection", "count"])
        return FindRequest(
            entityClass: entityClass, filter: try filter(), sort: try sort(), skip: try count("skip") ?? 0,
            limit: try count("limit") ?? 25, projection: try projection(),
            wantsCount: try flag("count") ?? false)
    }

    /// A text that must be there.
    func text(_ name: String) throws -> String {
        guard let text = object[name]?.stringValue, !text.isEmpty else {
            throw EngineError(.invalidRequest, "'\(name)' must be given, as text", path: name)
        }
        return text
    }

    /// A list of texts, or one, or texts separated by commas.
    func texts(_ name: String) throws -> [String]? {
        switch object[name] {
        case nil: return nil
        case .string(let text): return text.split(separator: ",").map(String.init)
        case .array(let elements) where elements.allSatisfy({ $0.stringValue != nil }):
            return elements.compactMap(\.stringValue)
        default: throw EngineError(.invalidRequest, "'\(name)' must be a list of texts", path: name)
        }
    }

    /// A whole number that is not negative.
    func count(_ name: String) throws -> Int? {
        guard let value = object[name] else { return nil }
        let number = value.integerValue ?? value.stringValue.flatMap(Int64.init)
        guard let number, number >= 0, let count = Int(exactly: number) else {
            throw EngineError(
                .invalidRequest, "'\(name)' must be a whole number, 0 or more, but is \(value.json)",
                path: name)
        }
        return count
    }

    func flag(_ name: String) throws -> Bool? {
        switch object[name] {
        case nil: return nil
        case .boolean(let flag): return flag
        case .string("true"), .string("1"): return true
        case .string("false"), .string("0"): return false
        case .some(let value):
            throw EngineError(
                .invalidRequest, "'\(name)' must be true or false, but is \(value.json)", path: name)
        }
    }

    /// The bins of a histogram.
    func bins() throws -> HistogramBins {
        guard let value = object["edges"] else { return .even(try count("bins") ?? 20) }
        guard object["bins"] == nil else {
            throw EngineError(.invalidRequest, "give 'bins' or 'edges', not both", path: "bins")
        }
        let edges =
            value.stringValue.map { $0.split(separator: ",").map { Value.string(String($0)) } }
            ?? value.arrayValue ?? []
        let numbers = edges.compactMap { $0.floatValue ?? $0.stringValue.flatMap(Double.init) }
        if !edges.isEmpty, numbers.count == edges.count { return .edges(numbers) }
        let dates = edges.compactMap { edge in
            (edge.objectValue?["$date"] ?? edge).stringValue.flatMap { DateTime(iso8601: $0) }
        }
        if !edges.isEmpty, dates.count == edges.count { return .dates(dates) }
        throw EngineError(.invalidRequest, "'edges' must be a list of numbers, or of dates", path: "edges")
    }

    func refuseUnknown(_ known: [String]) throws {
        guard let unknown = object.keys.first(where: { !known.contains($0) }) else { return }
        throw EngineError(
            .invalidRequest,
            "'\(unknown)' is not known here; what there is: \(known.joined(separator: ", "))", path: unknown)
    }

    // MARK: - Private

    private func sort() throws -> SortOrder {
        do throws(FilterError) {
            return try object["sort"].map { value throws(FilterError) in try SortOrder.parse(value) }
                ?? SortOrder()
        } catch {
            throw EngineError(.invalidRequest, error.message, path: "sort", cause: error)
        }
    }

    private func projection() throws -> Projection? {
        guard var value = object["projection"] else { return nil }
        do {
            if case .string(let text) = value { value = try JSON.parse(text) }
            return try Projection.parse(value)
        } catch let error as FilterError {
            throw EngineError(.invalidRequest, error.message, path: "projection", cause: error)
        } catch let error as JSONError {
            throw EngineError(
                .invalidRequest, "the projection is no JSON: \(error)", path: "projection", cause: error)
        }
    }
}
