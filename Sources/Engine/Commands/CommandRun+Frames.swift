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

    /// What a video hands out as its blob: its bytes, as they are. A clip has none.
    func videoRequest(
        _ id: EntityID, _ find: FindCommand, in snapshot: CatalogSnapshot
    ) throws -> BlobRequest? {
        guard let known = snapshot.schema[id.classNumber], known.kind == .entity else { return nil }
        let name = find.subject == .clip ? "FindClip" : "FindVideo"
        let work = VideoWork(find.operations, codec: find.codec, container: find.container)
        guard known.name == Store.videoClass else {
            throw EngineError(
                .invalidRequest,
                "\(name): the blob of a clip would be a video that has to be written, which this version does not do; ExtractFrames returns its frames"
            )
        }
        guard try snapshot.blob(of: id) != nil else { return nil }
        if let work {
            let row = try snapshot.entities(of: known, [id.local], properties: ["codec", "container"]).first
            let rest = work.rest(
                codec: row?.properties["codec"]?.stringValue,
                container: row?.properties["container"]?.stringValue)
            if let rest { throw rest.refusal(of: name) }
        }
        return .stored(try snapshot.storedBytes(id, class: known.name), nil)
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
