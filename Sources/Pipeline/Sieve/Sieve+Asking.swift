import Annotations
public import Base
import Catalog
import Engine
public import Query

/// Frames that match, of some footage.
public struct SieveMatches: Sendable {
    var found: [(footage: SieveFootage, frames: [Int])]

    /// How many there are.
    public var count: Int { found.reduce(0) { $0 + $1.frames.count } }

    /// All that is known of the frames in a range of their numbers among all matches.
    public func documents(_ range: Range<Int>) -> [Document] {
        var documents: [Document] = []
        var first = 0
        for (footage, frames) in found {
            let part = range.clamped(to: first..<first + frames.count)
            documents += part.map { footage.document(of: frames[$0 - first]) }
            first += frames.count
        }
        return documents
    }

    /// For each video with matches its name and the runs of frames, first and last, both among them.
    public var intervals: [Value] {
        found.filter { !$0.frames.isEmpty }.map { footage, frames in
            Sieve.intervals(footage.video.name, footage.intervals(of: frames))
        }
    }
}

/// Asking for frames by their tags, and for objects by a filter.
extension Sieve {
    /// The frames of a project that have all of `tags`; a tag is compared as text, flags whatever their case.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a tag that no frame can have.
    public func frames(
        of project: SieveProject, tags: [(name: String, value: String)]
    ) async throws -> SieveMatches {
        let footage = try await footage(of: project)
        let known = footage.reduce(into: SieveFootage.ownFields) { $0.formUnion($1.fields) }
            .union(project.tags.compactMap { $0["name"]?.stringValue })
        if let unknown = tags.first(where: { !known.contains($0.name) }) {
            let name = String(unknown.name.prefix(100))
            throw EngineError(
                .invalidRequest, "no frame of the project has a tag '\(name)'; get_tags lists them",
                path: name)
        }
        return try await Sieve.pool.run { cancellation in
            SieveMatches(
                found: try footage.map { footage in
                    try cancellation.check()
                    let frames = footage.numbers.filter { frame in
                        tags.allSatisfy { name, value in
                            footage.value(name, at: frame).map { Sieve.isText(value, of: $0) } ?? false
                        }
                    }
                    return (footage, frames)
                })
        }
    }

    /// Objects that match: frames, which are objects of the class `frame`, and those that are followed, video
    /// by video in the order of pushing, frames first.
    /// - Returns: the ones in `range`, how many there are in all, and for each video the stretches that they
    ///   cover.
    public func objects(
        of project: SieveProject, _ filter: Filter, _ range: Range<Int>
    ) async throws -> (objects: [Document], count: Int, intervals: [Value]) {
        let footage = try await footage(of: project)
        return try await Sieve.pool.run { cancellation in
            var (objects, count, intervals) = ([Document](), 0, [Value]())
            func take(_ document: Document) -> Bool {
                guard filter.matches(document) else { return false }
                if range.contains(count) { objects.append(document) }
                count += 1
                return true
            }
            for footage in footage {
                var frames: [Int] = []
                for frame in footage.numbers {
                    try cancellation.check()
                    if take(footage.frameObject(frame)) { frames.append(frame) }
                }
                var stretches = footage.intervals(of: frames)
                for (object, document) in footage.objectDocuments() where take(document) {
                    stretches.append((object.track.frames.lowerBound, object.track.frames.upperBound - 1))
                }
                if !stretches.isEmpty {
                    intervals.append(Sieve.intervals(footage.video.name, Sieve.merged(stretches)))
                }
            }
            return (objects, count, intervals)
        }
    }

    /// Each tag that frames have with the values that it has anywhere, in the order of their names.
    public func tagValues(of project: SieveProject) async throws -> [(name: String, values: [String])] {
        let footage = try await footage(of: project)
        let listed = footage.reduce(into: Set<String>()) { $0.formUnion($1.fields) }
            .subtracting(["time", "frame_number", "storage_path", "video_url", "group_id", "project_name"])
        return listed.sorted().map { name in
            let values = footage.reduce(into: Set<String>()) { $0.formUnion($1.values(of: name) ?? []) }
            return (name, values.sorted())
        }
    }

    // MARK: - Footage

    /// What is known of the frames of all finished videos of a project, oldest first. Videos that were
    /// deleted from the store have none.
    func footage(of project: SieveProject) async throws -> [SieveFootage] {
        var found: [SieveFootage] = []
        for video in try await videos(of: project.name) where video.status == .finished {
            if let footage = try await footage(of: video, rate: project.rate) { found.append(footage) }
        }
        return found
    }

    private func footage(of video: SieveVideo, rate: Double) async throws -> SieveFootage? {
        guard let media = video.media else { return nil }
        do {
            let frames =
                video.isImage
                ? nil
                : try await store.frameNumbers(
                    of: media, class: video.mediaClass, FrameSampling.rate(rate).span)
            let known = try await store.consult { snapshot in
                (
                    properties: try snapshot.entity(media)?.properties,
                    labels: try snapshot.labels(of: media),
                    hasMotion: try snapshot.examinations(of: media).contains {
                        $0.source == MotionFinding.source && $0.error == nil
                    }
                )
            }
            guard let properties = known.properties else { return nil }
            return SieveFootage(
                video, numbers: frames?.numbers ?? [0], frames?.index, properties: properties,
                labels: known.labels, hasMotion: known.hasMotion)
        } catch let error as EngineError where [.gone, .notFound].contains(error.code) {
            // Deleted by somebody who knows nothing of the project.
            return nil
        }
    }

    // MARK: - Private

    static func intervals(_ video: String, _ stretches: [(from: Int, to: Int)]) -> Value {
        [
            "video_name": .string(video),
            "intervals": .array(
                stretches.map { [.integer(Int64($0.from)), .integer(Int64($0.to))] }),
        ]
    }

    /// Stretches that overlap or follow on each other as one, in order.
    private static func merged(_ stretches: [(from: Int, to: Int)]) -> [(from: Int, to: Int)] {
        var merged: [(from: Int, to: Int)] = []
        for stretch in stretches.sorted(by: { $0.from < $1.from }) {
            if let last = merged.last, stretch.from <= last.to + 1 {
                merged[merged.count - 1].to = max(last.to, stretch.to)
            } else {
                merged.append(stretch)
            }
        }
        return merged
    }

    private static func isText(_ text: String, of value: Value) -> Bool {
        switch value {
        case .string(let own): own.hasSameBytes(as: text)
        case .boolean(let flag): text.lowercased() == (flag ? "true" : "false")
        default: value.floatValue.map { $0 == Double(text) } ?? false
        }
    }
}
