import Base
import Catalog
import Query

/// What classes and properties of the command language are called in the catalog, and back.
///
/// The system's classes of either dialect (`_Image`, `VD:IMG`) are classes of ours (`Image`). A name that a
/// user gives and that means something else to us gets the prefix `user:` in the catalog: an entity class
/// `Image` of their own is `user:Image`, a property `label`, which natively is the label of an image,
/// `user:label`.
struct WireNames {
    static let prefix = "user:"
    /// Begins the names of the classes of descriptors. How often a set of the name was removed before
    /// follows, and the set's name: `Descriptor:0:faces`.
    static let descriptorPrefix = "Descriptor:"

    var dialect: CommandDialect

    // MARK: - Classes

    /// The class of ours that a subject stands for; `nil` for entities, connections and descriptors, whose
    /// class the command names.
    static func systemClass(_ subject: CommandSubject) -> String? {
        switch subject {
        case .entity, .connection, .descriptor: nil
        case .image: Store.imageClass
        case .blob: "Blob"
        case .video: "Video"
        case .clip: "Clip"
        case .frame: "Frame"
        case .boundingBox: RegionClass.box.rawValue
        case .polygon: RegionClass.polygon.rawValue
        case .descriptorSet: "DescriptorSet"
        }
    }

    private static let systemClasses = Dictionary(
        uniqueKeysWithValues: CommandSubject.allCases.compactMap { subject in
            systemClass(subject).map { ($0, subject) }
        })

    /// The subject whose entities a class of the catalog holds; ``CommandSubject/entity`` for a user's class.
    static func subject(ofClass name: String) -> CommandSubject {
        if let subject = systemClasses[name] { return subject }
        return name.hasPrefix(descriptorPrefix) ? .descriptor : .entity
    }

    /// The catalog's name of a user's class.
    static func catalogClass(ofUser name: String) -> String {
        subject(ofClass: name) != .entity || name.hasPrefix(prefix) ? prefix + name : name
    }

    /// The class of a set's descriptors, where it is in use; those of removed sets of the name are not.
    static func descriptorClass(ofSet name: String, in schema: CatalogSchema) -> ClassSchema? {
        var known: ClassSchema?
        while let next = schema.entityClass(descriptorClass(ofSet: name, after: known)) { known = next }
        return known
    }

    /// The name of the class after `known`, for the descriptors of a new set.
    static func descriptorClass(ofSet name: String, after known: ClassSchema?) -> String {
        let number = known.flatMap { parts(ofClass: $0.name)?.number }.map { $0 + 1 } ?? 0
        return "\(descriptorPrefix)\(number):\(name)"
    }

    /// The set whose descriptors a class holds; `nil` for another class.
    static func setName(ofClass name: String) -> String? { parts(ofClass: name)?.set }

    private static func parts(ofClass name: String) -> (number: Int, set: String)? {
        guard name.hasPrefix(descriptorPrefix) else { return nil }
        let rest = name.dropFirst(descriptorPrefix.count)
        guard let colon = rest.firstIndex(of: ":"), let number = Int(rest[..<colon]) else { return nil }
        return (number, String(rest[rest.index(after: colon)...]))
    }

    /// The name that clients know a class of the catalog by.
    func wireClass(_ name: String) -> String {
        let subject = WireNames.subject(ofClass: name)
        if let known = dialect == .vdms ? subject.vdmsClass : subject.apertureClass { return known }
        return name.hasPrefix(WireNames.prefix) ? String(name.dropFirst(WireNames.prefix.count)) : name
    }

    // MARK: - Properties

    /// Fields that every entity shows beside its properties, under names that a user may give to properties.
    private static let shadowed: Set<String> = ["label", "labels", "sha256"]

    /// Whether `name` natively is something else than a property that a user gives.
    private static func isReserved(_ name: String, _ subject: CommandSubject) -> Bool {
        shadowed.contains(name) || fields(subject).contains(name) || name.hasPrefix(prefix)
    }

