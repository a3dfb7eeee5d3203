import Base
import Catalog
import Media
import Query

/// Videos, clips and frames.
extension CommandRun {
    // MARK: - Adding

    /// Puts in a video that was looked at and stored before; where that is asked for, its keyframes too.
    func insertVideo(
        _ media: NewMedia, _ content: StagedContent, _ given: Document, _ system: Document,
        _ entry: BlobEntry
    ) throws -> EntityID {
        let transaction = try writing()
        var properties = content.properties
        properties["added_at"] = .dateTime(transaction.time)
        for (name, value) in given.members { properties[name] = value }
        let id = try transaction.insert(Store.videoClass, properties, system: system, blob: entry)
        if !content.details.isEmpty { try transaction.setDetails(content.details, of: id) }
        if media.indexesFrames, let index = content.frameIndex {
            try service.principal.check(.create, class: names.wireClass(VideoPartClass.frame.rawValue))
            for keyframe in index.keyframes {
                try cancellation.check()
                _ = try transaction.addFrame(
                    keyframe.frame, of: id, time: index.seconds(of: keyframe.frame))
            }
        }
        return id
    }

    func addClip(
        _ span: VideoSpan, label: String?, owner: Int?, _ given: Document, _ system: Document,
        _ command: Command
    ) throws -> EntityID {
        let (video, index) = try oneVideo(owner, command)
        let frames = try index.frames(in: span)
        let id = try writing().addClip(
            of: video, frames, times: index.times(of: frames), given, system: system)
        if let label { try setLabel(label, of: id) }
        return id
    }

    /// Puts in a frame; `nil` where its video has it already, which is the command's result then.
    func addFrame(
        _ position: VideoPosition, label: String?, owner: Int?, _ given: Document, _ system: Document,
        _ command: Command
    ) throws -> (id: EntityID, isNew: Bool) {
        let (video, index) = try oneVideo(owner, command)
        let number = try index.frame(at: position)
        let transaction = try writing()
        if let known = try transaction.frame(number, of: video) { return (known, false) }
        let id = try transaction.addFrame(
            number, of: video, time: index.seconds(of: number), given, system: system)
        if let label { try setLabel(label, of: id) }
        return (id, true)
    }

    // MARK: - Changing

    /// Gives a clip or a frame another place in its video.
    func move(_ id: EntityID, _ update: UpdateCommand, _ subject: CommandSubject) throws {
        guard let part = VideoPartClass(subject), update.span != nil || update.position != nil else { return }
        let (video, index) = try read { snapshot -> (EntityID, FrameIndex) in
            guard let place = try snapshot.videoPlace(id, part) else {
                throw EngineError(.corrupt, "\(id) does not tell which video it is of")
            }
            return (place.video, try self.index(of: place.video, in: snapshot))
        }
        let transaction = try writing()
        switch part {
        case .clip:
            guard let span = update.span else { return }
            let frames = try index.frames(in: span)
            try transaction.moveClip(id, of: video, to: frames, times: index.times(of: frames))
        case .frame:
            guard let position = update.position else { return }
            let number = try index.frame(at: position)
            if let other = try transaction.frame(number, of: video) {
                if other == id { return }
                throw EngineError(
                    .conflict, "the video \(video) has an entity of frame \(number) already: \(other)")
            }
            try transaction.moveFrame(id, of: video, to: number, time: index.seconds(of: number))
        }
    }

    // MARK: - Finding

