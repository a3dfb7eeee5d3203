import Annotations

/// A million stretches of 1,000 hours of 100 streams, and questions about them.
struct IntervalQuestions {
    /// People, cars and doors: half, three tenths and two tenths of all.
    private let people, cars, doors: StretchIndex

    init() {
        var state: UInt64 = 1
        func next(_ count: Int64) -> Int64 {
            // Steele, Lea and Flood's SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int64((mixed ^ (mixed >> 31)) % UInt64(count))
        }
        // Ten hours a stream, in microseconds; up to a minute each.
        func some(_ count: Int) -> StretchIndex {
            StretchIndex(
                (0..<count).compactMap { _ in
                    let start = next(36_000_000_000)
                    return Stretch(stream: UInt32(next(100)), start, start + 1 + next(60_000_000))
                })
        }
        people = some(500_000)
        cars = some(300_000)
        doors = some(200_000)
    }

    static let names = ["follows", "sequence", "during", "overlapped_by", "intersection"]

    /// Answers a question and returns how many stretches that gave.
    func ask(_ name: String) -> Int {
        let second: Int64 = 1_000_000
        switch name {
        // People within five seconds before a car, at least ten seconds long.
        case "follows":
            return cars.filter(
                people.stretches.filter { $0.length >= 10 * second }, .precedes(within: 5 * second)
            ).count
        // A door, then a person within five seconds, then a car within ten.
        case "sequence":
            return StretchIndex.chains(from: doors, [(5 * second, people), (10 * second, cars)]).count
        case "during": return cars.filter(people.stretches, .during).count
        case "overlapped_by": return cars.filter(people.stretches, .overlappedBy).count
        default:
            return StretchSet(people.stretches).intersection(StretchSet(cars.stretches))
                .subtracting(StretchSet(doors.stretches)).stretches.count
        }
    }
}
