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
            var report = try CascadeRun(cascade, examiners: examiners).run(
                try CascadeVideo(reader), frames: cascade.frames(of: index), cancellation: cancellation,
                progress: progress)
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
        let frames = zip(report.frames, report.findings).map { frame, findings in
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

    // MARK: - Private

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
