/// The value of one parameter.
public enum OperationValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case word(String)
    /// A missing side follows the other one, in proportion.
    case size(width: Int?, height: Int?)
    case colour(FillColour)
    case box(PixelBox)
    case numbers([Double])

    /// The text that is parsed to this value again.
    public var text: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): OperationValue.text(value)
        case .boolean(let value): value ? "true" : "false"
        case .word(let word): word
        case .size(let width, let height): "\(width.map(String.init) ?? "")x\(height.map(String.init) ?? "")"
        case .colour(let colour): colour.text
        case .box(let box):
            [box.x, box.y, box.width, box.height].map(OperationValue.text).joined(separator: ":")
        case .numbers(let values): values.map(OperationValue.text).joined(separator: ":")
        }
    }

    /// The shortest digits that are read as the same number.
    private static func text(_ value: Double) -> String {
        if let whole = Int(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.description
    }
}

extension OperationValue {
    public var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }
    public var numberValue: Double? { if case .number(let value) = self { value } else { nil } }
    public var booleanValue: Bool? { if case .boolean(let value) = self { value } else { nil } }
    public var wordValue: String? { if case .word(let value) = self { value } else { nil } }
    public var colourValue: FillColour? { if case .colour(let value) = self { value } else { nil } }
    public var boxValue: PixelBox? { if case .box(let value) = self { value } else { nil } }
    public var numbersValue: [Double]? { if case .numbers(let values) = self { values } else { nil } }
    public var sizeValue: (width: Int?, height: Int?)? {
        if case .size(let width, let height) = self { (width, height) } else { nil }
    }
    /// Both sides of a size, if both are given.
    public var fullSizeValue: PixelSize? {
        guard case .size(let width?, let height?) = self else { return nil }
        return PixelSize(width: width, height: height)
    }
}
