import Base
import Query

/// What may be done: with objects (all that is stored: entities, images, connections, descriptors), with
/// indexes, and with users and roles. Whatever is not allowed is denied.
public struct Permissions: Sendable, Hashable {
    /// What can be done with something.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        case create, read, update, delete
    }

    /// A set of ``Action``.
    public struct Actions: OptionSet, Sendable, Hashable {
        public var rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public init(_ action: Action) {
            self =
                switch action {
                case .create: .create
                case .read: .read
                case .update: .update
                case .delete: .delete
                }
        }

        public static let create = Actions(rawValue: 1)
        public static let read = Actions(rawValue: 2)
        public static let update = Actions(rawValue: 4)
        public static let delete = Actions(rawValue: 8)
        public static let all: Actions = [.create, .read, .update, .delete]

        public func contains(_ action: Action) -> Bool { contains(Actions(action)) }
    }

    /// How objects of one class differ from those of all: only in what is named.
    struct Exception: Sendable, Hashable {
        var allowed: Actions = []
        var denied: Actions = []

        func applied(to actions: Actions) -> Actions { actions.union(allowed).subtracting(denied) }
    }

    /// With objects of every class, but for what ``classes`` says.
    public var objects: Actions
    /// By the class's name without a leading underscore: `_Image` and `Image` are one.
    var classes: [ExactName: Exception]
    public var indexes: Actions
    /// With users and roles.
    public var accessControl: Actions

    public init(objects: Actions = [], indexes: Actions = [], accessControl: Actions = []) {
        self.objects = objects
        classes = [:]
        self.indexes = indexes
        self.accessControl = accessControl
    }

    /// Nothing.
    public static let none = Permissions()
    /// Everything.
    public static let all = Permissions(objects: .all, indexes: .all, accessControl: .all)

    /// What may be done with objects of a class.
    public subscript(class name: String) -> Actions {
        if classes.isEmpty { return objects }
        return classes[Permissions.key(name)]?.applied(to: objects) ?? objects
    }

    /// Whether that may be done with objects of every class, whichever there will be.
    public func allowsEverywhere(_ action: Action) -> Bool {
        objects.contains(action) && classes.values.allSatisfy { !$0.denied.contains(action) }
    }

    /// Whether all that `other` allows is allowed here, too.
    public func covers(_ other: Permissions) -> Bool {
        objects.isSuperset(of: other.objects) && indexes.isSuperset(of: other.indexes)
            && accessControl.isSuperset(of: other.accessControl)
            && Set(classes.keys).union(other.classes.keys).allSatisfy {
                self[class: $0.text].isSuperset(of: other[class: $0.text])
            }
    }

    /// What one or the other allows: the permissions of who has both.
    public func union(_ other: Permissions) -> Permissions {
        var joined = Permissions(
            objects: objects.union(other.objects), indexes: indexes.union(other.indexes),
            accessControl: accessControl.union(other.accessControl))
        for name in Set(classes.keys).union(other.classes.keys) {
            let both = self[class: name.text].union(other[class: name.text])
            let exception = Exception(
                allowed: both.subtracting(joined.objects), denied: joined.objects.subtracting(both))
            if exception != Exception() { joined.classes[name] = exception }
        }
        return joined
    }

    /// Whether a role names a class in order to deny this with it.
    func denies(_ action: Action, class name: String) -> Bool {
        classes[Permissions.key(name)]?.denied.contains(action) ?? false
    }

    /// The one name of all that mean the same class: `Image` for `_Image`, for the catalog's `user:Image` and
    /// for VDMS's `VD:IMG`, `Descriptor` for the class of any set. Whoever asks under another name is held to
    /// the same permission.
    static func key(_ name: String) -> ExactName {
        var bare = name
        while bare.hasPrefix(WireNames.prefix) { bare.removeFirst(WireNames.prefix.count) }
        let tagged = CommandSubject(systemClass: bare, dialect: .vdms)
        let subject = tagged ?? WireNames.subject(ofClass: bare)
        if let known = subject.apertureClass { return ExactName(String(known.dropFirst())) }
        return ExactName(bare.utf8.first == UInt8(ascii: "_") ? String(bare.dropFirst()) : bare)
    }
}
