import TestSupport

/// Damage done to a file at random, of the kinds that make parsers stumble.
enum Mutation {
    static func apply(to bytes: inout [UInt8], using generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<9, using: &generator) {
            case 0:
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1:
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2:
                let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
                let value = extremes[Int.random(in: 0..<extremes.count, using: &generator)]
                for index in place..<min(bytes.count, place + Int.random(in: 1...4, using: &generator)) {
                    bytes[index] = value
                }
            case 3:
                bytes.removeSubrange(
                    place..<min(bytes.count, place + Int.random(in: 1...64, using: &generator)))
            case 4:
                let count = Int.random(in: 1...32, using: &generator)
                bytes.insert(
                    contentsOf: (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) },
                    at: place)
            case 5:
                let part = Array(
                    bytes[place..<min(bytes.count, place + Int.random(in: 1...200, using: &generator))])
                bytes.insert(contentsOf: part, at: Int.random(in: 0...bytes.count, using: &generator))
            case 6:
                bytes.removeSubrange(place...)
            case 7:
                bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &generator))
            default:
                // Headers are short, and damage to them goes furthest.
                bytes[Int.random(in: 0..<min(64, bytes.count), using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
        }
    }
}
