public import Base
import Catalog

/// The classes that labels may name: their parents, and other words for them.
extension Store {
    /// The declared label classes, in order of their names, and what labels of images say without anybody
    /// having declared it.
    ///
    /// Each class has `class`, its name, and where there are such `title`, `synonyms`, `parents` and
    /// `part_of`.
    public func labelClasses() async throws -> (classes: [Document], undeclared: [String]) {
        try await read { snapshot in
            let hierarchy = try snapshot.labelHierarchy()
            let words = try ClassWords(snapshot, try snapshot.entityClass(Store.imageClass))
            return (
                hierarchy.classes.map(\.document),
                words.used.filter { hierarchy.classes(meant: $0).isEmpty }
            )
        }
    }

    /// Declares label classes, all of them or none; of one that there is, what is new is added to it.
    /// - Parameter classes: as ``labelClasses()`` shows them, in any order.
    /// - Returns: how many were `added`, and how many that were there have `changed`.
    /// - Throws: ``EngineError/Code/invalidRequest`` with the place of what is wrong;
    ///   ``EngineError/Code/notFound`` for a parent that nobody declares; ``EngineError/Code/conflict`` for a
    ///   class above itself and for a word that two classes would have.
    public func addLabelClasses(_ classes: [Document]) async throws -> Document {
        try checkWritable()
        let read = try classes.enumerated().map { try LabelClass($0.element, path: "classes[\($0.offset)]") }
        return try await write { transaction in
            let counts = try transaction.mergeLabelClasses(read)
            return ["added": .integer(Int64(counts.added)), "changed": .integer(Int64(counts.changed))]
        }
    }

    /// Gives a label class another name; the old one becomes a synonym, so that labels which say it still
    /// belong to the class.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/conflict`` where the new name is another
    ///   class's.
    public func renameLabelClass(_ name: String, to new: String) async throws -> Document {
        try checkWritable()
        return try await write { transaction in
            try transaction.renameLabelClass(name, to: new)
            return try transaction.labelHierarchy()[new]?.document ?? [:]
        }
    }

    /// Takes parents and synonyms from a label class; where none are named, the class itself is removed, and
    /// those below it come below its parents. Labels stay as they are.
    /// - Throws: ``EngineError/Code/notFound``.
    public func removeLabelClass(_ name: String, parents: [String], synonyms: [String]) async throws {
        try checkWritable()
        try await write { transaction in
            guard parents.isEmpty, synonyms.isEmpty else {
                return try transaction.narrowLabelClass(name, parents: parents, synonyms: synonyms)
            }
            try transaction.removeLabelClass(name)
        }
    }

    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let catalog = catalog
        return try await readPool.run { _ in try translating { try catalog.write { try body($0) } } }
    }
}

extension LabelClass {
    fileprivate init(_ document: Document, path: String) throws(EngineError) {
        let known = ["class", "title", "synonyms", "parents", "part_of"]
        if let unknown = document.keys.first(where: { !known.contains($0) }) {
            throw EngineError(
                .invalidRequest,
                "'\(unknown.prefix(100))' is not known here; what there is: \(known.joined(separator: ", "))",
                path: "\(path).\(unknown.prefix(100))")
        }
        guard let name = document["class"]?.stringValue else {
            throw EngineError(.invalidRequest, "a class needs 'class', its name", path: "\(path).class")
        }
        self.init(name)
        if let given = document["title"] {
            guard let text = given.stringValue else {
                throw EngineError(.invalidRequest, "'title' must be a text", path: "\(path).title")
            }
            title = text
        }
        func texts(_ key: String) throws(EngineError) -> [String] {
            guard let value = document[key] else { return [] }
            let texts = value.arrayValue?.compactMap(\.stringValue)
            guard let texts, texts.count == value.arrayValue?.count else {
                throw EngineError(
                    .invalidRequest, "'\(key)' must be a list of texts", path: "\(path).\(key)")
            }
            return texts
        }
        synonyms = try texts("synonyms")
        parents = try texts("parents")
        wholes = try texts("part_of")
    }

    fileprivate var document: Document {
        var document: Document = ["class": .string(name)]
        if let title { document.append("title", .string(title)) }
        for (key, names) in [("synonyms", synonyms), ("parents", parents), ("part_of", wholes)]
        where !names.isEmpty { document.append(key, .array(names.map { .string($0) })) }
        return document
    }
}
