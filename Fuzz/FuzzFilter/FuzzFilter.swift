import Base
import Driver
import Query

/// Texts as filters, sort orders and projections: what is read is written and read again, and put to
/// documents.
@main enum FuzzFilter {
    static func main() {
        Fuzzer.run { bytes in
            filter(bytes)
            guard let text = String(validating: bytes, as: UTF8.self) else { return }
            sort(text)
            projection(text)
        }
    }

    private static func filter(_ bytes: [UInt8]) {
        guard let filter = try? Filter.parse(bytes) else { return }
        let text = filter.text
        let again = try? Filter.parse(text)
        Fuzzer.require(again == filter, "parsed again it is another filter: \(text)")
        Fuzzer.require(again?.text == text, "written again it is another text: \(text)")
        _ = filter.paths
        for document in documents {
            let matches = filter.matches(document)
            Fuzzer.require(Filter.not(filter).matches(document) != matches, "not a negation: \(text)")
            Fuzzer.require(again?.matches(document) == matches, "not the same filter: \(text)")
        }
    }

    private static func sort(_ text: String) {
        guard let order = try? SortOrder.parse(text) else { return }
        Fuzzer.require((try? SortOrder.parse(order.text)) == order, "another order: \(order.text)")
        for left in documents {
            for right in documents {
                let forwards = order.compare(left, right).signum()
                Fuzzer.require(forwards == -order.compare(right, left).signum(), "no order: \(order.text)")
            }
        }
    }

    private static func projection(_ text: String) {
        guard let projection = try? Projection.parse(text) else { return }
        Fuzzer.require(
            (try? Projection.parse(projection.text)) == projection, "another projection: \(projection.text)")
        for document in documents {
            let kept = projection.apply(to: document)
            let isWithin = kept.members.allSatisfy { document[$0.0] != nil && projection.keeps($0.0) }
            Fuzzer.require(isWithin, "fields that were not asked for: \(projection.text)")
        }
    }

    /// Fields `a`, `b`, `c` of every type, in lists and within one another.
    private static let documents: [Document] = [
        "{}",
        #"{"a":null,"b":[],"c":{}}"#,
        #"{"a":1,"b":"text","c":{"a":[1,2,{"b":3}]},"_uniqueid":"1.0.1"}"#,
        #"{"a":[1,2.5,"x",null,[3]],"b":[{"a":1,"c":true},{"a":-2}],"c":1e300}"#,
        #"{"a":"Ünï \n😀","b":{"b":{"b":{"0":1}}},"0":[[[1]]]}"#,
        #"{"a":9223372036854775807,"b":-0.0,"c":false,"width":500,"path":"folder/photo.JPG"}"#,
    ].compactMap { try? JSON.parse($0).objectValue }
}
