import Base

/// Names of label classes as small numbers, in the order in which they came.
struct ClassNames: Sendable {
    private(set) var names: [String] = []
    private var places: [ExactName: Int] = [:]

    var count: Int { names.count }

    /// The place of a name; `nil` where it has none.
    subscript(name: String) -> Int? { places[ExactName(name)] }

    /// The place of a name, which is given one where it has none.
    mutating func place(of name: String) -> Int {
        if let place = places[ExactName(name)] { return place }
        places[ExactName(name)] = names.count
        names.append(name)
        return names.count - 1
    }
}
