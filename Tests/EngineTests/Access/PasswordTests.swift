import Base
import TestSupport
import Testing

@testable import Engine

@Suite struct PasswordTests {
    private let cheap = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1)

    /// RFC 7914, section 12. Its first vector has an empty password, which is refused here.
    @Test(
        "scrypt gives the keys of RFC 7914",
        arguments: [
            (
                "password", "NaCl", PasswordHash.Cost(logRounds: 10, blockSize: 8, parallelism: 16),
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
            ),
            (
                "pleaseletmein", "SodiumChloride",
                PasswordHash.Cost(logRounds: 14, blockSize: 8, parallelism: 1),
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ])
    func vector(password: String, salt: String, cost: PasswordHash.Cost, key: String) throws {
        let found = try PasswordHash.derive(
            Array(password.utf8), salt: Array(salt.utf8), cost, byteCount: 64)
        #expect(Hex.encode(found) == key)
    }

    @Test func `a hash knows its password again and no other, also after it was written and read`() throws {
        let hash = try PasswordHash(of: "correct horse 1!", cost: cheap)
        let copy = try #require(PasswordHash(hash.description))
        #expect(copy == hash)
        for hash in [hash, copy] {
            #expect(try hash.matches("correct horse 1!"))
            #expect(try !hash.matches("correct horse 1") && !hash.matches("Correct horse 1!"))
        }
        #expect(!hash.description.contains("horse"))
    }

    @Test func `the same password has another hash each time`() throws {
        let hashes = try (0..<8).map { _ in try PasswordHash(of: "same", cost: cheap).description }
        #expect(Set(hashes).count == 8)
    }

    @Test func `the standard cost is one of those that OWASP lists, 32 MiB in three passes`() throws {
        let cost = PasswordHash.Cost.standard
        #expect(128 * cost.blockSize << cost.logRounds == 32 << 20 && cost.parallelism == 3)
        #expect(cost.isAllowed)
        #expect(try PasswordHash(of: "x", cost: cost).matches("x"))
    }

    @Test(
        "a stored hash that nobody would have written is none, whatever it would cost",
        arguments: [
            "", "scrypt", "scrypt$15$8$3$00$00",
            "bcrypt$4$1$1$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$40$8$1$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$20$64$1$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$-1$8$1$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$4$1$9223372036854775807$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$4$1$1$0011223344556677$zz112233445566778899aabbccddeeff",
            "scrypt$4$1$1$0011223344556677$00112233445566778899aabbccddeeff$",
        ])
    func malformed(text: String) { #expect(PasswordHash(text) == nil) }

    @Test func `no text read as a hash makes it trap`() throws {
        var generator = SeededGenerator(seed: 3)
        let whole = Array(try PasswordHash(of: "x", cost: cheap).description.utf8)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = generator.pick(
                    Array("$0189af-".utf8))
            }
            bytes.removeLast(Int.random(in: 0...3, using: &generator))
            let text = String(decoding: bytes, as: UTF8.self)
            if let hash = PasswordHash(text) {
                #expect(hash.cost.isAllowed)
                #expect(PasswordHash(hash.description) == hash)
            }
        }
    }

    @Test(
        "a password lacks what the message names",
        arguments: [
            ("short 1!", "10 characters"), ("1234567890!", "a letter"), ("letters only!", "a digit"),
            ("letters4567", "a symbol"), ("", "empty"), (String(repeating: "a1!", count: 342), "1026 bytes"),
            ("with\u{0}nul 1!", "NUL"),
        ])
    func rule(password: String, complaint: String) {
        let error = #expect(throws: EngineError.self) {
            try PasswordRule.check(password, allowsWeak: false)
        }
        #expect(error?.code == .invalidRequest && error?.path == "password")
        #expect(error?.message.contains(complaint) == true)
        #expect(password.isEmpty || error?.message.contains(password) == false)
    }

    @Test func `weak passwords are taken where that is said, but no empty ones`() throws {
        try PasswordRule.check("admin", allowsWeak: true)
        try PasswordRule.check("correct horse 1!", allowsWeak: false)
        try PasswordRule.check("pässwörter 1", allowsWeak: false)
        #expect(throws: EngineError.self) { try PasswordRule.check("", allowsWeak: true) }
    }

    @Test func `tokens are of their kind, 256 bits long, and all different`() throws {
        var seen: Set<String> = []
        for kind in [AccessToken.Kind.session, .refresh, .user] {
            for _ in 0..<200 {
                let token = AccessToken.make(kind).text
                #expect(token.hasPrefix(kind.rawValue) && token.utf8.count == 48)
                #expect(token.utf8.dropFirst(5).allSatisfy { Character(Unicode.Scalar($0)).isASCII })
                seen.insert(token)
            }
        }
        #expect(seen.count == 600)
        // 43 letters and digits, each one of 62.
        #expect(43 * 5.954 > 256)
    }

    @Test(
        "what somebody could have thought up is no token of a user",
        arguments: [
            "", "adbp_", "adbp_short", "adbs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            "adbp_" + String(repeating: "ab", count: 20), "adbp_0123456789abcdefghijklmnopqrst-wxyz",
            "adbp_" + String(repeating: "0123456789abcdef", count: 9),
        ])
    func weakToken(text: String) {
        let error = #expect(throws: EngineError.self) {
            _ = try AccessToken.user(text, path: "add_tokens[0]")
        }
        #expect(error?.path == "add_tokens[0]")
        #expect(text.count < 9 || error?.message.contains(text) == false)
    }

    @Test func `tokens of another server's making are taken`() throws {
        let token = "adbp_TxchBKOyerwLEbNnnhuoxtzSuC8ag0u9j5O"
        #expect(try AccessToken.user(token, path: "").text == token)
        #expect(AccessToken.prefix(of: token) == "adbp_TxchBKOy")
    }
}