    /// Names that only the file of an image or a video, or the place of a part of a video, gives a value to.
    private static func fields(_ subject: CommandSubject) -> Set<String> {
        switch subject {
        case .image: Store.reservedFields
        case .video: Store.videoFields
        case .clip: clipFields
        case .frame: frameFields
        default: []
        }
    }

    private static let clipFields = Set(VideoPartClass.clip.properties)
    private static let frameFields = Set(VideoPartClass.frame.properties)

    /// ApertureDB's names for the size of a video's frames.
    private static let frameSizes = ["frame_width": "width", "frame_height": "height"]

    /// The catalog's name for a property that is to be written.
    static func stored(_ name: String, _ subject: CommandSubject) -> String {
        isReserved(name, subject) ? prefix + name : name
    }

    static func stored(_ properties: Document, _ subject: CommandSubject) -> Document {
        var stored = Document()
        for (name, value) in properties.members { stored.append(WireNames.stored(name, subject), value) }
        return stored
    }

    /// The catalog's name for a property that is asked for: what users have given under the name, else what
    /// we know under it.
    func asked(_ name: String, _ known: ClassSchema) -> String {
        let subject = WireNames.subject(ofClass: known.name)
        if name.utf8.first == UInt8(ascii: "_") {
            if known[name] != nil { return name }
            let bare = String(name.dropFirst())
            if subject == .video, let ours = WireNames.frameSizes[bare] { return ours }
            return bare == "label" || WireNames.fields(subject).contains(bare) ? bare : name
        }
        if dialect == .vdms, name.hasPrefix("VD:"), let ours = WireNames.vdmsNames[name] { return ours }
        if known[WireNames.prefix + name] != nil { return WireNames.prefix + name }
        return name
    }

    /// The name that clients know a stored property by; `nil` for one that is ours alone, or that another of
    /// the user's own stands before.
    func shown(_ name: String, of known: ClassSchema) -> String? {
        if name.hasPrefix(WireNames.prefix) { return String(name.dropFirst(WireNames.prefix.count)) }
        if name.utf8.first == UInt8(ascii: "_") {
            return dialect == .vdms ? WireNames.vdmsNames.first { $0.value == name }?.key : nil
        }
        return known[WireNames.prefix + name] == nil ? name : nil
    }

    /// A filter with the names of properties as the catalog has them.
    func asked(_ filter: Filter, _ known: ClassSchema) -> Filter {
        filter.mapFields { path, predicate in
            if path.root == "_set_name" {
                let name = WireNames.setName(ofClass: known.name)
                let holds = Filter.field(path, predicate).matches(
                    name.map { ["_set_name": .string($0)] } ?? Document())
                return holds ? .all : .not(.all)
            }
            let rest = path.components.dropFirst()
            return .field(FieldPath(([asked(path.root, known)] + rest).joined(separator: ".")), predicate)
        }
    }

    /// VDMS's names of what its system keeps of regions, sets of descriptors and frames.
    private static let vdmsNames = [
        "VD:x1": "_x", "VD:y1": "_y", "VD:width": "_width", "VD:height": "_height", "VD:name": "_name",
        "VD:dimensions": "_dimensions", "VD:engine": "_engine", "VD:label": "label",
        "VD:frameIndex": "frame_number",
    ]
}

extension Filter {
    /// The filter with each condition on a field replaced.
    func mapFields(_ replace: (FieldPath, Predicate) -> Filter) -> Filter {
        switch self {
        case .all: .all
        case .and(let parts): .and(parts.map { $0.mapFields(replace) })
        case .or(let parts): .or(parts.map { $0.mapFields(replace) })
        case .nor(let parts): .nor(parts.map { $0.mapFields(replace) })
        case .not(let part): .not(part.mapFields(replace))
        case .field(let path, let predicate): replace(path, predicate)
        }
    }
}
