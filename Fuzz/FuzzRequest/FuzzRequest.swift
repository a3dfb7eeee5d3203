import Base
import Driver

@testable import Server

/// A request up to what the store would be asked, and its parts: range, percent-encoding, form, members.
@main enum FuzzRequest {
    static func main() {
        Fuzzer.run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            for length in [0, 1, 1_000, Int.max] {
                guard case .part(let range) = ByteRange(header: "bytes=" + text, length: length) else {
                    continue
                }
                Fuzzer.require(!range.isEmpty && range.upperBound <= length, "\(range) of \(length) bytes")
            }
            Fuzzer.require(PercentEncoding.decode(PercentEncoding.encode(text)) == text, "another text")
            _ = PercentEncoding.decode(text)
            _ = PercentEncoding.decodeForm(text)
            form(bytes, text)
            for isHolderSocket in [false, true] {
                let status = RequestRehearsal.status(of: bytes, isHolderSocket: isHolderSocket)
                Fuzzer.require((200..<500).contains(status), "the status \(status)")
            }
            guard let object = try? JSON.parse(bytes).objectValue else { return }
            let reader = RequestReader(object)
            _ = try? reader.findRequest(class: "image")
            _ = try? reader.bins()
            _ = try? reader.texts("filter")
        }
    }

    /// A Content-Type up to the first line end, then the body.
    private static func form(_ bytes: [UInt8], _ text: String) {
        let line = bytes.prefix { $0 != 0x0A }
        _ = try? MultipartForm.boundary(contentType: text)
        let type = "multipart/form-data; " + String(decoding: line, as: UTF8.self)
        guard let boundary = try? MultipartForm.boundary(contentType: type),
            let form = try? MultipartForm(
                body: Array(bytes.dropFirst(line.count)), boundary: boundary, maxParts: 100)
        else { return }
        Fuzzer.require(form.parts.count <= 100, "more parts than are allowed")
        Fuzzer.require(form.parts.allSatisfy { $0.bytes.count <= bytes.count }, "more bytes than came")
    }
}
