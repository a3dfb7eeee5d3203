/// Asks the last stage only about as many frames as tell of those between: what is there a moment before and
/// a moment after is there in between.
///
/// The first and the last of frames on end that earlier stages kept are asked about, and then the middle of
/// what lies between two frames of which it is known, as long as these are further apart than `hold` seconds
/// or differ. Between two that are kept all frames are kept. Where earlier stages kept nothing, the middle is
/// asked about only as long as one of both is kept: what stands still is looked for, and nothing is looked
/// for where nothing was.
struct CascadeHolding {
    enum State {
        case unknown
        case kept([CascadeFinding])
        case dropped

        var isKept: Bool { if case .kept = self { true } else { false } }
    }

    /// In seconds.
    let hold: Double
    /// When each frame is shown, in seconds, rising.
    let times: [Double]
    /// Whether earlier stages kept it.
    let isCandidate: [Bool]
    /// What is known of each frame by having asked.
    private(set) var states: [State]
    /// What is kept without asking, by the place of the frame.
    private(set) var held: [Int: [CascadeFinding]] = [:]
    /// Frames that were not asked about and lie beside such as are kept.
    private(set) var near: Set<Int> = []

    init(hold: Double, times: [Double], isCandidate: [Bool]) {
        self.hold = hold
        self.times = times
        self.isCandidate = isCandidate
        states = [State](repeating: .unknown, count: times.count)
    }

    /// - Parameter ask: asks the last stage about the frame at a place.
    mutating func run(_ ask: (Int) throws -> State) throws {
        var known: [Int] = []
        for place in isCandidate.indices where isCandidate[place] {
            let isFirst = place == 0 || !isCandidate[place - 1]
            let isLast = place == isCandidate.count - 1 || !isCandidate[place + 1]
            guard isFirst || isLast else { continue }
            states[place] = try ask(place)
            if let before = known.last { try settle(before, place, ask) }
            known.append(place)
        }
        guard let first = known.first, let last = known.last, let end = times.indices.last else { return }
        if first > 0, states[first].isKept {
            states[0] = try ask(0)
            try settle(0, first, ask)
        }
        if last < end, states[last].isKept {
            states[end] = try ask(end)
            try settle(last, end, ask)
        }
    }

    /// Finds out what lies between two places of which it is known.
    private mutating func settle(_ low: Int, _ high: Int, _ ask: (Int) throws -> State) throws {
        let between = low + 1..<high
        guard !between.isEmpty else { return }
        let (isKept, isKeptAfter) = (states[low].isKept, states[high].isKept)
        let hasCandidates = between.contains { isCandidate[$0] }
        guard isKept || isKeptAfter || hasCandidates else { return }
        if times[high] - times[low] <= hold {
            if isKept, isKeptAfter {
                let found = CascadeHolding.common(states[low], states[high])
                for place in between { held[place] = found }
                return
            }
            guard isKept != isKeptAfter, hasCandidates else {
                if isKept || isKeptAfter { near.formUnion(between) }
                return
            }
        }
        let middle = low + (high - low) / 2
        states[middle] = try ask(middle)
        try settle(low, middle, ask)
        try settle(middle, high, ask)
    }

    /// What both have found, each class once with the lesser confidence, and nowhere in particular; what the
    /// first has found where they have nothing in common.
    private static func common(_ one: State, _ other: State) -> [CascadeFinding] {
        guard case .kept(let first) = one, case .kept(let second) = other else { return [] }
        func best(_ findings: [CascadeFinding]) -> [String: Double] {
            Dictionary(findings.map { ($0.className, $0.confidence) }, uniquingKeysWith: max)
        }
        let (before, after) = (best(first), best(second))
        let both = before.compactMap { name, confidence in
            after[name].map { CascadeFinding(name, confidence: min(confidence, $0)) }
        }
        let found = both.isEmpty ? before.map { CascadeFinding($0.key, confidence: $0.value) } : both
        return found.sorted { $0.className < $1.className }
    }
}
