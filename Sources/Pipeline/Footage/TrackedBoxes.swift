import Annotations
import Base
import Catalog
import Engine

/// The boxes of a video's frames that are followed together: those of one source, and what people say of the
/// same label classes, so that a thing that several have seen is followed once.
///
/// Of each label class the boxes of one program count: of the one that has looked last, by its run. In the
/// frames that it has looked at, people are believed before it: of boxes of a class that have at least half
/// of their union in common, the one that a person drew takes the place of the program's, and the newer one
/// that of another person's. Classes of which people alone speak are followed by themselves.
struct TrackedBoxes {
    /// What is seen in a frame.
    struct Sighting {
        var name: String
        var box: Box
        var confidence: Double
    }

    /// Boxes of one class in one frame are of the same thing from this intersection over union on.
    private static let sameThing = 0.5

    /// The program whose boxes these are; `nil` where people alone speak of these classes.
    let source: String?
    /// Rising; a frame without sightings is one in which nothing was seen.
    private(set) var frames: [(number: Int, sightings: [Sighting])] = []

    /// The boxes of a video, by whom they are followed together, in the order of the sources.
    /// - Parameters:
    ///   - tag: only boxes of this label class.
    ///   - source: only boxes of this source, with its version or without.
    static func groups(in footage: LabelledFootage, tag: String?, source: String?) -> [TrackedBoxes] {
        var newest: [String: (source: String?, run: RunID, label: LabelID)] = [:]
        for label in footage.frames.lazy.flatMap(\.labels) where label.kind == .box {
            guard let name = label.name, tag.map({ name.hasSameBytes(as: $0) }) ?? true,
                source.map({ label.isOf($0) }) ?? true
            else { continue }
            let isPerson = source == nil && label.isOfPerson
            let this = (source: isPerson ? nil : label.source, run: label.run ?? 0, label: label.id)
            guard let known = newest[name] else {
                newest[name] = this
                continue
            }
            // Whatever people say, a program says more of the frames between.
            if isPerson { continue }
            let isNewer = (known.run, known.label) < (this.run, this.label)
            if known.source == nil || isNewer { newest[name] = this }
        }
        let byGroup = Dictionary(grouping: newest, by: \.value.source).mapValues { Set($0.map(\.key)) }
        return byGroup.sorted { ($0.key ?? "") < ($1.key ?? "") }.map { program, classes in
            TrackedBoxes(program, classes, in: footage, takesPeople: source == nil)
        }
    }

    private init(
        _ source: String?, _ classes: Set<String>, in footage: LabelledFootage, takesPeople: Bool
    ) {
        self.source = source
        let lookedAt = source.flatMap { footage.lookedAtBy[$0] }
        var steps: [Int: [Sighting]] = [:]
        for frame in lookedAt ?? [] { steps[frame] = [] }
        for frame in footage.frames {
            let own = frame.labels.filter { label in
                source.map { label.source.hasSameBytes(as: $0) } ?? label.isOfPerson
            }
            let others = takesPeople && source != nil ? frame.labels.filter(\.isOfPerson) : []
            let drawn = (own + others).filter { $0.kind == .box }
            if drawn.isEmpty {
                // What is there is said, and not where: nothing was looked for, and nothing missed.
                if !own.isEmpty { steps[frame.number] = nil }
                continue
            }
            // Where the program has not looked, one box of a person does not say that nothing else is there.
            guard !own.isEmpty || lookedAt == nil || steps[frame.number] != nil else { continue }
            steps[frame.number] = TrackedBoxes.sightings(drawn, classes)
        }
        frames = steps.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Boxes of some classes in a frame: each thing once.
    private static func sightings(_ labels: [Label], _ classes: Set<String>) -> [Sighting] {
        var taken: [(sighting: Sighting, isOfPerson: Bool)] = []
        // People first, the newest among them before the others.
        let ordered = labels.sorted {
            $0.isOfPerson != $1.isOfPerson
                ? $0.isOfPerson : $0.isOfPerson ? $0.id > $1.id : $0.id < $1.id
        }
        for label in ordered {
            guard let name = label.name, classes.contains(name), let box = label.box else { continue }
            let isKnown = taken.contains { other in
                other.isOfPerson && other.sighting.name == name
                    && other.sighting.box.iou(with: box) >= sameThing
            }
            if isKnown { continue }
            taken.append(
                (Sighting(name: name, box: box, confidence: label.confidence ?? 1), label.isOfPerson))
        }
        return taken.map(\.sighting)
    }
}

extension Label {
    /// Whether a person says it.
    fileprivate var isOfPerson: Bool { source.utf8.starts(with: "human:".utf8) }

    /// Whether a source says it, which is named with its version or without.
    fileprivate func isOf(_ name: String) -> Bool {
        source.hasSameBytes(as: name) || source.utf8.starts(with: "\(name)@".utf8)
    }

    /// The box that it tells of.
    fileprivate var box: Box? {
        guard case .json(let value)? = geometry else { return nil }
        return Region.Geometry(value, .box)?.bounds
    }
}
