import Base

/// Changes of the label classes. No label is touched: what a label belongs to is found out when somebody
/// asks.
extension Transaction {
    /// The label classes with what this transaction has done to them. Reads all of them.
    public func labelHierarchy() throws(CatalogError) -> LabelHierarchy {
        try begin()
        return LabelHierarchy(try LabelClassRows.load(on: connection))
    }

    /// Adds label classes; of one that there is already, what is new of it: a title takes the place of the
    /// one before, parents, wholes and synonyms come to those that it has. The order does not matter.
    /// - Returns: how many came new, and how many that were there have changed.
    /// - Throws: ``CatalogError/Code/notFound`` for a parent that is neither there nor among `classes`;
    ///   ``CatalogError/Code/conflict`` for a cycle, and for a name or synonym that is another class's;
    ///   ``CatalogError/Code/invalidName``; ``CatalogError/Code/limitExceeded``.
    @discardableResult
    public func mergeLabelClasses(
        _ classes: [LabelClass]
    ) throws(CatalogError) -> (added: Int, changed: Int) {
        var draft = LabelClassDraft(try labelHierarchy())
        let before = draft.classes
        for one in classes { try draft.merge(one) }
        try draft.check(limit: options.labelClassLimit)
        var counts = (added: 0, changed: 0)
        try criticalClasses { () throws(CatalogError) in
            let changed = draft.classes.filter { before[$0.key] != $0.value }.map(\.value)
            for one in changed where before[ExactName(one.name)] == nil {
                _ = try LabelClassRows.insert(one.name, on: connection)
                counts.added += 1
            }
            for one in changed { try LabelClassRows.write(one, on: connection) }
            counts.changed = changed.count - counts.added
        }
        return counts
    }

    /// Gives a label class another name. The old one becomes a synonym, so that labels which say it still
    /// belong to the class.
    /// - Throws: ``CatalogError/Code/notFound``; ``CatalogError/Code/conflict`` where another class has the
    ///   new name, as its name or as a synonym; ``CatalogError/Code/invalidName``.
    public func renameLabelClass(_ name: String, to new: String) throws(CatalogError) {
        var draft = LabelClassDraft(try labelHierarchy())
        var one = try draft.existing(name)
        try LabelClassDraft.check(name: new)
        if name.hasSameBytes(as: new) { return }
        one.name = new
        one.synonyms.removeAll { $0.hasSameBytes(as: new) }
        one.synonyms.append(name)
        draft.classes[ExactName(name)] = nil
        guard draft.classes[ExactName(new)] == nil else {
            throw CatalogError(.conflict, "there is a label class '\(new)' already")
        }
        draft.classes[ExactName(new)] = one
        try draft.checkWords()
        try criticalClasses { () throws(CatalogError) in
            try LabelClassRows.rename(name, to: new, on: connection)
            // Parents that were named by the old name are the same row.
            try LabelClassRows.write(one, on: connection)
        }
    }

    /// Removes a label class. Those below it come below its parents; labels that say it stay as they are.
    /// - Throws: ``CatalogError/Code/notFound``.
    public func removeLabelClass(_ name: String) throws(CatalogError) {
        let hierarchy = try labelHierarchy()
        let one = try LabelClassDraft(hierarchy).existing(name)
        try criticalClasses { () throws(CatalogError) in
            for child in hierarchy.children(of: name) {
                guard var below = hierarchy[child] else { continue }
                below.parents.removeAll { $0.hasSameBytes(as: name) }
                for parent in one.parents where !below.parents.contains(where: parent.hasSameBytes) {
                    below.parents.append(parent)
                }
                try LabelClassRows.write(below, on: connection)
            }
            try LabelClassRows.remove(name, on: connection)
        }
    }

    /// Takes parents and synonyms from a label class.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such class, or it does not have one of
    ///   them.
    public func narrowLabelClass(
        _ name: String, parents: [String], synonyms: [String]
    ) throws(CatalogError) {
        var one = try LabelClassDraft(try labelHierarchy()).existing(name)
        func take(
            _ words: [String], from have: inout [String], _ noun: String
        ) throws(CatalogError) {
            for word in words {
                guard let place = have.firstIndex(where: word.hasSameBytes) else {
                    throw CatalogError(.notFound, "'\(name)' has no \(noun) '\(word)'")
                }
                have.remove(at: place)
            }
        }
        try take(parents, from: &one.parents, "parent")
        try take(synonyms, from: &one.synonyms, "synonym")
        try criticalClasses { () throws(CatalogError) in
            try LabelClassRows.write(one, on: connection)
        }
    }

    // MARK: - Private

    private func criticalClasses(_ body: () throws(CatalogError) -> Void) throws(CatalogError) {
        changes.isOfLabelClasses = true
        try critical(body)
    }
}

/// Label classes on their way to be written.
private struct LabelClassDraft {
    var classes: [ExactName: LabelClass] = [:]

    private static let longestWord = 1_000

    init(_ hierarchy: LabelHierarchy) {
        for one in hierarchy.classes { classes[ExactName(one.name)] = one }
    }

    func existing(_ name: String) throws(CatalogError) -> LabelClass {
        guard let one = classes[ExactName(name)] else {
            throw CatalogError(.notFound, "there is no label class '\(name.prefix(200))'")
        }
        return one
    }

    mutating func merge(_ one: LabelClass) throws(CatalogError) {
        for word in one.words + one.parents + one.wholes { try LabelClassDraft.check(name: word) }
        var known = classes[ExactName(one.name)] ?? LabelClass(one.name)
        if let title = one.title { known.title = title }
        func join(_ new: [String], to have: inout [String]) {
            for word in new where !have.contains(where: word.hasSameBytes) { have.append(word) }
            have.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        join(one.synonyms.filter { !$0.hasSameBytes(as: one.name) }, to: &known.synonyms)
        join(one.parents, to: &known.parents)
        join(one.wholes, to: &known.wholes)
        classes[ExactName(one.name)] = known
    }

    static func check(name: String) throws(CatalogError) {
        guard !name.isEmpty, name.utf8.count <= longestWord,
            !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else {
            throw CatalogError(
                .invalidName,
                "'\(name.prefix(40))' is no name of a label class: it has 1 to \(longestWord) bytes, none of them a control character"
            )
        }
    }

    /// Whether everything that is named is there, nothing means two classes, and nothing is above itself.
    func check(limit: Int) throws(CatalogError) {
        guard classes.count <= limit else {
            throw CatalogError(.limitExceeded, "\(classes.count) label classes, the limit is \(limit)")
        }
        // In order, so that of several faults always the same is told.
        let hierarchy = LabelHierarchy(Array(classes.values))
        for one in hierarchy.classes {
            for other in one.parents + one.wholes where classes[ExactName(other)] == nil {
                throw CatalogError(
                    .notFound, "'\(one.name)' is to be below '\(other)', and there is no such label class")
            }
        }
        try checkWords()
        if let cycle = hierarchy.cycle {
            throw CatalogError(
                .conflict,
                "no label class may be above itself: \(cycle.joined(separator: " is a ")) would be")
        }
    }

    func checkWords() throws(CatalogError) {
        var owners: [ExactName: String] = [:]
        for one in LabelHierarchy(Array(classes.values)).classes {
            for word in one.synonyms {
                let other = owners[ExactName(word)] ?? classes[ExactName(word)]?.name
                if let other {
                    throw CatalogError(
                        .conflict,
                        "'\(word)' cannot be a synonym of '\(one.name)': it is a word for '\(other)' already")
                }
                owners[ExactName(word)] = one.name
            }
        }
    }
}
