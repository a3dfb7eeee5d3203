import Base
import Catalog
import Media
import Query

/// Pixels of videos, clips and frames.
extension CommandRun {
    /// `FindFrames`: frames of the videos of a page as blobs, video by video.
    func handOutFrames(
        _ find: FindCommand, _ selection: FrameSelection, _ ids: [EntityID], _ reply: inout Document,
        in snapshot: CatalogSnapshot
    ) throws {
        let work = try PixelWork(find.operations, format: find.format, quality: find.quality)
        let start = requests.count
        for id in ids {
            guard let known = snapshot.schema[id.classNumber] else { continue }
            try request(selection, of: id, known, work, in: snapshot)
        }
        if isAperture, requests.count > start { reply["blobs_start"] = .integer(Int64(start)) }
    }

    /// The pixels of a frame.
    func frameRequest(
        _ id: EntityID, _ known: ClassSchema, _ work: PixelWork?, in snapshot: CatalogSnapshot
    ) throws -> BlobRequest {
        // A frame has no pixels of its own.
        try service.principal.check(.read, class: names.wireClass(Store.videoClass))
        let source = try snapshot.frameSource(id, class: known.name)
        return .frame(source.stored, source.part?.lowerBound ?? 0, work)
    }

    /// What a video or a clip hands out as its blob: the video's bytes, or a video that is written; `nil`
    /// where there is none.
    func videoRequest(
        _ id: EntityID, _ work: VideoWork, in snapshot: CatalogSnapshot
    ) throws -> BlobRequest? {
        guard let known = snapshot.schema[id.classNumber], known.kind == .entity else { return nil }
        if known.name == Store.videoClass, try snapshot.blob(of: id) == nil { return nil }
        let source = try snapshot.frameSource(id, class: known.name)
        if source.part == nil {
            if work.isNothing { return .stored(source.stored, nil) }
        } else {
            // A clip has no pixels of its own.
            try service.principal.check(.read, class: names.wireClass(Store.videoClass))
        }
        let index = try service.frameIndex(source.stored, cancellation)
        let videos = snapshot.schema.entityClass(Store.videoClass)
        let row = try videos.flatMap {
            try snapshot.entities(of: $0, [source.video.local], properties: VideoWork.properties).first
        }
        let plan = try work.plan(for: row?.properties ?? [:], source.bounds(in: index), of: index)
        return plan.map { .video(source.stored, $0) } ?? .stored(source.stored, nil)
    }

    func perform(_ extraction: ExtractFramesCommand) throws -> Document {
        try read { snapshot in
            let found = try result(extraction.video)
            let work = try PixelWork(extraction.operations, format: extraction.format)
            let start = requests.count
            for id in found.members(snapshot.schema) {
                guard let known = snapshot.schema[id.classNumber] else { continue }
                try service.principal.check(.read, class: names.wireClass(known.name))
                try request(extraction.frames, of: id, known, work, in: snapshot)
            }
            note(found, as: extraction.reference)
            var reply: Document = ["status": 0, "returned": .integer(Int64(requests.count - start))]
            if requests.count > start { reply["blobs_start"] = .integer(Int64(start)) }
            return reply
        }
    }

    /// Frames that one query may hand out: what it hands out is in memory as a whole.
    static let mostFrames = 10_000

    private func request(
        _ selection: FrameSelection, of id: EntityID, _ known: ClassSchema, _ work: PixelWork?,
        in snapshot: CatalogSnapshot
    ) throws {
        let source = try snapshot.frameSource(id, class: known.name)
        if source.part != nil {
            try service.principal.check(.read, class: names.wireClass(Store.videoClass))
        }
        let index = try service.frameIndex(source.stored, cancellation)
        var span = FrameSpan()
        switch selection {
        case .numbers(let numbers): span.step = .numbers(numbers)
        case .interval(let start, let stop, let step):
            (span.from, span.to, span.step) = (start, stop, .every(step))
        }
        let numbers = try span.numbers(in: index, source.bounds(in: index))
        guard requests.count + numbers.count <= CommandRun.mostFrames else {
            throw EngineError(
                .limitExceeded,
                "\(requests.count + numbers.count) frames would be returned, the limit is \(CommandRun.mostFrames); ask for some at a time"
            )
        }
        requests += numbers.map { BlobRequest.frame(source.stored, $0, work) }
    }
}
