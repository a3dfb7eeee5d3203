#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import NIOHTTP1
import Synchronization

/// The head of an answer as it goes over the wire.
enum ResponseHead {
    /// How the body's end is known.
    enum Framing {
        case length(Int)
        case chunked
        /// By the end of the connection; or there is no body.
        case none
    }

    static func write(
        _ response: Response, framing: Framing, connection: StaticString?, into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString("HTTP/1.1 ")
        writeNumber(Int(response.status.code), into: &buffer)
        buffer.writeStaticString(" ")
        buffer.writeString(response.status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        for (name, value) in response.headers { write(name, value, into: &buffer) }
        switch framing {
        case .length(let count):
            buffer.writeStaticString("Content-Length: ")
            writeNumber(count, into: &buffer)
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        case .none: break
        }
        if let connection {
            buffer.writeStaticString("Connection: ")
            buffer.writeStaticString(connection)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString(
            "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nServer: fovea\r\nDate: "
        )
        buffer.writeString(HTTPDate.now)
        buffer.writeStaticString("\r\n\r\n")
    }

    /// A chunk's size line.
    static func writeChunkSize(_ count: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    // MARK: - Private

    private static func writeNumber(_ number: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(number))
    }

    private static func write(_ name: String, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        let count = buffer.writeString(value)
        buffer.withUnsafeMutableReadableBytes { bytes in
            // A value that holds text of others must not begin a header of its own.
            for place in bytes.count - count..<bytes.count where bytes[place] < 0x20 || bytes[place] == 0x7F {
                bytes[place] = 0x20
            }
        }
        buffer.writeStaticString("\r\n")
    }
}

/// The time as HTTP writes it (RFC 9110, section 5.6.7), made once a second.
private enum HTTPDate {
    private static let cached = Mutex((second: 0, text: ""))

    static var now: String {
        let second = time(nil)
        return cached.withLock { cached in
            if cached.second != second { cached = (second, text(second)) }
            return cached.text
        }
    }

    private static func text(_ second: Int) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
