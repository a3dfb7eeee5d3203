import Base
import SystemPackage

/// A list that is read from a file, in pieces or line by line.
struct ListFile {
    /// What is wrong with a list as a whole.
    struct Unreadable: Error, CustomStringConvertible { var description: String }
    private struct Ended: Error {}

    /// Bytes of a line, at most.
    static let maxLine = 16 << 20

    let path: FilePath

    /// What a row is called that names nothing: the list's name and the line.
    func place(ofLine number: Int) -> String { "\(path.lastComponent?.string ?? "list"):\(number)" }

    /// Hands over each line that is not blank, without its end; `nil` for one that is too long. `false` from
    /// `body` ends the reading, and is returned.
    func forEachLine(_ body: (_ line: [UInt8]?, _ number: Int) -> Bool) throws -> Bool {
        var line: [UInt8] = []
        var number = 0
        var isTooLong = false
        func take() throws {
            number += 1
            defer {
                line.removeAll(keepingCapacity: true)
                isTooLong = false
            }
            if isTooLong {
                if !body(nil, number) { throw Ended() }
                return
            }
            if line.last == 0x0D { line.removeLast() }
            // What Windows programs put before UTF-8.
            if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
            if !body(line, number) { throw Ended() }
        }
        do {
            try forEachPiece { piece in
                for byte in piece {
                    if byte == 0x0A {
                        try take()
                    } else if line.count < ListFile.maxLine {
                        line.append(byte)
                    } else {
                        isTooLong = true
                    }
                }
            }
            if !line.isEmpty { try take() }
        } catch is Ended {
            return false
        }
        return true
    }

    /// Hands over each record of a table behind the first one, which is given to `header`. `false` from
    /// `body` ends the reading, and is returned.
    func forEachRecord<Columns>(
        separator: UInt8, header: ([[UInt8]]) throws -> Columns,
        _ body: (_ fields: [[UInt8]], _ columns: Columns, _ number: Int) -> Bool
    ) throws -> Bool {
        var reader = CSVReader(separator: separator)
        var columns: Columns?
        func take(_ fields: [[UInt8]], _ line: Int) throws {
            guard let known = columns else {
                columns = try header(fields)
                return
            }
            if !body(fields, known, line) { throw Ended() }
        }
        do {
            try forEachPiece { try reader.read($0, take) }
            try reader.finish(take)
        } catch is Ended {
            return false
        } catch let failure as CSVReader.Failure {
            throw Unreadable(
                description: "line \(failure.line): \(failure.message); the rest of the list was not read")
        }
        guard columns != nil else {
            throw Unreadable(description: "the list is empty: its first line must name the columns")
        }
        return true
    }

    // MARK: - Private

    /// Reads the file in pieces of 64 KiB.
    private func forEachPiece(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch let error as Errno {
            throw Unreadable(description: IngestSource.reason(error))
        }
        try descriptor.closeAfter {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count: Int
                do {
                    count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                } catch let error as Errno {
                    throw Unreadable(description: IngestSource.reason(error))
                }
                if count == 0 { return }
                try body(buffer[..<count])
            }
        }
    }
}
