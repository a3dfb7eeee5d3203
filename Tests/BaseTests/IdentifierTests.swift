import Base
import Testing

@Suite struct EntityIDTests {
    @Test(
        "an id is its text",
        arguments: [
            ("0.0.0", 0, 0, 0), ("2.0.42", 2, 0, 42), ("4294967295.4294967295.4294967295", .max, .max, .max),
            ("1.10.100", 1, 10, 100),
        ] as [(String, UInt32, UInt32, UInt32)])
    func text(text: String, classNumber: UInt32, generation: UInt32, local: UInt32) {
        let id = EntityID(classNumber: classNumber, generation: generation, local: local)
        #expect(EntityID(text) == id)
        #expect(id.description == text)
    }

    @Test(
        "anything else is no id",
        arguments: [
            "", ".", "..", "1.2", "1.2.3.4", "1..3", ".2.3", "1.2.", "01.2.3", "1.2.03", "00.0.0", "-1.2.3",
            "+1.2.3", " 1.2.3",
            "1.2.3 ", "1.2.4294967296", "1.2.99999999999", "a.b.c", "1.2.3\n", "１.2.3", "1,2,3", "1.2.0x3",
            "18446744073709551616.0.0",
        ])
    func refused(text: String) {
        #expect(EntityID(text) == nil)
    }

    @Test func `ids are ordered by class, generation, then number`() {
        let ids = ["1.0.5", "1.0.40", "1.2.0", "2.0.0", "10.0.0"].compactMap { EntityID($0) }
        #expect(ids.shuffled().sorted() == ids)
    }
}

@Suite struct HexTests {
    @Test(
        "RFC 4648's vectors, in lower case",
        arguments: [
            ("", ""), ("f", "66"), ("fo", "666f"), ("foo", "666f6f"), ("foob", "666f6f62"),
            ("fooba", "666f6f6261"), ("foobar", "666f6f626172"),
        ])
    func vectors(text: String, hex: String) {
        #expect(Hex.encode(text.utf8) == hex)
        #expect(Hex.decode(hex) == Array(text.utf8))
        #expect(Hex.decode(hex.uppercased()) == Array(text.utf8))
    }

    @Test func `every byte goes there and back`() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test(
        "an odd count or another character is refused",
        arguments: ["0", "abc", "0g", "g0", " 00", "0x00", "é", "0\0", "００"])
    func refused(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}

@Suite struct SHA256DigestTests {
    /// SHA-256 of the empty text (FIPS 180-4's examples).
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func `a digest is its bytes and its text`() throws {
        let digest = try #require(SHA256Digest(SHA256DigestTests.empty))
        #expect(digest.description == SHA256DigestTests.empty)
        #expect(digest.bytes == Hex.decode(SHA256DigestTests.empty))
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest(SHA256DigestTests.empty.uppercased()) == digest)
    }

    @Test func `another length is no digest`() {
        #expect(SHA256Digest(String(SHA256DigestTests.empty.dropLast(2))) == nil)
        #expect(SHA256Digest(SHA256DigestTests.empty + "00") == nil)
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    }

    @Test func `digests are ordered as their text is`() {
        let texts =
            ["00", "01", "7f", "80", "ff"].map { $0 + SHA256DigestTests.empty.dropFirst(2) }
            + [SHA256DigestTests.empty.dropLast(2) + "00"]
        let digests = texts.compactMap { SHA256Digest($0) }
        #expect(digests.sorted().map(\.description) == texts.sorted())
        #expect(Set(digests).count == digests.count)
    }
}

@Suite struct EntityKeyTests {
    @Test func `a key is 12 bytes, the time first`() throws {
        let key = EntityKey(seconds: 0x5F00_0001, random: 0x0102_0304_0506_0708)
        #expect(key.description == "5f0000010102030405060708")
        #expect(EntityKey(bytes: key.bytes) == key)
        #expect(EntityKey(bytes: [1, 2, 3]) == nil)
        #expect(key < EntityKey(seconds: 0x5F00_0002, random: 0))
        #expect(key < EntityKey(seconds: 0x5F00_0001, random: .max))
    }

    @Test func `a fresh key bears the time, within what 32 bits hold`() {
        #expect(EntityKey(at: DateTime(microseconds: 1_700_000_000_999_999)).seconds == 1_700_000_000)
        #expect(EntityKey(at: DateTime(microseconds: -5)).seconds == 0)
        #expect(EntityKey(at: DateTime(microseconds: .max)).seconds == .max)
        #expect(EntityKey(at: .now()) != EntityKey(at: .now()))
    }
}
