import Base
import Blobs
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct BlobLocationTests {
    @Test(arguments: [
        BlobLocation.pack(number: 1, offset: 32, length: 0),
        .pack(number: 7, offset: 4096, length: 83_000),
        .pack(number: .max, offset: (32 << 30) - 8, length: 1 << 40),
        .large(length: 17 << 20),
        .large(length: Int.max),
    ])
    func `a location survives its columns`(location: BlobLocation) throws {
        #expect(try BlobLocation(location.columns) == location)
    }

    @Test func `a reference survives its columns and bytes, whatever bytes the path has`() throws {
        let paths: [[UInt8]] = [Array("/a/b.jpg".utf8), [0x2F, 0xFF, 0xFE, 0x0A, 0x20], Array("/ü/雪".utf8)]
        for bytes in paths {
            let reference = try BlobReference(bytes: bytes)
            #expect(reference.bytes == bytes)
            let location = BlobLocation.reference(reference, length: 12)
            #expect(try BlobLocation(location.columns, reference: reference.bytes) == location)
        }
        let url = BlobReference.url("https://example.org/a.jpg")
        #expect(try BlobReference(bytes: url.bytes) == url)
    }

    @Test(arguments: [
        BlobLocation.Columns(kind: 0, pack: 1, offset: 32, length: 1),
        .init(kind: 4, pack: 0, offset: 0, length: 1),
        .init(kind: 1, pack: 0, offset: 32, length: 1),
        .init(kind: 1, pack: -1, offset: 32, length: 1),
        .init(kind: 1, pack: 1 << 32, offset: 32, length: 1),
        .init(kind: 1, pack: 1, offset: 0, length: 1),
        .init(kind: 1, pack: 1, offset: 33, length: 1),
        .init(kind: 1, pack: 1, offset: -8, length: 1),
        .init(kind: 1, pack: 1, offset: .max, length: 1),
        .init(kind: 1, pack: 1, offset: 32, length: -1),
        .init(kind: 1, pack: 1, offset: 32, length: .max),
        .init(kind: 2, pack: 0, offset: 0, length: .min),
        .init(kind: 3, pack: 0, offset: 0, length: 1),
    ])
    func `columns that no location has are refused`(columns: BlobLocation.Columns) {
        #expect(code { _ = try BlobLocation(columns) } == .invalid)
    }

    @Test(arguments: ["", "a/b", "a.jpg", "/a\0b", "example.org"])
    func `what is neither an absolute path nor a URL is no reference`(text: String) {
        #expect(code { _ = try BlobReference(bytes: Array(text.utf8)) } == .invalid)
    }

    @Test func `bytes that are not UTF-8 are no URL`() {
        #expect(code { _ = try BlobReference(bytes: [0x68, 0xFF] + Array("://x".utf8)) } == .invalid)
    }

    // FIPS 180-2, appendix B, and the digest of nothing.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `digests equal the published ones, in one piece and byte by byte`(text: String, digest: String) {
        let bytes = Array(text.utf8)
        #expect(SHA256Digest(hashing: bytes).description == digest)
        var hasher = BlobHasher()
        for byte in bytes {
            let piece = [byte]
            hasher.update(piece.span.bytes)
        }
        #expect(hasher.finish().description == digest)
    }
}
