/// Writes Exif metadata, sound or not, in either byte order.
struct EXIFBuilder {
    enum Content {
        case text(String)
        case shorts([UInt16])
        case longs([UInt32])
        case rationals([(UInt32, UInt32)])
        case raw(type: UInt16, count: UInt32, bytes: [UInt8])
    }

    var isBig = false
    var main: [(UInt16, Content)] = []
    var camera: [(UInt16, Content)] = []
    var position: [(UInt16, Content)] = []

    var bytes: [UInt8] {
        var output: [UInt8] = isBig ? [0x4D, 0x4D, 0, 42] : [0x49, 0x49, 42, 0]
        output += number(8, 4)
        var main = main
        if !camera.isEmpty { main.append((0x8769, .longs([0]))) }
        if !position.isEmpty { main.append((0x8825, .longs([0]))) }
        let cameraOffset = 8 + size(main)
        let positionOffset = cameraOffset + size(camera)
        for index in main.indices where main[index].0 == 0x8769 {
            main[index].1 = .longs([UInt32(cameraOffset)])
        }
        for index in main.indices where main[index].0 == 0x8825 {
            main[index].1 = .longs([UInt32(positionOffset)])
        }
        output += directory(main, at: 8) + directory(camera, at: cameraOffset)
        return output + directory(position, at: positionOffset)
    }

    private func number(_ value: Int, _ width: Int) -> [UInt8] {
        let little = (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        return isBig ? little.reversed() : little
    }

    private func encoded(_ content: Content) -> (type: Int, count: Int, bytes: [UInt8]) {
        switch content {
        case .text(let text): (2, text.utf8.count + 1, Array(text.utf8) + [0])
        case .shorts(let values): (3, values.count, values.flatMap { number(Int($0), 2) })
        case .longs(let values): (4, values.count, values.flatMap { number(Int($0), 4) })
        case .rationals(let values):
            (5, values.count, values.flatMap { number(Int($0.0), 4) + number(Int($0.1), 4) })
        case .raw(let type, let count, let bytes): (Int(type), Int(count), bytes)
        }
    }

    private func size(_ entries: [(UInt16, Content)]) -> Int {
        guard !entries.isEmpty else { return 0 }
        let behind = entries.map { encoded($0.1).bytes.count }.filter { $0 > 4 }.reduce(0, +)
        return 2 + entries.count * 12 + 4 + behind
    }

    private func directory(_ entries: [(UInt16, Content)], at offset: Int) -> [UInt8] {
        guard !entries.isEmpty else { return [] }
        var table = number(entries.count, 2)
        var behind: [UInt8] = []
        for (tag, content) in entries {
            let (type, count, bytes) = encoded(content)
            table += number(Int(tag), 2) + number(type, 2) + number(count, 4)
            if bytes.count > 4 {
                table += number(offset + 2 + entries.count * 12 + 4 + behind.count, 4)
                behind += bytes
            } else {
                table += bytes + [UInt8](repeating: 0, count: 4 - bytes.count)
            }
        }
        return table + number(0, 4) + behind
    }
}
