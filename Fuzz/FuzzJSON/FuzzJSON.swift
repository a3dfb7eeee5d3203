import Base
import Driver

/// JSON and dates: what is read is written and read again.
@main enum FuzzJSON {
    static func main() {
        Fuzzer.run { bytes in
            if let value = try? JSON.parse(bytes) {
                let text = value.json
                Fuzzer.require((try? JSON.parse(text)) == value, "parsed again it is another value: \(text)")
                var writer = JSONWriter()
                writer.write(value)
                Fuzzer.require(writer.bytes == Array(text.utf8), "two ways to write one value: \(text)")
            }
            guard let text = String(validating: bytes, as: UTF8.self),
                let time = DateTime(iso8601: text, defaultZone: .local)
            else { return }
            Fuzzer.require(
                DateTime(iso8601: time.iso8601, defaultZone: .local) == time, "another time: \(time.iso8601)")
        }
    }
}
