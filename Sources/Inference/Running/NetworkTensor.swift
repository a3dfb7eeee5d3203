import COpenVINO

/// Numbers that go into a network.
struct NetworkInput: Sendable {
    /// The type of a number.
    enum Element: String, Sendable {
        case float32 = "f32"
        case uint8 = "u8"
        case int64 = "i64"

        var byteCount: Int {
            switch self {
            case .float32: 4
            case .uint8: 1
            case .int64: 8
            }
        }

        var number: CInt {
            switch self {
            case .float32: CInt(FOVEA_OV_F32.rawValue)
            case .uint8: CInt(FOVEA_OV_U8.rawValue)
            case .int64: CInt(FOVEA_OV_I64.rawValue)
            }
        }
    }

    var shape: [Int]
    var element: Element
    /// Little-endian, the last side running fastest.
    var bytes: [UInt8]
}

/// Numbers that came out of a network.
struct NetworkOutput: Sendable, Equatable {
    /// The outermost side first.
    var shape: [Int]
    /// The last side running fastest.
    var numbers: [Float]

    /// As people write shapes: `1×3549×85`.
    var shapeText: String { NetworkOutput.text(of: shape) }

    static func text(of shape: [Int]) -> String {
        shape.isEmpty ? "a single number" : shape.map { $0 < 0 ? "?" : String($0) }.joined(separator: "×")
    }
}

/// What a network says of one of its inputs or outputs.
struct NetworkPort: Sendable, Equatable {
    /// Empty where it has none.
    var name: String
    /// -1 for a side that is open; `nil` where even their number is.
    var shape: [Int]?

    init(_ facts: fovea_ov_port_facts) {
        name = withUnsafeBytes(of: facts.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        shape = facts.rank < 0 ? nil : facts.sideList
    }
}

extension fovea_ov_port_facts {
    /// The first ``rank`` sides.
    var sideList: [Int] {
        withUnsafeBytes(of: sides) { raw in
            raw.bindMemory(to: Int64.self).prefix(Int(max(0, rank))).map { Int($0) }
        }
    }
}
