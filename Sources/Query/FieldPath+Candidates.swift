public import Base

/// What a filter is held against.
enum Subject {
    case document(Document)
    /// An array as `$elemMatch` sees it: a document with the keys `0`, `1`, ….
    case places([Value])
    /// One element of an array by itself: the only candidate, never opened.
    case element(Value)
}

extension FieldPath {
    /// Whether `test` accepts any of the values that this path leads to; a missing value is handed over as
    /// `nil`.
    ///
    /// An array at the end of the path is opened: its elements are candidates, then the array itself. With
    /// `opening` false it is one candidate. On the way an array leads into each of its objects, and, where
    /// the next name is a place in it, into that element; it may lead nowhere at all.
    @inline(__always)
    func leads(
        in subject: Subject, opening: Bool, toAnyThat test: (Value?) -> Bool
    ) -> Bool {
        switch subject {
        case .document(let document): return walk(document, 0, opening, test)
        case .places(let elements):
            let place = places[0]
            return place >= 0 && place < elements.count ? reach(elements[place], 0, opening, test) : test(nil)
        case .element(let element): return test(element)
        }
    }

    /// The values that this path leads to in `document`, with the elements of an array at its end, then that
    /// array; none where it leads nowhere.
    public func values(in document: Document) -> [Value] {
        var values: [Value] = []
        _ = leads(in: .document(document), opening: true) { candidate in
            if let candidate { values.append(candidate) }
            return false
        }
        return values
    }

    private func walk(
        _ document: Document, _ depth: Int, _ opening: Bool, _ test: (Value?) -> Bool
    ) -> Bool {
        guard let value = document[components[depth]] else { return test(nil) }
        return reach(value, depth, opening, test)
    }

    /// Goes on from `value`, which the name at `depth` led to.
    private func reach(
        _ value: Value, _ depth: Int, _ opening: Bool, _ test: (Value?) -> Bool
    ) -> Bool {
        if depth == components.count - 1 {
            if opening, case .array(let elements) = value {
                for element in elements where test(element) { return true }
            }
            return test(value)
        }
        switch value {
        case .object(let document): return walk(document, depth + 1, opening, test)
        case .array(let elements): return walk(elements, depth + 1, opening, test)
        default: return test(nil)
        }
    }

    private func walk(
        _ elements: [Value], _ depth: Int, _ opening: Bool, _ test: (Value?) -> Bool
    ) -> Bool {
        for index in elements.indices {
            if case .object(let document) = elements[index], walk(document, depth, opening, test) {
                return true
            }
            guard index == places[depth] else { continue }
            if depth == components.count - 1 {
                if test(elements[index]) { return true }
                continue
            }
            switch elements[index] {
            case .object(let document): if walk(document, depth + 1, opening, test) { return true }
            case .array(let inner): if walk(inner, depth + 1, opening, test) { return true }
            default: break
            }
        }
        return false
    }
}
