/// A class that labels may name, and where it stands among the others.
public struct LabelClass: Sendable, Hashable {
    /// What labels say, and by what the class is told apart from others: `cat`, or `/m/01yrx`.
    public var name: String
    /// What people call it, where the name does not say; several classes may be called the same.
    public var title: String?
    /// Other names of it that labels may say. No two classes have one in common.
    public var synonyms: [String]
    /// The names of the classes that it is one kind of.
    public var parents: [String]
    /// The names of the classes whose members have it as a part, as a bicycle has wheels. To be a part of
    /// something is not to be one: no filter takes the one for the other.
    public var wholes: [String]

    public init(
        _ name: String, title: String? = nil, synonyms: [String] = [], parents: [String] = [],
        wholes: [String] = []
    ) {
        self.name = name
        self.title = title
        self.synonyms = synonyms
        self.parents = parents
        self.wholes = wholes
    }
}
