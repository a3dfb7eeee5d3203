/// Reads CSV a record at a time (RFC 4180): fields in quotes may hold commas, line ends and doubled quotes;
/// lines end in CRLF, LF or CR. Takes bytes in pieces and keeps no more than one record, which `maxRecord`
/// bounds.
struct CSVReader {
    struct Failure: Error {
        var message: String
        var line: Int
    }

    private enum Place { case fieldStart, bare, quoted, quoteInQuoted, afterCR }

    let separator: UInt8
    let maxRecord: Int
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var place = Place.fieldStart
    private var recordByteCount = 0
    private var line = 1
    private var recordLine = 1

    init(separator: UInt8 = UInt8(ascii: ","), maxRecord: Int = 1 << 20) {
        self.separator = separator
        self.maxRecord = maxRecord
    }

    /// Takes the next piece and hands each record that it ends to `body`, with the line it began on.
    mutating func read(
        _ bytes: some Sequence<UInt8>, _ body: (_ fields: [[UInt8]], _ line: Int) throws -> Void
    ) throws {
        for byte in bytes {
            if place == .afterCR {
                place = .fieldStart
                if byte == 0x0A { continue }
            }
            recordByteCount += 1
            guard recordByteCount <= maxRecord else {
                throw Failure(
                    message: "a record is longer than \(maxRecord) bytes; is a quote left open?",
                    line: recordLine)
            }
            if byte == 0x0A { line += 1 }
            switch (place, byte) {
            case (.quoted, UInt8(ascii: "\"")): place = .quoteInQuoted
            case (.quoted, _): field.append(byte)
            case (.quoteInQuoted, UInt8(ascii: "\"")):
                field.append(byte)
                place = .quoted
            case (.fieldStart, UInt8(ascii: "\"")): place = .quoted
            case (_, separator):
                endField()
                place = .fieldStart
            case (_, 0x0A), (_, 0x0D):
                try endRecord(body)
                if byte == 0x0D {
                    line += 1
                    recordLine = line
                    place = .afterCR
                }
            case (.quoteInQuoted, _):
                throw Failure(message: "text follows the closing quote of a field", line: line)
            default:
                field.append(byte)
                place = .bare
            }
        }
    }

    /// Ends the input: hands over a last record that no line end follows.
    mutating func finish(_ body: (_ fields: [[UInt8]], _ line: Int) throws -> Void) throws {
        guard place != .quoted else { throw Failure(message: "a quote is left open", line: recordLine) }
        if !fields.isEmpty || !field.isEmpty || place == .quoteInQuoted { try endRecord(body) }
    }

    // MARK: - Private

    private mutating func endField() {
        fields.append(field)
        field.removeAll(keepingCapacity: true)
    }

    private mutating func endRecord(_ body: (_ fields: [[UInt8]], _ line: Int) throws -> Void) throws {
        let isBlank = fields.isEmpty && field.isEmpty && place == .fieldStart
        endField()
        let record = fields
        let began = recordLine
        fields.removeAll(keepingCapacity: true)
        place = .fieldStart
        recordByteCount = 0
        recordLine = line
        if !isBlank { try body(record, began) }
    }
}
