/// What models look for, by their ids: which of them tells that objects, poses or faces were looked for in an
/// image, whatever was found.
public struct AnalysisRoles: Sendable, Hashable {
    /// What is looked for.
    public enum Role: Sendable, Hashable {
        case objects
        case poses
        case faces
    }

    private let roles: [String: Role]

    /// - Parameter roles: by the models' ids; one that looks for something else is not among them.
    public init(_ roles: [String: Role] = [:]) { self.roles = roles }

    /// What a source, such as `model:yolox-nano@1`, looks for; `nil` where that is not known.
    func role(of source: String) -> Role? {
        guard source.hasPrefix(ObjectAnalysis.model) else { return nil }
        let id = source.utf8.dropFirst(ObjectAnalysis.model.utf8.count).prefix { $0 != UInt8(ascii: "@") }
        return String(id).flatMap { roles[$0] }
    }

    /// Whether boxes of a source are objects: those of models that look for something else are not.
    func givesObjects(_ source: String) -> Bool {
        switch role(of: source) {
        case nil, .objects: true
        case .poses, .faces: false
        }
    }
}
