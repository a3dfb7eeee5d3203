import Catalog

/// A rule that labels should keep. One type each; all of them stand in ``LabelRules/all``.
public protocol LabelRule: Sendable {
    /// Its name: words with hyphens. Fixes are runs of the source `rule:<id>`.
    var id: String { get }
    var severity: FindingSeverity { get }
    /// When it is broken, as a sentence without a full stop.
    var summary: String { get }
    /// What `--fix` does about it; `nil` where people must.
    var remedy: String? { get }

    /// What is wrong with one image.
    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding]
    /// What is wrong with all of them together.
    func findings(inAll counts: LabelCounts, _ options: CheckOptions) -> [LabelFinding]
}

extension LabelRule {
    public var remedy: String? { nil }
    public func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] { [] }
    public func findings(inAll counts: LabelCounts, _ options: CheckOptions) -> [LabelFinding] { [] }

    func finding(
        in image: CheckedImage, _ entries: [CheckedImage.Entry], _ message: String, fix: LabelFix? = nil
    ) -> LabelFinding {
        LabelFinding(
            rule: id, severity: severity, entity: image.id, labels: entries.map(\.label.id),
            message: message, fix: fix)
    }
}

/// What rules must be told.
public struct CheckOptions: Sendable {
    /// The classes that labels may have; `nil` where they may have any.
    public var classes: Set<String>?
    /// Labels that a class should have at least.
    public var leastCount = 5
    /// What labels may say that belongs to ``classes``; these alone where nobody has declared any of them.
    private(set) var words: Set<String>?

    public init(classes: Set<String>? = nil) {
        self.classes = classes
        words = classes
    }

    /// Takes in what the declared classes say of ``classes``: synonyms, titles, and all that is below them.
    mutating func include(_ hierarchy: LabelHierarchy) {
        guard let classes else { return }
        words = classes.reduce(into: classes) { words, name in
            for meant in hierarchy.classes(meant: name) { words.formUnion(hierarchy.words(within: meant)) }
        }
    }
}

/// How many labels of each class there are among those that were looked at.
public struct LabelCounts: Sendable {
    private(set) var names = ClassNames()
    private(set) var counts: [Int] = []

    public init() {}

    mutating func include(_ image: CheckedImage) {
        for entry in image.entries {
            guard let name = entry.label.name else { continue }
            let place = names.place(of: name)
            if place == counts.count { counts.append(0) }
            counts[place] += 1
        }
    }
}
