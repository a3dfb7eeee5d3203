import Driver

@testable import Fetching

/// URLs, references, robots.txt, addresses and header fields.
@main enum FuzzFetching {
    static func main() {
        Fuzzer.run { bytes in
            robots(bytes)
            guard let text = String(validating: bytes, as: UTF8.self) else { return }
            url(text)
            if let word = ResponseFields.optOut(text, token: "fovea") {
                Fuzzer.require(ResponseFields.optOuts.contains(word), "an unknown directive")
            }
            _ = ResponseFields.date(text)
            if let address = IPAddress(text) {
                Fuzzer.require(
                    IPAddress(address.description) == address, "an address changes when it is written")
                _ = AddressPolicy.globallyRoutable.allows(address)
            }
        }
    }

    private static func url(_ text: String) {
        if let url = try? WebURL(text) {
            let spelled = url.description
            Fuzzer.require(spelled.utf8.count <= WebURL.limit, "longer than the limit")
            Fuzzer.require(
                spelled.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a byte that breaks a request")
            Fuzzer.require((try? WebURL(spelled)) == url, "reading what was written gives another URL")
            Fuzzer.require(!url.host.contains("@") && url.target.hasPrefix("/"), "a malformed part")
        }
        if let base = try? WebURL("http://a/b/c/d;p?q"), let url = try? base.resolving(text) {
            Fuzzer.require((try? base.resolving(url.description)) == url, "resolving twice gives another URL")
        }
    }

    /// A file, and a path behind a zero byte.
    private static func robots(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let file = RobotsFile(Array(parts[0]), token: "fovea")
        Fuzzer.require(file.allows("/robots.txt"), "robots.txt may always be read")
        guard parts.count == 2 else { return }
        let path = "/" + String(decoding: parts[1].prefix(2_048), as: UTF8.self)
        Fuzzer.require(file.allows(path) == file.allows(path), "two answers to one question")
        let canonical = RobotsPattern.canonical(Array(path.utf8)[...], isPattern: false)
        Fuzzer.require(
            RobotsPattern.canonical(canonical[...], isPattern: false) == canonical, "two canonical spellings")
    }
}
