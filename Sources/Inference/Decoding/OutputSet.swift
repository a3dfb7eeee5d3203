import Glibc

/// What a model answered, with the questions that every decoder has.
struct OutputSet {
    /// The model's name, for messages.
    let model: String
    let outputs: [NetworkOutput]

    /// - Throws: ``InferenceError/Code/invalidOutput`` where a number is not finite.
    init(_ outputs: [NetworkOutput], of model: String) throws(InferenceError) {
        self.model = model
        self.outputs = outputs
        for (index, output) in outputs.enumerated() where !OutputSet.isFinite(output.numbers) {
            throw InferenceError(
                .invalidOutput, "output \(index) of \(model) holds numbers that are not finite")
        }
    }

    subscript(index: Int) -> NetworkOutput {
        get throws(InferenceError) {
            guard outputs.indices.contains(index) else {
                throw InferenceError(
                    .invalidModel, "\(model) has \(outputs.count) outputs, its decoder reads output \(index)")
            }
            return outputs[index]
        }
    }

    /// The output at `index`, which must have these sides; `nil` for one that is as it likes.
    func output(_ index: Int, sides: Int?..., meaning: String) throws(InferenceError) -> NetworkOutput {
        let output = try self[index]
        let fits =
            output.shape.count == sides.count
            && zip(output.shape, sides).allSatisfy { side, wanted in wanted == nil || wanted == side }
        guard fits else {
            let wanted = NetworkOutput.text(of: sides.map { $0 ?? -1 })
            throw InferenceError(
                .invalidModel,
                "output \(index) of \(model) is \(output.shapeText), its decoder reads \(wanted): \(meaning)")
        }
        return output
    }

    func failure(_ message: String) -> InferenceError {
        InferenceError(.invalidOutput, "\(model) \(message)")
    }

    /// What rounding may make of a probability of 1.
    static let mostProbable = 1.001

    /// A probability, where rounding may have gone a hair too far.
    /// - Throws: ``InferenceError/Code/invalidOutput`` for a number that is none.
    func probability(_ number: Double) throws(InferenceError) -> Double {
        guard number > -0.001, number < OutputSet.mostProbable else {
            throw failure(
                "gives \(number) as a confidence, which is not within 0...1; its decoder may need another activation"
            )
        }
        return min(max(number, 0), 1)
    }

    // MARK: - Private

    private static func isFinite(_ numbers: [Float]) -> Bool {
        numbers.withUnsafeBufferPointer { numbers in
            // 0 × x is 0 unless x is not finite. Eight sums at once, as one would be a chain of additions.
            var sums = SIMD8<Float>(repeating: 0)
            var index = 0
            while index &+ 8 <= numbers.count {
                let start = UnsafeRawPointer(numbers.baseAddress! + index)
                sums += start.loadUnaligned(as: SIMD8<Float>.self) * 0
                index &+= 8
            }
            var sum = sums.sum()
            while index < numbers.count {
                sum += numbers[index] * 0
                index &+= 1
            }
            return sum == 0
        }
    }
}

/// What is done to a number before it is a confidence.
enum Activation: String, Sendable, Hashable, CaseIterable {
    case none, sigmoid, softmax

    func applied(to numbers: [Float]) -> [Double] {
        switch self {
        case .none: numbers.map(Double.init)
        case .sigmoid: numbers.map { Activation.sigmoid(Double($0)) }
        case .softmax: Activation.softmax(numbers)
        }
    }

    /// `1 ÷ (1 + e⁻ˣ)`.
    static func sigmoid(_ number: Double) -> Double { 1 / (1 + exp(-number)) }

    /// `eˣ ÷ Σ eˣ`, with the largest number taken off all first.
    private static func softmax(_ numbers: [Float]) -> [Double] {
        let largest = Double(numbers.max() ?? 0)
        let powers = numbers.map { exp(Double($0) - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
