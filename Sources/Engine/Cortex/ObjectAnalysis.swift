import Annotations
import Base
import Catalog

/// What is known of the objects in an image: the boxes that its sample shows.
///
/// Shown are the boxes that name a class and hold, but of what models have said only what the newest one to
/// look at the image has, even where it found nothing: what earlier ones found stays in the store. Faces are
/// no objects, but a part of their own, and so is what pose estimators find.
struct ObjectAnalysis {
    /// The label class of what face detectors find.
    static let face = "face"

    /// The boxes, oldest first.
    private(set) var boxes: [(label: Label, box: Box)] = []
    /// Whether anybody has looked for objects.
    private(set) var isProcessed = false
    /// Whether anybody has looked for poses.
    private(set) var hasPoses = false
    /// Whether anybody has looked for faces.
    private(set) var hasFaces = false

    /// - Parameters:
    ///   - labels: all current labels of the image, oldest first.
    ///   - examinations: what has looked at the image.
    init(_ labels: [Label], _ examinations: [Examination] = [], _ roles: AnalysisRoles = AnalysisRoles()) {
        var newest: (rank: (RunID, LabelID), source: String)?
        func note(_ source: String, _ run: RunID?, _ label: LabelID) {
            let rank = (run ?? 0, label)
            if newest.map({ $0.rank < rank }) ?? true { newest = (rank, source) }
        }
        for examination in examinations where examination.error == nil {
            switch roles.role(of: examination.source) {
            case .objects:
                isProcessed = true
                note(examination.source, examination.run, 0)
            case .poses: hasPoses = true
            case .faces: hasFaces = true
            case nil: break
            }
        }
        for label in labels {
            guard let name = label.name else { continue }
            switch label.kind {
            case .points: hasPoses = hasPoses || name != ObjectAnalysis.face
            case .box where name == ObjectAnalysis.face: hasFaces = true
            case .box:
                guard roles.givesObjects(label.source), let box = ObjectAnalysis.box(of: label) else {
                    continue
                }
                boxes.append((label, box))
                if label.source.hasPrefix(ObjectAnalysis.model) { note(label.source, label.run, label.id) }
            default: break
            }
        }
        isProcessed = isProcessed || !boxes.isEmpty
        if let newest {
            boxes.removeAll {
                $0.label.source.hasPrefix(ObjectAnalysis.model) && $0.label.source != newest.source
            }
        }
    }

    /// What a model's source begins with.
    static let model = "model:"

    /// `[]` where nobody has looked, else one list with what was found.
    var value: Value { isProcessed ? [.array(boxes.map { .object(ObjectAnalysis.document($0)) })] : [] }

    /// `{classname, conf, x1, y1, x2, y2}`: whole pixels; `conf` is left out where nobody gave one.
    static func document(_ found: (label: Label, box: Box)) -> Document {
        var document = Document()
        if let name = found.label.name { document.append("classname", .string(name)) }
        if let confidence = found.label.confidence { document.append("conf", .float(confidence)) }
        document.append("x1", .integer(whole(found.box.x)))
        document.append("y1", .integer(whole(found.box.y)))
        document.append("x2", .integer(whole(found.box.right)))
        document.append("y2", .integer(whole(found.box.bottom)))
        return document
    }

    /// A box's geometry; `nil` for a label without one that can be read.
    static func box(of label: Label) -> Box? {
        guard case .json(let value)? = label.geometry, case .box(let box)? = Region.Geometry(value, .box)
        else { return nil }
        return box
    }

    /// The nearest whole number, halves away from zero; what no 64 bits hold becomes what they hold.
    static func whole(_ number: Double) -> Int64 {
        let rounded = number.rounded(.toNearestOrAwayFromZero)
        if rounded.isNaN { return 0 }
        return Int64(exactly: rounded) ?? (rounded < 0 ? .min : .max)
    }
}
