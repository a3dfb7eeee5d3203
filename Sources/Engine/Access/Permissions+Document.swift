public import Base

/// Permissions as documents:
///
///     {"objects": {"create": true, "read": true, "Person": {"read": false}}, "indexes": {"read": true},
///      "access_control": false}
///
/// Each part is `true` or `false` for all four actions, or an object with some of them. `objects` may also
/// name classes: what stands below a class holds for it alone, and what does not stand there is as for all
/// classes. An action may name classes itself (`"read": {"Person": true}`); classes whose names are those of
/// actions stand below `classes`.
extension Permissions {
    /// The parts that a role's document may have.
    static let parts = ["objects", "indexes", "access_control"]
    /// Classes that one role may name.
    static let classLimit = 1_000

    /// Takes in what `document` says; what it does not name stays as it is. Members other than ``parts`` are
    /// passed over.
    /// - Parameter path: where in the request the document is, for errors.
    /// - Throws: ``EngineError/Code/invalidRequest`` with the path of what is wrong;
    ///   ``EngineError/Code/limitExceeded``. Nothing is taken in then.
    public mutating func apply(_ document: Document, path: String = "") throws(EngineError) {
        var changed = self
        let prefix = path.isEmpty ? "" : path + "."
        if let value = document["objects"] { try changed.applyObjects(value, path: prefix + "objects") }
        if let value = document["indexes"] {
            try Permissions.apply(value, to: &changed.indexes, path: prefix + "indexes")
        }
        if let value = document["access_control"] {
            try Permissions.apply(value, to: &changed.accessControl, path: prefix + "access_control")
        }
        guard changed.classes.count <= Permissions.classLimit else {
            throw EngineError(
                .limitExceeded,
                "a role that names \(changed.classes.count) classes; the limit is \(Permissions.classLimit)",
                path: prefix + "objects")
        }
        self = changed
    }

    /// The same permissions as a document. Classes stand below `objects.classes`.
    public var document: Document {
        var objects = Permissions.document(self.objects)
        if !classes.isEmpty {
            objects["classes"] = .object(
                Document(
                    classes.sorted { $0.key.text.compareBytes(to: $1.key.text) < 0 }.map {
                        ($0.key.text, .object(Permissions.document($0.value)))
                    }))
        }
        return [
            "objects": .object(objects), "indexes": .object(Permissions.document(indexes)),
            "access_control": .object(Permissions.document(accessControl)),
        ]
    }

    // MARK: - Private

    private mutating func applyObjects(_ value: Value, path: String) throws(EngineError) {
        guard let members = value.objectValue?.members else {
            classes = [:]
            return try Permissions.apply(value, to: &objects, path: path)
        }
        for (name, value) in members {
            let path = "\(path).\(name)"
            if let action = Action(rawValue: name) {
                guard let byClass = value.objectValue else {
                    try Permissions.set(action, in: &objects, to: value, path: path)
                    continue
                }
                for (className, value) in byClass.members {
                    try applyClass(className, [(action.rawValue, value, "\(path).\(className)")], path: path)
                }
            } else if name == "classes" {
                guard let byClass = value.objectValue else {
                    throw EngineError(
                        .invalidRequest, "'classes' must be an object with a member for each class",
                        path: path)
                }
                for (className, value) in byClass.members {
                    let path = "\(path).\(className)"
                    try applyClass(className, try Permissions.members(of: value, path: path), path: path)
                }
            } else if case .boolean = value {
                throw EngineError(.invalidRequest, Permissions.unknown(name), path: path)
            } else {
                try applyClass(name, try Permissions.members(of: value, path: path), path: path)
            }
        }
    }

