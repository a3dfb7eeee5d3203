import Base

/// Entities as a table: the properties asked for, or those that people look for first.
struct EntityTable {
    private let entities: [Document]
    private let fields: [String]
    /// Whether the fields were asked for by name, so that all of them are shown however narrow the terminal.
    private let isChosen: Bool

    init(_ entities: [Document], fields: [String]?) {
        self.entities = entities
        isChosen = fields != nil
        if let fields {
            self.fields = ["_uniqueid"] + fields.filter { $0 != "_uniqueid" }
            return
        }
        let usual = [
            "path", "width", "height", "format", "duration", "frame_count", "codec", "bytes", "label",
            "captured_at", "error",
        ]
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
        if !isChosen { table.dropColumns(toFit: Terminal.width) }
        return table.lines(width: Terminal.width)
    }

    /// A value as a person reads it: strings bare, lists joined, all else as JSON. No control characters.
    static func text(_ value: Value?) -> String {
        switch value {
        case nil: ""
        case .string(let text): Terminal.clean(text)
        case .array(let elements) where elements.allSatisfy({ $0.stringValue != nil }):
            Terminal.clean(elements.compactMap(\.stringValue).joined(separator: ", "))
        case .some(let value): Terminal.clean(value.json)
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
