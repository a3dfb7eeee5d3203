import Base
import Query

/// A property of a class, in the catalog's names, that a query looks things up by.
struct IndexedProperty: Hashable {
    var className: String
    var name: String
}

extension WireNames {
    /// Notes the properties that a command's conditions are about, where the class is known without looking.
    func collect(_ command: Command, into properties: inout Set<IndexedProperty>) {
        switch command.action {
        case .add(let add):
            guard let filter = add.ifNotFound else { return }
            if case .entity(let name, _) = add.content {
                collect(filter, .entity, WireNames.catalogClass(ofUser: name), &properties)
            } else if case .descriptor(let descriptor) = add.content {
                collect(filter, .descriptor, className(ofSet: descriptor.setName), &properties)
            } else if let name = WireNames.systemClass(add.subject) {
                collect(filter, add.subject, name, &properties)
            }
        case .find(let find): collect(find.selection, &properties)
        case .update(let update): collect(update.selection, &properties)
        case .delete(let delete): collect(delete.selection, &properties)
        default: break
        }
    }

    /// Of a set that was never removed: the others do without.
    private func className(ofSet name: String) -> String {
        WireNames.descriptorClass(ofSet: name, after: nil)
    }

    private func collect(_ selection: CommandSelection, _ properties: inout Set<IndexedProperty>) {
        let name: String?
        switch selection.subject {
        case .connection: name = nil
        case .entity: name = selection.className.map(WireNames.catalogClass(ofUser:))
        case .descriptor: name = selection.setName.map(className(ofSet:))
        default: name = WireNames.systemClass(selection.subject)
        }
        if let name { collect(selection.filter, selection.subject, name, &properties) }
    }

    private func collect(
        _ filter: Filter, _ subject: CommandSubject, _ className: String,
        _ properties: inout Set<IndexedProperty>
    ) {
        switch filter {
        case .all: break
        case .and(let parts), .or(let parts), .nor(let parts):
            for part in parts { collect(part, subject, className, &properties) }
        case .not(let part): collect(part, subject, className, &properties)
        case .field(let path, _):
            if path.root.utf8.first != UInt8(ascii: "_") {
                properties.insert(
                    IndexedProperty(className: className, name: WireNames.stored(path.root, subject)))
            }
        }
    }
}
