import Base

/// Where a parser is, as a chain from the root: text is made of it only when something is wrong.
indirect enum Place {
    case root
    case key(Place, String)
    case index(Place, Int)

    func key(_ key: String) -> Place { .key(self, key) }
    func index(_ index: Int) -> Place { .index(self, index) }

    /// Such as `$and[1].width.$gt`.
    var path: String {
        switch self {
        case .root: ""
        case .key(.root, let key): shortened(key)
        case .key(let parent, let key): "\(parent.path).\(shortened(key))"
        case .index(let parent, let index): "\(parent.path)[\(index)]"
        }
    }

    func error(_ code: FilterError.Code, _ message: String) -> FilterError {
        FilterError(code, message, path: path)
    }

    func invalid(_ message: String) -> FilterError { error(.invalidOperand, message) }
}

/// `text`, cut where it is too long for a message.
func shortened(_ text: String) -> String {
    text.unicodeScalars.count <= 64 ? text : "\(String(text.unicodeScalars.prefix(60)))…"
}

extension Value {
    /// What kind of value this is, for a message: `a string`.
    var kindWithArticle: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer, .float: "a number"
        case .string: "a string"
        case .dateTime: "a date"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
