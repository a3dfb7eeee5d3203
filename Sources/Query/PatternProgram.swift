/// A compiled pattern: a nondeterministic automaton, all of whose states are followed at once.
///
/// Each scalar of a text visits each instruction at most once, so a match takes time in proportion to the
/// length of the text times that of the program.
final class PatternProgram: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32)
        /// One of `sets`.
        case set(Int)
        case assertion(PatternNode.Assertion)
        case split(Int, Int)
        case jump(Int)
        case match
    }

    static let maxInstructionCount = 10_000

    let instructions: [Instruction]
    let sets: [ScalarSet]
    /// A match begins at the start of the text or nowhere.
    let isAnchored: Bool
    /// What `\b` takes for a word.
    let words: ScalarSet
    /// The UTF-8 bytes that a match may begin with; `nil` where it may be empty.
    let firstBytes: [Bool]?

    /// - Throws: ``FilterError/Code/limitExceeded`` where the program would be too long.
    init(_ node: PatternNode, hasUnicodeClasses: Bool) throws(FilterError) {
        let count = PatternProgram.count(node) + 1
        guard count <= PatternProgram.maxInstructionCount else {
            throw FilterError(
                .limitExceeded,
                "the pattern's repetitions make it longer than \(PatternProgram.maxInstructionCount) steps")
        }
        var instructions: [Instruction] = []
        instructions.reserveCapacity(count)
        var sets: [ScalarSet] = []
        PatternProgram.emit(node, &instructions, &sets)
        instructions.append(.match)
        self.instructions = instructions
        self.sets = sets
        isAnchored = node.isAnchored
        words = hasUnicodeClasses ? .unicodeWords : .words
        firstBytes = PatternProgram.firstBytes(instructions, sets)
    }

    // MARK: - Private

    /// How many instructions `node` takes; no more than a little above the limit is counted.
    private static func count(_ node: PatternNode) -> Int {
        let many = maxInstructionCount + 1
        switch node {
        case .scalar, .set, .assertion: return 1
        case .sequence(let nodes): return nodes.reduce(0) { min(many, $0 + count($1)) }
        case .choice(let nodes): return nodes.reduce(-2) { min(many, $0 + count($1) + 2) }
        case .repeated(let node, let least, let most):
            let single = count(node)
            guard let most else { return min(many, max(least, 1) * single + 2) }
            return min(many, least * single + (most - least) * (single + 1))
        }
    }

    private static func emit(
        _ node: PatternNode, _ instructions: inout [Instruction], _ sets: inout [ScalarSet]
    ) {
        switch node {
        case .scalar(let scalar): instructions.append(.scalar(scalar))
        case .set(let set):
            instructions.append(.set(sets.count))
            sets.append(set)
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { emit(node, &instructions, &sets) }
        case .choice(let nodes):
            var jumps: [Int] = []
            for (index, node) in nodes.enumerated() {
                let split = instructions.count
                if index < nodes.count - 1 { instructions.append(.match) }
                emit(node, &instructions, &sets)
                guard index < nodes.count - 1 else { continue }
                jumps.append(instructions.count)
                instructions.append(.match)
                instructions[split] = .split(split + 1, instructions.count)
            }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repeated(let node, let least, let most): emit(node, least, most, &instructions, &sets)
        }
    }

    private static func emit(
        _ node: PatternNode, _ least: Int, _ most: Int?, _ instructions: inout [Instruction],
        _ sets: inout [ScalarSet]
    ) {
        var start = instructions.count
        for _ in 0..<least {
            start = instructions.count
            emit(node, &instructions, &sets)
        }
        guard let most else {
            if least > 0 {
                instructions.append(.split(start, instructions.count + 1))
            } else {
                instructions.append(.match)
                emit(node, &instructions, &sets)
                instructions.append(.jump(start))
                instructions[start] = .split(start + 1, instructions.count)
            }
            return
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(instructions.count)
            instructions.append(.match)
            emit(node, &instructions, &sets)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }

    /// Goes through all that may come first, with every assertion taken to hold.
    private static func firstBytes(_ instructions: [Instruction], _ sets: [ScalarSet]) -> [Bool]? {
        var first = [Bool](repeating: false, count: 256)
        var isSeen = [Bool](repeating: false, count: instructions.count)
        var open = [0]
        while let place = open.popLast() {
            guard !isSeen[place] else { continue }
            isSeen[place] = true
            switch instructions[place] {
            case .scalar(let scalar):
                guard let unicode = Unicode.Scalar(scalar), let byte = UTF8.encode(unicode)?.first else {
                    continue
                }
                first[Int(byte)] = true
            case .set(let index):
                for byte in 0..<128 where sets[index].contains(UInt32(byte)) { first[byte] = true }
                for byte in 128..<256 { first[byte] = true }
            case .assertion: open.append(place + 1)
            case .split(let left, let right): open += [left, right]
            case .jump(let target): open.append(target)
            case .match: return nil
            }
        }
        return first
    }
}
