import Base

/// Which rows a transaction, or a group of them, has touched: what memory columns must look at again.
///
/// Only ids are kept, not values. Before the commit the writer reads the touched rows back, so that a column
/// can only ever say what the row says.
struct Changes: Sendable {
    /// Of one class.
    struct OfClass: Sendable {
        /// Members whose properties changed. May hold an id twice, and deleted ones.
        var updated: [LocalID] = []
        /// Members deleted, those that came with the same commit included.
        var deleted: Set<LocalID> = []
        /// Whether members were erased for good, so that nothing derived may remember them.
        var isPurged = false
    }

    /// Whether there is anything to commit.
    var isEmpty = true
    var classes: [UInt32: OfClass] = [:]
    /// Connections that were removed or whose properties changed, as they were, by their class. Of a
    /// connection that is in it several times the first counts.
    var connectionsBefore: [UInt32: [ConnectionRow]] = [:]
    /// Kinds of labels of which more were added than are noted one by one: their postings are to be built
    /// anew.
    var labelledInBulk: Set<LabelsOfClass> = []
    /// Labels that became current, and ceased to be, in this order.
    var labels: [LabelChange] = []
    /// Entities whose labels were changed by a revert, which has one entry in the label log for all of them.
    var relabelled: [UInt32: [LocalID]] = [:]
    /// What came to be looked at, and ceased to be, in this order.
    var examined: [ExaminationChange] = []
    /// Whether users or roles changed.
    var isOfUsers = false
    /// Whether label classes changed.
    var isOfLabelClasses = false

    mutating func append(_ other: Changes) {
        if other.isEmpty { return }
        isEmpty = false
        for (id, changes) in other.classes {
            classes[id, default: OfClass()].updated += changes.updated
            classes[id]!.deleted.formUnion(changes.deleted)
            if changes.isPurged { classes[id]!.isPurged = true }
        }
        for (id, rows) in other.connectionsBefore { connectionsBefore[id, default: []] += rows }
        labels += other.labels
        for (id, locals) in other.relabelled { relabelled[id, default: []] += locals }
        examined += other.examined
        if other.isOfUsers { isOfUsers = true }
        if other.isOfLabelClasses { isOfLabelClasses = true }
        labelledInBulk.formUnion(other.labelledInBulk)
    }
}

/// The labels of one kind of the entities of one class.
struct LabelsOfClass: Sendable, Hashable {
    var classID: UInt32
    var kind: LabelKind
}

/// One connection, of its properties only the numbers.
struct ConnectionRow: Sendable {
    var id: LocalID
    var sourceClass: UInt32
    var source: LocalID
    var targetClass: UInt32
    var target: LocalID
    /// What postings hold of it, by property: read only when it is about to change.
    var numbers: [UInt32: Double] = [:]
}

/// A label that entered the current labels, or left them.
struct LabelChange: Sendable {
    var isAdded: Bool
    var id: Int64
    var targetClass: UInt32
    var target: LocalID
    var kind: LabelKind
    /// The number of the label class's name in `texts`.
    var name: Int64?
    var confidence: Double?
    /// The number of the source's name in `texts`.
    var source: Int64
}
