public import Base
public import Catalog

/// How bad a finding is.
public enum FindingSeverity: String, Sendable, CaseIterable {
    /// It cannot be right.
    case error
    /// It may be right, and seldom is.
    case warning
}

/// What can be done about a finding without asking anybody.
public enum LabelFix: Sendable, Hashable {
    /// The label goes.
    case remove(LabelID)
    /// A label of that geometry takes its place.
    case reshape(LabelID, Region.Geometry)
}

/// That a label, or an entity, breaks a rule.
public struct LabelFinding: Sendable {
    /// The rule's ``LabelRule/id``.
    public var rule: String
    public var severity: FindingSeverity
    /// `nil` where the finding is about all entities together.
    public var entity: EntityID?
    /// The labels that it is about.
    public var labels: [LabelID]
    /// What is wrong, with the numbers.
    public var message: String
    public var fix: LabelFix?
}

extension LabelFinding {
    /// As an object of its own.
    public var document: Document {
        var document: Document = ["rule": .string(rule), "severity": .string(severity.rawValue)]
        if let entity { document.append("image", .string(entity.description)) }
        if !labels.isEmpty { document.append("labels", .array(labels.map { .integer($0) })) }
        document.append("message", .string(message))
        switch fix {
        case nil: break
        case .remove?: document.append("fix", "remove")
        case .reshape(_, let geometry)?:
            document.append("fix", "reshape")
            document.append("geometry", geometry.value)
        }
        return document
    }
}
