import Base
import Engine
import Query

/// What a request to Cortex's later interface asks for.
struct LabelledSampleRequest: Sendable {
    var search: LabelledSampleSearch
    /// From 1 on.
    var page: Int
    /// All that match, as a list to keep.
    var fetchesAll: Bool

    init(_ request: Request) throws {
        let reader = try request.object()
        try reader.refuseUnknown(["page", "per_page", "fetch_all", "sort", "filter", "query"])
        fetchesAll = try reader.flag("fetch_all") ?? false
        page = try LabelledSampleRequest.number(reader, "page", 1...Int.max) ?? 1
        let count = try LabelledSampleRequest.number(reader, "per_page", 1...100) ?? SampleRoutes.pageCount
        if request.keyScope == .free {
            guard !fetchesAll, count <= SampleRoutes.pageCount else {
                throw EngineError(
                    .forbidden,
                    "this key is good for pages of up to \(SampleRoutes.pageCount); larger ones and fetch_all need one of the scope 'paid'",
                    path: fetchesAll ? "fetch_all" : "per_page")
            }
        }
        guard reader.object["filter"] == nil || reader.object["query"] == nil else {
            throw EngineError(.invalidRequest, "give 'filter' or 'query', not both", path: "query")
        }
        let filter: SampleFilter
        if let value = reader.object["filter"] {
            do throws(FilterError) {
                filter = try SampleFilter.parse(value)
            } catch {
                throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
            }
        } else {
            filter = try LabelledSampleRequest.query(reader.object["query"])
        }
        let text = reader.object["sort"] == nil ? "id" : try reader.text("sort")
        guard let order = LabelledSampleSearch.Order(rawValue: text) else {
            throw EngineError(
                .invalidRequest, "'sort' must be one of id, quality and newest, not '\(text.prefix(40))'",
                path: "sort")
        }
        let (skip, isTooFar) = (page - 1).multipliedReportingOverflow(by: count)
        search = LabelledSampleSearch(
            filter, order: order, skip: isTooFar ? .max : skip, limit: count)
    }

    // MARK: - Private

    private static func number(
        _ reader: RequestReader, _ name: String, _ range: ClosedRange<Int>
    ) throws -> Int? {
        guard let value = reader.object[name] else { return nil }
        guard case .integer(let number) = value, let count = Int(exactly: number), range.contains(count)
        else {
            let bound =
                range.upperBound == .max
                ? ">= \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw EngineError(.invalidRequest, "\(name): must be an integer \(bound)", path: name)
        }
        return count
    }

    /// The simple form: sizes, quality in percent, classes to be there and not to be there.
    private static func query(_ value: Value?) throws -> SampleFilter {
        let object = value ?? [:]
        guard let document = object.objectValue else {
            throw EngineError(.invalidRequest, "query: must be an object", path: "query")
        }
        let reader = RequestReader(document)
        try reader.refuseUnknown([
            "min_width", "min_height", "label_quality_score", "include_classes", "include_mode",
            "exclude_classes",
        ])
        var parts: [SampleFilter] = []
        func atLeast(_ field: SampleFilter.Field, _ least: Value) {
            parts.append(.number(field, SampleFilter.Comparison([.greaterOrEqual(least)])))
        }
        func given(_ name: String, _ range: ClosedRange<Int>, _ usual: Int) throws -> Int64 {
            do {
                return Int64(try number(reader, name, range) ?? usual)
            } catch var error as EngineError {
                error.path = "query.\(name)"
                error.message = "query.\(error.message)"
                throw error
            }
        }
        let (width, height) = (
            try given("min_width", 0...Int.max, 100), try given("min_height", 0...Int.max, 0)
        )
        let quality = try given("label_quality_score", 0...100, 50)
        if width > 0 { atLeast(.width, .integer(width)) }
        if height > 0 { atLeast(.height, .integer(height)) }
        if quality > 0 { atLeast(.labelQuality, .float(Double(quality) / 100)) }
        let included = try classes(reader, "include_classes").map {
            SampleFilter.objects(SampleFilter.ObjectCondition($0))
        }
        let mode = reader.object["include_mode"]?.stringValue ?? "all"
        guard mode == "all" || mode == "any",
            reader.object["include_mode"].map({ $0.stringValue != nil }) ?? true
        else {
            throw EngineError(
                .invalidRequest, "query.include_mode: must be \"all\" or \"any\"", path: "query.include_mode")
        }
        if mode == "all" { parts += included } else if !included.isEmpty { parts.append(.or(included)) }
        parts += try classes(reader, "exclude_classes").map {
            .not(.objects(SampleFilter.ObjectCondition($0)))
        }
        return parts.isEmpty ? .all : .and(parts)
    }

    private static func classes(_ reader: RequestReader, _ name: String) throws -> [String] {
        guard let value = reader.object[name] else { return [] }
        let texts = value.arrayValue?.compactMap(\.stringValue).filter { !$0.isEmpty } ?? []
        guard let count = value.arrayValue?.count, count == texts.count, count <= 100 else {
            throw EngineError(
                .invalidRequest, "query.\(name): must be a list of at most 100 texts", path: "query.\(name)")
        }
        return texts
    }
}
