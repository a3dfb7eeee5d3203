public import Base
public import Catalog
public import Media
public import Query

/// Which entities are to be looked at.
public struct LabelTargets: Sendable {
    public var entityClass: String
    public var filter: Filter
    /// What is to look at them: those that all of these have looked at are left out.
    public var sources: [String]
    /// Whether those are taken too that the sources have looked at already.
    public var again: Bool
    /// Whether only those are taken that a source could not look at.
    public var retriesFailed: Bool
    /// The run that is taken up again, whose entities are left out.
    public var run: RunID?

    public init(
        _ sources: [String], class entityClass: String = Store.imageClass, filter: Filter = .all,
        again: Bool = false, retriesFailed: Bool = false, run: RunID? = nil
    ) {
        self.entityClass = entityClass
        self.filter = filter
        self.sources = sources
        self.again = again
        self.retriesFailed = retriesFailed
        self.run = run
    }
}

extension Store {
    /// The entities that are to be looked at, in order, and how many match in all. Blocks: for threads that
    /// may.
    /// - Throws: ``EngineError/Code/notFound`` where the class was never used.
    public func labelTargets(_ wanted: LabelTargets) throws -> (ids: [EntityID], matching: Int) {
        try translating {
            try catalog.read { snapshot in
                guard let known = try snapshot.entityClass(wanted.entityClass) else { return ([], 0) }
                let matching = try snapshot.ids(known, wanted.filter, options.maxVerifiedDocuments).ids
                var rest = matching
                if wanted.retriesFailed {
                    var failed = IdSet()
                    for source in wanted.sources {
                        failed = failed.union(try snapshot.examined(known, by: source, .failed))
                    }
                    rest = rest.intersection(failed)
                } else if !wanted.again {
                    rest = rest.subtracting(
                        try snapshot.examinedByAll(known, wanted.sources) { source in
                            try snapshot.examined(known, by: source)
                        })
                }
                if let run = wanted.run {
                    rest = rest.subtracting(
                        try snapshot.examinedByAll(known, wanted.sources) { source in
                            try snapshot.examined(known, by: source, within: run)
                        })
                }
                return (rest.ids.map(known.entityID), matching.count)
            }
        }
    }

    /// All that has looked at an entity, in the order of the sources' names.
    public func examinations(of id: EntityID) async throws -> [Examination] {
        try await read { try $0.examinations(of: id) }
    }

    /// The decoded picture of an entity, upright, in RGB; that of a frame comes out of its video. Blocks, and
    /// computes.
    /// - Throws: ``EngineError/Code/notFound`` where it has no bytes, as a clip has none;
    ///   ``EngineError/Code/gone`` where it was deleted, or its referenced file is missing or changed;
    ///   ``EngineError/Code/unsupportedMedia`` for bytes that are no image; ``EngineError/Code/corrupt``.
    public func picture(of id: EntityID) throws -> Raster {
        try translating {
            let (entry, frame) = try catalog.read { snapshot in
                guard snapshot.schema.entityClass(of: id)?.name == VideoPartClass.frame.rawValue else {
                    return (try snapshot.blob(of: id), nil as FrameSource?)
                }
                return (nil, try snapshot.frameSource(id, class: VideoPartClass.frame.rawValue))
            }
            if let frame, let number = frame.part?.lowerBound {
                return try raster(ofFrame: number, of: frame.stored, Cancellation())
            }
            guard let entry else { throw EngineError(.notFound, "\(id) has no bytes") }
            let bytes = try read(try entry.stored())
            return try ImageCodec.decode(
                bytes, options: DecodeOptions(maxPixels: options.maxPixels, layout: .rgb)
            ).raster
        }
    }
}

extension CatalogSnapshot {
    /// The entities that each of `sources` has looked at.
    fileprivate func examinedByAll(
        _ known: ClassSchema, _ sources: [String], _ examined: (String) throws -> IdSet
    ) throws -> IdSet {
        var common: IdSet?
        for source in sources {
            let ids = try examined(source)
            common = common?.intersection(ids) ?? ids
        }
        return common ?? IdSet()
    }
}
