import Annotations
public import Base
public import Catalog

/// Labels with their history: what holds, who said it, and taking back what a run has said.
extension Store {
    /// The current labels that a request asks for, page by page: in the order of their targets, and of one
    /// target as they were made.
    ///
    /// Each is an object of its own: `image`, the target's `_uniqueid`; `label`, its number; `kind`, `class`,
    /// `confidence`; `x`, `y`, `width` and `height` of a box, in pixels of the upright image, and of what
    /// a polygon spans; `source`, `run`, `time`, and `parent`, the label that it took the place of. What a
    /// label does not have is left out. Each page is read from a commit of its own.
    /// - Throws: ``EngineError/Code/notFound`` where the class was never used.
    public func labels(
        _ request: LabelRequest
    ) async throws -> AsyncThrowingStream<[Document], any Error> {
        let find = FindRequest(entityClass: request.entityClass, filter: request.filter)
        let results = try await select(find)
        if let name = request.classIsA {
            try await read { snapshot in
                let known = try snapshot.entityClass(request.entityClass)
                _ = try ClassWords(snapshot, known).labels(within: name)
            }
        }
        return results.pages { snapshot, known, ids in
            let words = try request.classIsA.map {
                Set(try ClassWords(snapshot, known).labels(within: $0).map(ExactName.init))
            }
            var page: [Document] = []
            for id in ids {
                let target = known.entityID(id)
                for label in try snapshot.labels(of: target) where request.accepts(label, within: words) {
                    page.append(label.line)
                }
            }
            return page
        }
    }

    /// All runs of imports, models and rules, oldest first: `run`, `kind`, `source`, `started`, and where
    /// there are such `finished`, `reverted` and `parameters`.
    public func labelRuns() async throws -> [Document] {
        try await read { snapshot in
            try snapshot.runs().map { run in
                var document: Document = [
                    "run": .integer(run.id), "kind": .string(run.kind), "source": .string(run.source),
                    "started": .dateTime(run.started),
                ]
                if let finished = run.finished { document.append("finished", .dateTime(finished)) }
                if let reverted = run.reverted { document.append("reverted", .dateTime(reverted)) }
                if !run.parameters.isEmpty { document.append("parameters", .object(run.parameters)) }
                return document
            }
        }
    }

    /// Takes back what a run has said: its labels go, and what it removed or replaced holds again. What a
    /// person made of one of its labels stays. Its vectors go too. What it has looked at, it may look at
    /// again. To revert it once more changes nothing.
    ///
    /// Reads the whole label log.
    /// - Parameter who: who asked, as a source: `human:<user>`.
    /// - Returns: `run`, and how many labels were `removed` and `restored`.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such run.
    public func revert(run: Int64, by who: String) async throws -> Document {
        try checkWritable()
        let (catalog, limit) = (catalog, options.maxVerifiedDocuments)
        return try await readPool.run { _ in
            try translating {
                let outcome = try catalog.write { transaction in
                    var outcome = try transaction.revert(run: run, source: who)
                    outcome.removed += try transaction.deleteDescriptors(
                        ofRun: run, by: who, maxDocuments: limit)
                    return outcome
                }
                return [
                    "run": .integer(run), "removed": .integer(Int64(outcome.removed)),
                    "restored": .integer(Int64(outcome.restored)),
                ]
            }
        }
    }
}

extension Label {
    /// The label as an object of its own, as ``Store/labels(_:)`` tells it.
    public var line: Document {
        var line: Document = [
            "image": .string(target.description), "label": .integer(id), "kind": .string(kind.description),
        ]
        if let name { line.append("class", .string(name)) }
        if let confidence { line.append("confidence", .float(confidence)) }
        if case .json(let value)? = geometry {
            if let region = RegionClass(kind).flatMap({ Region.Geometry(value, $0) }) {
                let bounds = region.bounds
                line.append("x", .float(bounds.x))
                line.append("y", .float(bounds.y))
                line.append("width", .float(bounds.width))
                line.append("height", .float(bounds.height))
                if case .polygon = region, let rings = value.objectValue?["polygons"] {
                    line.append("polygons", rings)
                }
            } else {
                line.append("geometry", value)
            }
        }
        line.append("source", .string(source))
        if let run { line.append("run", .integer(run)) }
        line.append("time", .dateTime(time))
        if let parent { line.append("parent", .integer(parent)) }
        return line
    }
}