    /// Those of the clips or frames that lie in a stretch whole.
    func keep(
        _ ids: IdSet, in span: VideoSpan, _ known: ClassSchema, in snapshot: CatalogSnapshot
    ) throws -> IdSet {
        guard let part = VideoPartClass(rawValue: known.name), !ids.isEmpty else { return ids }
        if case .frames(let start, let stop) = span {
            return try evaluate(part.within(start...stop), known, within: ids, in: snapshot)
        }
        guard ids.count <= service.maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "a stretch by time asks each of \(ids.count) \(names.wireClass(known.name)) which video it is of; the limit is \(service.maxDocuments)"
            )
        }
        // Times and parts mean other frames in each video.
        var videos: [String: IdSet] = [:]
        let rows = try snapshot.entities(of: known, Array(ids.ids), properties: ["video"])
        for (text, rows) in Dictionary(grouping: rows, by: { $0.properties["video"]?.stringValue ?? "" }) {
            videos[text] = IdSet(sorted: rows.map(\.id.local).sorted())
        }
        var kept = IdSet()
        for (text, members) in videos.sorted(by: { $0.key < $1.key }) {
            try cancellation.check()
            guard let video = EntityID(text) else { continue }
            let index = try self.index(of: video, in: snapshot)
            guard let frames = index.frames(reachedBy: span), let last = frames.last else { continue }
            kept = kept.union(
                try evaluate(part.within(frames.lowerBound...last), known, within: members, in: snapshot))
        }
        return kept
    }

    /// Tells where clips and frames lie, as far as that is asked for.
    func addPlaces(
        _ find: FindCommand, _ known: ClassSchema, _ locals: [LocalID], to documents: inout [Document],
        in snapshot: CatalogSnapshot
    ) throws {
        let shown = find.results.shown
        guard let part = VideoPartClass(rawValue: known.name),
            !shown.isDisjoint(with: [.frameNumbers, .timeOffsets, .timeFractions])
        else { return }
        let places = try snapshot.videoPlaces(locals, of: known, part)
        var indexes: [EntityID: FrameIndex] = [:]
        for (place, local) in locals.enumerated() where documents.indices.contains(place) {
            guard let frames = places[local]?.frames, let video = places[local]?.video,
                let last = frames.last
            else { continue }
            let index = try indexes[video] ?? self.index(of: video, in: snapshot)
            indexes[video] = index
            guard last < index.count else { continue }
            func tell(_ name: String, _ value: (Int) -> Value) {
                switch part {
                case .frame: documents[place]["_\(name)"] = value(last)
                case .clip:
                    documents[place]["_\(name)_range"] = [
                        "start": value(frames.lowerBound), "stop": value(last),
                    ]
                }
            }
            if shown.contains(.frameNumbers) { tell("frame_number") { .integer(Int64($0)) } }
            if shown.contains(.timeOffsets) {
                tell("time_offset") { .string(ClockTime.text(seconds: index.seconds(of: $0))) }
            }
            if shown.contains(.timeFractions) {
                let duration = index.duration.seconds
                tell("time_fraction") { .float(duration > 0 ? index.seconds(of: $0) / duration : 0) }
            }
        }
    }

    /// Gives the properties of their video to clips and frames that lack them, where those are listed.
    func addInherited(
        _ find: FindCommand, _ known: ClassSchema, _ locals: [LocalID], to documents: inout [Document],
        in snapshot: CatalogSnapshot
    ) throws {
        guard let part = VideoPartClass(rawValue: known.name), may(.read, Store.videoClass),
            let videos = snapshot.schema.entityClass(Store.videoClass)
        else { return }
        let listed = find.results.list.map(Set.init)
        let places = try snapshot.videoPlaces(locals, of: known, part)
        var inherited: [EntityID: Document] = [:]
        for (place, local) in locals.enumerated() where documents.indices.contains(place) {
            guard let video = places[local]?.video else { continue }
            let given = try inherited[video] ?? snapshot.inherited(from: video)
            inherited[video] = given
            for (name, value) in given.members {
                guard let shown = names.shown(name, of: videos),
                    find.results.allProperties || listed?.contains(shown) == true
                else { continue }
                let own = documents[place][shown]
                if own == nil || own == names.missing {
                    documents[place][shown] = answersTable ? value : value.wire
                }
            }
        }
    }

    // MARK: - Private

    /// The one video that a clip or a frame is to be a part of.
    private func oneVideo(
        _ owner: Int?, _ command: Command
    ) throws -> (id: EntityID, index: FrameIndex) {
        let found = try owner.map(result) ?? FoundSet()
        return try read { snapshot -> (id: EntityID, index: FrameIndex) in
            guard found.count == 1, let id = found.members(snapshot.schema).first else {
                let some = found.count == 0 ? "none: no video was found" : "\(found.count) entities"
                throw EngineError(
                    .invalidRequest, "\(command.name) needs one video, and its video_ref stands for \(some)")
            }
            guard snapshot.schema[id.classNumber]?.name == Store.videoClass else {
                throw EngineError(
                    .invalidRequest,
                    "\(command.name) needs one video, and its video_ref stands for \(id), which is none")
            }
            return (id, try index(of: id, in: snapshot))
        }
    }

    private func index(of video: EntityID, in snapshot: CatalogSnapshot) throws -> FrameIndex {
        try service.frameIndex(try snapshot.storedBytes(video, class: Store.videoClass), cancellation)
    }
}

extension VideoPartClass {
    /// The class that a subject of the command language stands for; `nil` where it is no part of a video.
    init?(_ subject: CommandSubject) {
        switch subject {
        case .clip: self = .clip
        case .frame: self = .frame
        default: return nil
        }
    }

    /// That a member lies in a range of frames whole.
    fileprivate func within(_ frames: ClosedRange<Int>) -> Filter {
        let (first, stop) = self == .frame ? ("frame_number", "frame_number") : ("start_frame", "stop_frame")
        let last = self == .frame ? frames.upperBound : frames.upperBound + 1
        return .and([
            .field(FieldPath(first), .greaterOrEqual(.integer(Int64(frames.lowerBound)))),
            .field(FieldPath(stop), .lessOrEqual(.integer(Int64(last)))),
        ])
    }
}
