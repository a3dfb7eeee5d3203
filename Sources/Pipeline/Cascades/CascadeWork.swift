import Annotations
import Base
import Catalog
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Inference
import Media
import SystemPackage

/// Taking one video through a cascade, on whatever thread.
struct CascadeWork: Sendable {
    enum Outcome: Sendable {
        case done(CascadeReport, FrameIndex)
        /// It cannot be gone through.
        case failed(String)
        /// It was told to end.
        case stopped
        /// The store cannot go on.
        case broken(EngineError)
    }

    let store: Store
    let cascade: Cascade
    let models: [String: Model]
    let source: String
    /// Where journals are kept.
    let folder: FilePath
    /// Whether what earlier stages found is said as well, and of frames that later ones dropped.
    var saysAll = false

    /// Blocks, and computes.
    func go(
        through id: EntityID, _ cancellation: Cancellation, _ progress: (CascadeRun.Progress) -> Void
    ) -> Outcome {
        do {
            try cancellation.check()
            let (reader, digest) = try store.openVideo(id, cancellation)
            let index = try reader.index()
            let clock = ContinuousClock(), begun = clock.now
            var examiners: [String: any CascadeExaminer] = [:]
            if cascade.stages.joined.contains(where: { $0.name == Cascade.motion }) {
                let (motion, _) = try store.motion(
                    in: id, class: Store.videoClass, MotionOptions(), cancellation)
                examiners[Cascade.motion] = MotionExaminer(motion)
            }
            let scanned = (clock.now - begun).inSeconds
            let journal = journal(of: id, digest)
            for (name, model) in models {
                let examiner = try LabelJob.reporting { () throws(InferenceError) in try CascadeModel(model) }
                examiners[name] = JournaledExaminer(model: name, examiner: examiner, journal: journal)
            }
            let record = saysAll ? CascadeRecord(cascade) : nil
            if let record {
                for name in models.keys {
                    examiners[name] = examiners[name].map {
                        RecordedExaminer(model: name, examiner: $0, record: record)
                    }
                }
            }
            var report = try CascadeRun(cascade, examiners: examiners).run(
                try CascadeVideo(reader), frames: cascade.frames(of: index), cancellation: cancellation,
                progress: progress)
            report.recorded = record?.findings
            if let place = cascade.stages.firstIndex(where: {
                $0.models.contains { $0.name == Cascade.motion }
            }) {
                report.stages[place].seconds += scanned
            }
            return .done(report, index)
        } catch {
            if cancellation.isCancelled { return .stopped }
            let error = EngineError(reporting: error)
            return error.isOfStore ? .broken(error) : .failed("\(error)")
        }
    }

    /// What a cascade says of a video: of each frame that it keeps what was found there, and of the video the
    /// report.
    func statement(of id: EntityID, _ report: CascadeReport, _ index: FrameIndex) -> Statement {
        let found =
            report.recorded.map { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
            ?? Array(zip(report.frames, report.findings))
        let frames = found.map { frame, findings in
            FrameLabels(
                frame, at: index.seconds(of: frame),
                findings.filter { $0.className != Cascade.motion }.map(label))
        }
        var told = report.document
        if let rate = cascade.framesPerSecond { told.append("fps", .float(rate)) }
        let name = source.prefix { $0 != "@" }
        return Statement(
            id, by: source,
            labels: [NewLabel(.class, String(name), geometry: .json(.object(told)), source: source)],
            frames: frames.filter { !$0.labels.isEmpty })
    }

    /// What it says of an image, which is a video of one frame: what moves cannot be told, and is no reason
    /// to drop it. Blocks, and computes.
    func statement(ofImage id: EntityID, _ cancellation: Cancellation) -> Statement {
        do {
            let record = CascadeRecord(cascade)
            var examiners: [String: any CascadeExaminer] = [Cascade.motion: AlwaysMoving()]
            for (name, model) in models {
                let examiner = try LabelJob.reporting { () throws(InferenceError) in try CascadeModel(model) }
                examiners[name] = RecordedExaminer(model: name, examiner: examiner, record: record)
            }
            let report = try CascadeRun(cascade, examiners: examiners).run(
                StillFrame(try store.picture(of: id)), frames: [0], cancellation: cancellation)
            if let failure = report.stages.lazy.compactMap(\.failure).first {
                return Statement(id, by: source, failure: failure)
            }
            return Statement(id, by: source, labels: (record.findings[0] ?? []).map(label))
        } catch {
            return Statement(id, by: source, failure: "\(error)")
        }
    }

    // MARK: - Private

    /// An image as the only frame of a video.
    private final class StillFrame: CascadeFrames {
        private let picture: Raster
        var frameCount: Int { 1 }

        init(_ picture: Raster) { self.picture = picture }
        func seconds(of frame: Int) -> Double { 0 }
        func raster(of frame: Int) -> Raster { picture }
    }

    private struct AlwaysMoving: CascadeExaminer {
        func findings(in frame: Int, of video: any CascadeFrames) -> [CascadeFinding] {
            [CascadeFinding(Cascade.motion, confidence: 1)]
        }
    }

    private func label(_ finding: CascadeFinding) -> NewLabel {
        NewLabel(
            finding.box == nil ? .class : .box, finding.className,
            geometry: finding.box.map { .json(Region.Geometry.box($0).value) },
            confidence: min(1, finding.confidence), source: source)
    }

    private func journal(of id: EntityID, _ digest: SHA256Digest) -> CascadeJournal {
        // Where the folder cannot be made there is no journal, and a later attempt has more to do.
        for path in [folder.removingLastComponent(), folder] { mkdir(path.string, 0o700) }
        let sources = models.values.map(\.description.sourceText).sorted().joined(separator: " ")
        return CascadeJournal(folder.appending("\(id).journal"), header: "\(digest) \(sources)")
    }
}

extension [Cascade.Stage] {
    /// The models of all stages.
    fileprivate var joined: [Cascade.Model] { flatMap(\.models) }
}
