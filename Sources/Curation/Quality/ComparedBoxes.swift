import Base
import Catalog
import Engine

/// The boxes of an image that one source has given, with their labels.
struct ComparedBoxes {
    var labels: [Label] = []
    var boxes: [ClassedBox] = []

    init(_ entity: LabelledEntity, of source: SourcePattern, _ names: inout ClassNames) {
        for label in entity.labels where label.kind == .box && source.matches(label.source) {
            guard let box = label.box else { continue }
            labels.append(label)
            boxes.append(
                ClassedBox(box, names.place(of: label.name ?? ""), confidence: label.confidence ?? 1))
        }
    }

    /// A label as a cause names it.
    func document(_ index: Int) -> Document {
        let label = labels[index]
        var document: Document = ["label": .integer(label.id)]
        if let name = label.name { document.append("class", .string(name)) }
        if let confidence = label.confidence { document.append("confidence", .float(confidence)) }
        return document
    }

    /// A label as a sentence names it.
    func words(_ index: Int) -> String {
        let label = labels[index]
        let name = label.name.map { "'\($0)'" } ?? "without a class"
        return
            "\(name) (label \(label.id)\(label.confidence.map { ", \(($0 * 1_000).rounded() / 1_000)" } ?? ""))"
    }
}
