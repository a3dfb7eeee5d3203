import Engine

/// A `multipart/form-data` body taken apart (RFC 7578): its parts with name, file name and bytes, in order.
struct MultipartForm {
    struct Part {
        var name: String
        var fileName: String?
        var contentType: String?
        var bytes: ArraySlice<UInt8>
    }

    var parts: [Part] = []

    /// The boundary that a `Content-Type` header announces; `nil` for another type.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a form without one of 1 to 70 bytes (RFC 2046,
    ///   5.1.1).
    static func boundary(contentType: String) throws -> String? {
        let pieces = contentType.split(separator: ";")
        guard let kind = pieces.first, kind.trimmed().lowercased() == "multipart/form-data" else {
            return nil
        }
        for piece in pieces.dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].trimmed().lowercased() == "boundary" else { continue }
            let boundary = pair[1].trimmed().unquoted()
            guard (1...70).contains(boundary.utf8.count) else {
                throw EngineError(
                    .invalidRequest,
                    "the form's boundary has \(boundary.utf8.count) bytes, it must have from 1 to 70",
                    path: "Content-Type")
            }
            return boundary
        }
        throw EngineError(
            .invalidRequest, "multipart/form-data needs a boundary", path: "Content-Type")
    }

    /// - Parameter maxParts: Parts beyond this many are refused.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a body that is cut short or has unreadable part
    ///   headers.
    init(body: [UInt8], boundary: String, maxParts: Int = 10_000) throws {
        let delimiter = Array("--\(boundary)".utf8)
        var place = 0
        guard body.starts(with: delimiter) || body.firstPlace(of: delimiter, from: 0) != nil else {
            throw EngineError(.invalidRequest, "the form's boundary does not occur in its body")
        }
        place = body.firstPlace(of: delimiter, from: 0)! + delimiter.count
        while true {
            if body[place...].starts(with: Array("--".utf8)) { return }
            guard body[place...].starts(with: [0x0D, 0x0A]) else {
                throw EngineError(
                    .invalidRequest, "part \(parts.count) of the form does not begin on a new line")
            }
            guard let next = body.firstPlace(of: [0x0D, 0x0A] + delimiter, from: place) else {
                throw EngineError(.invalidRequest, "the form is cut short in part \(parts.count)")
            }
            guard parts.count < maxParts else {
                throw EngineError(.limitExceeded, "the form has more than \(maxParts) parts")
            }
            // A part without headers begins with the empty line at once.
            let headersEnd = body.firstPlace(of: [0x0D, 0x0A, 0x0D, 0x0A], from: place)
            guard let headersEnd, headersEnd < next || headersEnd == place else {
                throw EngineError(
                    .invalidRequest, "part \(parts.count) of the form has no end of its headers")
            }
            parts.append(
                try MultipartForm.part(
                    headers: body[min(place + 2, headersEnd)..<headersEnd],
                    bytes: body[min(headersEnd + 4, next)..<next],
                    number: parts.count))
            place = next + 2 + delimiter.count
        }
    }

    private static func part(headers: ArraySlice<UInt8>, bytes: ArraySlice<UInt8>, number: Int) throws -> Part
    {
        guard headers.count <= 16 << 10 else {
            throw EngineError(
                .invalidRequest,
                "the headers of part \(number) of the form have \(headers.count) bytes, the limit is 16384")
        }
        // A file's name may be in any encoding; that is no reason to refuse the file.
        let text = String(decoding: headers, as: UTF8.self)
        var part = Part(name: "", fileName: nil, contentType: nil, bytes: bytes)
        for line in text.split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { continue }
            switch pair[0].trimmed().lowercased() {
            case "content-type": part.contentType = pair[1].trimmed()
            case "content-disposition":
                for field in fields(of: pair[1]) {
                    if field.name == "name" { part.name = field.value }
                    if field.name == "filename" { part.fileName = field.value }
                }
            default: break
            }
        }
        return part
    }

    /// The `name=value` fields of a header, values in quotes or bare; `;` within quotes does not separate.
    private static func fields(of header: Substring) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        var current = ""
        var isQuoted = false
        var isEscaped = false
        for character in header + ";" {
            if isEscaped {
                current.append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                current.append(character)
                isEscaped = true
            } else if character == ";", !isQuoted {
                let pair = current.split(separator: "=", maxSplits: 1)
                if pair.count == 2 {
                    fields.append((pair[0].trimmed().lowercased(), pair[1].trimmed().unquoted()))
                }
                current = ""
            } else {
                if character == "\"" { isQuoted.toggle() }
                current.append(character)
            }
        }
        return fields
    }
}

extension StringProtocol {
    fileprivate func trimmed() -> String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    /// Without the quotes around it and the backslashes before quotes and backslashes.
    fileprivate func unquoted() -> String {
        guard count >= 2, hasPrefix("\""), hasSuffix("\"") else { return String(self) }
        var text = ""
        var isEscaped = false
        for character in dropFirst().dropLast() {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            text.append(character)
            isEscaped = false
        }
        return text
    }
}

extension [UInt8] {
    /// Where `pattern` first begins, at or after `start`. The first byte is sought with a plain loop over
    /// memory.
    fileprivate func firstPlace(of pattern: [UInt8], from start: Int) -> Int? {
        withUnsafeBufferPointer { bytes in
            pattern.withUnsafeBufferPointer { pattern in
                guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
                var place = start
                let last = bytes.count - pattern.count
                while place <= last {
                    if bytes[place] == first {
                        var length = 1
                        while length < pattern.count, bytes[place + length] == pattern[length] { length += 1 }
                        if length == pattern.count { return place }
                    }
                    place += 1
                }
                return nil
            }
        }
    }
}
