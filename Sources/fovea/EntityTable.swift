import Base

/// Entities as a table: the properties asked for, or those that people look for first.
struct EntityTable {
    private let entities: [Document]
    private let fields: [String]

    init(_ entities: [Document], fields: [String]?) {
        self.entities = entities
        if let fields {
            self.fields = ["_uniqueid"] + fields.filter { $0 != "_uniqueid" }
            return
        }
        let usual = ["path", "width", "height", "format", "bytes", "label", "captured_at", "error"]
        let present = usual.filter { name in entities.contains { $0[name] != nil } }
        let others = entities.first.map { $0.keys.filter { !$0.hasPrefix("_") } } ?? []
        self.fields = ["_uniqueid"] + (present.isEmpty ? Array(others.prefix(7)) : present)
    }

    func lines() -> [String] {
        guard !entities.isEmpty else { return [] }
        var table = Table(fields)
        for entity in entities {
            table.rows.append(fields.map { EntityTable.text(EntityTable.value($0, in: entity)) })
        }
        for (index, name) in fields.enumerated()
        where entities.allSatisfy({ EntityTable.isNumberOrNothing($0[name]) }) {
            table.rightAligned.insert(index)
        }
        return table.lines(width: Terminal.width)
    }

    /// A value as a person reads it: strings bare, lists joined, all else as JSON.
    static func text(_ value: Value?) -> String {
        switch value {
        case nil: ""
        case .string(let text): text
        case .array(let elements) where elements.allSatisfy({ $0.stringValue != nil }):
            elements.compactMap(\.stringValue).joined(separator: ", ")
        case .some(let value): value.json
        }
    }

    private static func value(_ name: String, in entity: Document) -> Value? {
        var value: Value? = .object(entity)
        for part in name.split(separator: ".") { value = value?.objectValue?[String(part)] }
        return value
    }

    private static func isNumberOrNothing(_ value: Value?) -> Bool {
        value.map { $0.floatValue != nil } ?? true
    }
}