    private mutating func applyClass(
        _ name: String, _ members: [Member], path: String
    ) throws(EngineError) {
        guard (1...256).contains(name.utf8.count) else {
            throw EngineError(
                .invalidRequest, "a class's name has 1 to 256 bytes, but this one \(name.utf8.count)",
                path: path)
        }
        guard !name.hasPrefix("Descriptor:") else {
            throw EngineError(
                .invalidRequest,
                "descriptors are one class here, 'Descriptor', whichever set they are in: nothing can be said of '\(name)' alone",
                path: path)
        }
        var exception = classes[Permissions.key(name)] ?? Exception()
        for (name, value, path) in members {
            let action = try Permissions.action(name, path: path)
            if try Permissions.flag(value, of: action, path: path) {
                exception.allowed.insert(Actions(action))
                exception.denied.remove(Actions(action))
            } else {
                exception.denied.insert(Actions(action))
                exception.allowed.remove(Actions(action))
            }
        }
        classes[Permissions.key(name)] = exception
    }

    /// Why `name` is neither an action nor, by what it is given, a class.
    private static func unknown(_ name: String) -> String {
        let near = Action.allCases.first { Permissions.areNear(name.lowercased(), $0.rawValue) }
        if let near { return "'\(name.prefix(100))': did you mean '\(near.rawValue)'?" }
        return
            "'\(name.prefix(100))' is no action; of a class, an object of actions says what may be done, such as {\"read\": true}"
    }

    /// Whether one letter is missing, too many or another, or two have changed places.
    private static func areNear(_ word: String, _ other: String) -> Bool {
        let (left, right) = (Array(word.utf8), Array(other.utf8))
        guard abs(left.count - right.count) <= 1 else { return false }
        let start = zip(left, right).prefix { $0 == $1 }.count
        let end = zip(left.dropFirst(start).reversed(), right.dropFirst(start).reversed())
            .prefix { $0 == $1 }.count
        let (rest, wanted) = (left.count - start - end, right.count - start - end)
        if rest <= 1, wanted <= 1 { return true }
        return rest == 2 && wanted == 2 && left[start] == right[start + 1] && left[start + 1] == right[start]
    }

    private typealias Member = (name: String, value: Value, path: String)

    /// `true` and `false` as all four actions; an object as what it says.
    private static func members(of value: Value, path: String) throws(EngineError) -> [Member] {
        switch value {
        case .boolean: return Action.allCases.map { ($0.rawValue, value, path) }
        case .object(let document):
            return document.members.map { ($0.key, $0.value, "\(path).\($0.key)") }
        default:
            throw EngineError(
                .invalidRequest,
                "permissions are true, false, or an object of 'create', 'read', 'update' and 'delete', but not \(value.json.prefix(100))",
                path: path)
        }
    }

    private static func apply(
        _ value: Value, to actions: inout Actions, path: String
    ) throws(EngineError) {
        for (name, value, path) in try members(of: value, path: path) {
            try set(try action(name, path: path), in: &actions, to: value, path: path)
        }
    }

    private static func set(
        _ action: Action, in actions: inout Actions, to value: Value, path: String
    ) throws(EngineError) {
        if try flag(value, of: action, path: path) {
            actions.insert(Actions(action))
        } else {
            actions.remove(Actions(action))
        }
    }

    private static func action(_ name: String, path: String) throws(EngineError) -> Action {
        guard let action = Action(rawValue: name) else {
            throw EngineError(
                .invalidRequest,
                "'\(name.prefix(100))' is no action: there are 'create', 'read', 'update' and 'delete'",
                path: path)
        }
        return action
    }

    private static func flag(_ value: Value, of action: Action, path: String) throws(EngineError) -> Bool {
        guard let flag = value.booleanValue else {
            throw EngineError(
                .invalidRequest,
                "'\(action.rawValue)' must be true or false, but is \(value.json.prefix(100))",
                path: path)
        }
        return flag
    }

    private static func document(_ actions: Actions) -> Document {
        Document(Action.allCases.map { ($0.rawValue, .boolean(actions.contains($0))) })
    }

    private static func document(_ exception: Exception) -> Document {
        Document(
            Action.allCases.filter { exception.allowed.union(exception.denied).contains($0) }.map {
                ($0.rawValue, .boolean(exception.allowed.contains($0)))
            })
    }
}
