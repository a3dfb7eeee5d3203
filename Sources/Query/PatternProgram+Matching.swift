extension PatternProgram {
    /// Whether the program matches anywhere in `text`, which is UTF-8.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = instructions.count
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * count) { memory in
            var run = PatternRun(program: self, text: text, memory: memory, count: count)
            return run.matches()
        }
    }
}

/// One search of one text.
private struct PatternRun {
    private let program: PatternProgram
    private let text: UnsafeBufferPointer<UInt8>
    /// Instructions that wait for the scalar that comes next.
    private let waiting: UnsafeMutableBufferPointer<UInt32>
    /// Instructions that the last scalar led to.
    private let reached: UnsafeMutableBufferPointer<UInt32>
    /// The step at which an instruction was last looked at.
    private let visited: UnsafeMutableBufferPointer<UInt32>
    private let stack: UnsafeMutableBufferPointer<UInt32>
    private var waitingCount = 0
    private var reachedCount = 0
    private var step: UInt32 = 0
    /// Byte offsets of the scalar before the place and of the one after it.
    private var previous = -1
    private var next = 0

    init(
        program: PatternProgram, text: UnsafeBufferPointer<UInt8>, memory: UnsafeMutableBufferPointer<UInt32>,
        count: Int
    ) {
        self.program = program
        self.text = text
        waiting = UnsafeMutableBufferPointer(rebasing: memory[0..<count])
        reached = UnsafeMutableBufferPointer(rebasing: memory[count..<2 * count])
        visited = UnsafeMutableBufferPointer(rebasing: memory[2 * count..<3 * count])
        stack = UnsafeMutableBufferPointer(rebasing: memory[3 * count..<4 * count])
        visited.initialize(repeating: 0)
    }

    mutating func matches() -> Bool {
        program.instructions.withUnsafeBufferPointer { instructions in
            program.sets.withUnsafeBufferPointer { sets in
                matches(instructions, sets)
            }
        }
    }

    private mutating func matches(
        _ instructions: UnsafeBufferPointer<PatternProgram.Instruction>,
        _ sets: UnsafeBufferPointer<ScalarSet>
    ) -> Bool {
        while true {
            if reachedCount == 0 {
                if program.isAnchored && next > 0 { return false }
                if let first = program.firstBytes { skip(to: first) }
            }
            nextStep()
            waitingCount = 0
            for index in 0..<reachedCount where follow(reached[index], instructions) { return true }
            if !program.isAnchored || next == 0, follow(0, instructions) { return true }
            guard next < text.count else { return false }

            let (scalar, length) = decode(at: next)
            reachedCount = 0
            for index in 0..<waitingCount {
                let place = waiting[index]
                let isAccepted =
                    switch instructions[Int(place)] {
                    case .scalar(let expected): scalar == expected
                    case .set(let set): sets[set].contains(scalar)
                    default: false
                    }
                if isAccepted {
                    reached[reachedCount] = place + 1
                    reachedCount += 1
                }
            }
            previous = next
            next += length
        }
    }

    /// A new step, for which no instruction was looked at.
    private mutating func nextStep() {
        if step == .max {
            visited.update(repeating: 0)
            step = 0
        }
        step += 1
    }

    /// Moves to the next scalar that a match may begin with.
    private mutating func skip(to first: [Bool]) {
        first.withUnsafeBufferPointer { first in
            while next < text.count, !first[Int(text[next])] {
                previous = next
                next += length(at: next)
            }
        }
    }

    /// Notes the instructions that wait for a scalar, from `start` on; whether the match is reached.
    @inline(__always)
    private mutating func follow(
        _ start: UInt32, _ instructions: UnsafeBufferPointer<PatternProgram.Instruction>
    ) -> Bool {
        guard visited[Int(start)] != step else { return false }
        visited[Int(start)] = step
        stack[0] = start
        var open = 1
        while open > 0 {
            open -= 1
            let place = stack[open]
            switch instructions[Int(place)] {
            case .scalar, .set:
                waiting[waitingCount] = place
                waitingCount += 1
            case .assertion(let assertion):
                if holds(assertion) { push(place + 1, &open) }
            case .split(let left, let right):
                push(UInt32(truncatingIfNeeded: right), &open)
                push(UInt32(truncatingIfNeeded: left), &open)
            case .jump(let target): push(UInt32(truncatingIfNeeded: target), &open)
            case .match: return true
            }
        }
        return false
    }

    @inline(__always)
    private mutating func push(_ place: UInt32, _ open: inout Int) {
        guard visited[Int(place)] != step else { return }
        visited[Int(place)] = step
        stack[open] = place
        open += 1
    }

    private func holds(_ assertion: PatternNode.Assertion) -> Bool {
        switch assertion {
        case .textStart: next == 0
        // PCRE: not after a newline that ends the text.
        case .lineStart: next == 0 || (text[next - 1] == 0x0A && next < text.count)
        case .textEnd: next == text.count || (next == text.count - 1 && text[next] == 0x0A)
        case .lineEnd: next == text.count || text[next] == 0x0A
        case .veryEnd: next == text.count
        case .wordBoundary: isWord(at: previous) != isWord(at: next)
        case .noWordBoundary: isWord(at: previous) == isWord(at: next)
        }
    }

    private func isWord(at place: Int) -> Bool {
        place >= 0 && place < text.count && program.words.contains(decode(at: place).scalar)
    }

    /// Bytes of the scalar at `place`, never beyond the end.
    @inline(__always)
    private func length(at place: Int) -> Int {
        let lead = text[place]
        if lead < 0x80 { return 1 }
        return min(lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, text.count - place)
    }

    /// The scalar at `place`. Of bytes that are no UTF-8 it makes some number, and reads nothing beyond the
    /// end.
    @inline(__always)
    private func decode(at place: Int) -> (scalar: UInt32, length: Int) {
        let lead = UInt32(text[place])
        if lead < 0x80 { return (lead, 1) }
        let length = length(at: place)
        var scalar = lead & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for index in 1..<max(length, 1) { scalar = scalar << 6 | UInt32(text[place + index] & 0x3F) }
        return (scalar, length)
    }
}
