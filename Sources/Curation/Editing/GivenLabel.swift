import Annotations
public import Base
import Catalog
import Engine

/// A label that somebody gives an entity, as a document: `kind`, `class`, `geometry` and `confidence`.
///
/// Without a kind it is a box where it has `x`, `y`, `width` and `height` of its own, otherwise a class
/// label.
public struct GivenLabel: Sendable {
    let label: NewLabel

    private static let members = ["kind", "class", "geometry", "confidence", "x", "y", "width", "height"]
    private static let sides = ["x", "y", "width", "height"]
    /// Bytes of a class.
    private static let longestName = 1_000

    /// - Parameter path: where in the request the document is, for errors.
    /// - Throws: ``EngineError/Code/invalidRequest`` with the place of what is wrong.
    public init(_ document: Document, path: String) throws {
        func refusal(_ member: String, _ what: String) -> EngineError {
            EngineError(.invalidRequest, "'\(member)' must be \(what)", path: "\(path).\(member)")
        }
        if let unknown = document.keys.first(where: { !GivenLabel.members.contains($0) }) {
            let known = GivenLabel.members.joined(separator: ", ")
            throw EngineError(
                .invalidRequest, "'\(unknown.prefix(100))' is not known here; there are \(known)",
                path: "\(path).\(unknown.prefix(100))")
        }
        let isPlaced = GivenLabel.sides.contains { document[$0] != nil }
        let word = document["kind"] == nil ? (isPlaced ? "box" : "class") : document["kind"]?.stringValue
        guard let kind = LabelKind.allCases.first(where: { $0.description == word }) else {
            throw refusal("kind", "one of \(LabelKind.allCases.map(\.description).joined(separator: ", "))")
        }
        var label = NewLabel(kind, document["class"]?.stringValue, source: "")
        if let value = document["confidence"] {
            guard let confidence = value.floatValue, (0...1).contains(confidence) else {
                throw refusal("confidence", "a number from 0 to 1")
            }
            label.confidence = confidence
        }
        var geometry = document["geometry"]
        if isPlaced {
            guard geometry == nil else {
                throw EngineError(
                    .invalidRequest, "give 'geometry', or x, y, width and height; not both",
                    path: "\(path).geometry")
            }
            geometry = .object(
                Document(
                    try GivenLabel.sides.map { side -> (String, Value) in
                        guard let number = document[side]?.floatValue else {
                            throw refusal(side, "a number, as x, y, width and height are")
                        }
                        return (side, .float(number))
                    }))
        }
        label.geometry = geometry.map { .json($0) }
        if document["class"] != nil || ![.caption, .interval].contains(kind) {
            guard let name = label.name, (1...GivenLabel.longestName).contains(name.utf8.count),
                name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
            else {
                throw refusal(
                    "class", "a text of 1 to \(GivenLabel.longestName) bytes without control characters")
            }
        }
        guard label.saysWhere else {
            throw EngineError(
                .invalidRequest, "the geometry is no \(kind) with an area", path: "\(path).geometry")
        }
        self.label = label
    }
}

extension NewLabel {
    /// Whether what it needs to be of its kind can be read: a place, points, or a text.
    fileprivate var saysWhere: Bool {
        guard case .json(let value)? = geometry else { return [.class, .interval].contains(kind) }
        switch kind {
        case .box, .polygon:
            guard let box = RegionClass(kind).flatMap({ Region.Geometry(value, $0) })?.bounds else {
                return false
            }
            return [box.x, box.y, box.width, box.height].allSatisfy(\.isFinite) && box.width > 0
                && box.height > 0
        case .track: return Track(value) != nil
        case .points: return KeyPoints(value) != nil
        case .mask: return MaskSize(value)?.addsUp ?? false
        case .caption:
            return (value.stringValue ?? value.objectValue?["text"]?.stringValue).map { !$0.isEmpty } ?? false
        case .class, .interval: return true
        }
    }
}
