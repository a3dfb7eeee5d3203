public import Base

/// Clips and frames. Each is joined with its video by a connection of ours.
extension Transaction {
    /// Adds a clip.
    /// - Parameters:
    ///   - frames: not empty, within the video.
    ///   - times: when the first frame begins to be shown and when the last one no longer is, in seconds from
    ///     the video's beginning.
    ///   - properties: others; none of those in ``VideoPartClass/properties``.
    /// - Throws: as ``insert(_:_:system:blob:key:)``.
    public func addClip(
        of video: EntityID, _ frames: Range<Int>, times: (start: Double, stop: Double),
        _ properties: Document = Document(), system: Document = Document()
    ) throws(CatalogError) -> EntityID {
        let own = Transaction.place(of: video, frames, times: times)
        let id = try insert(VideoPartClass.clip.rawValue, own.with(properties), system: system)
        try connect(
            in: try systemConnectionClass(VideoPartClass.clip.connectionClass), from: video, to: id)
        return id
    }

    /// Gives a clip another place in its video.
    public func moveClip(
        _ id: EntityID, of video: EntityID, to frames: Range<Int>, times: (start: Double, stop: Double)
    ) throws(CatalogError) {
        try update(id, set: Transaction.place(of: video, frames, times: times))
    }

    /// The entity of a frame; `nil` where nothing is known of that frame. A B-tree answers.
    public func frame(_ number: Int, of video: EntityID) throws(CatalogError) -> EntityID? {
        try entity(
            of: VideoPartClass.frame.rawValue, where: Transaction.frameKey,
            equals: .integer(Transaction.key(ofFrame: number, of: video)))
    }

    /// Adds the entity of a frame.
    /// - Parameter time: when it begins to be shown, in seconds from the video's beginning.
    /// - Throws: ``CatalogError/Code/uniqueViolation`` where there is one already; otherwise as
    ///   ``insert(_:_:system:blob:key:)``.
    public func addFrame(
        _ number: Int, of video: EntityID, time: Double, _ properties: Document = Document(),
        system: Document = Document()
    ) throws(CatalogError) -> EntityID {
        let known = try entityClass(VideoPartClass.frame.rawValue)
        if known[Transaction.frameKey]?.isUnique != true {
            try declareUnique(Transaction.frameKey, of: known.name, isOfSystem: true)
        }
        var system = system
        system[Transaction.frameKey] = .integer(Transaction.key(ofFrame: number, of: video))
        let own = Transaction.place(of: video, number, time: time)
        let id = try insert(known.name, own.with(properties), system: system)
        try connect(
            in: try systemConnectionClass(VideoPartClass.frame.connectionClass), from: video, to: id)
        return id
    }

    /// Has a frame's entity stand for another frame of its video.
    /// - Throws: ``CatalogError/Code/uniqueViolation`` where that one has an entity already.
    public func moveFrame(
        _ id: EntityID, of video: EntityID, to number: Int, time: Double
    ) throws(CatalogError) {
        try update(
            id, set: Transaction.place(of: video, number, time: time),
            system: [Transaction.frameKey: .integer(Transaction.key(ofFrame: number, of: video))])
    }

    /// The clips and frames of videos, class by class; none for entities of another class.
    func videoParts(
        of ids: IdSet, in known: ClassSchema
    ) throws(CatalogError) -> [(members: ClassSchema, ids: IdSet)] {
        guard known.name == VideoPartClass.videoClass else { return [] }
        var found: [(members: ClassSchema, ids: IdSet)] = []
        for part in VideoPartClass.allCases {
            guard let joined = state.schema.connectionClass(part.connectionClass),
                let members = state.schema.entityClass(part.rawValue)
            else { continue }
            var locals: [LocalID] = []
            for local in ids.ids {
                locals += try ConnectionRows.rows(of: joined, from: known.entityID(local), on: connection)
                    .map(\.target)
            }
            if !locals.isEmpty { found.append((members, IdSet(locals))) }
        }
        return found
    }

    // MARK: - Private

    /// The property by which a frame is unique: the video's number and its own in one.
    private static let frameKey = "_frame"

    private static func key(ofFrame number: Int, of video: EntityID) -> Int64 {
        Int64(video.local) << 31 | Int64(number)
    }

    private static func place(of video: EntityID, _ number: Int, time: Double) -> Document {
        [
            "video": .string(video.description), "frame_number": .integer(Int64(number)),
            "time": .float(time),
        ]
    }

    private static func place(
        of video: EntityID, _ frames: Range<Int>, times: (start: Double, stop: Double)
    ) -> Document {
        [
            "video": .string(video.description), "start_frame": .integer(Int64(frames.lowerBound)),
            "stop_frame": .integer(Int64(frames.upperBound)), "start_time": .float(times.start),
            "stop_time": .float(times.stop),
        ]
    }
}

extension Document {
    /// These members, and then `others`.
    fileprivate func with(_ others: Document) -> Document {
        var all = self
        for (name, value) in others.members { all.append(name, value) }
        return all
    }
}
