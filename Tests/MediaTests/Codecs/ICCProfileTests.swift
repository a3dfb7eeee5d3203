import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ICCProfileTests {
    /// LittleCMS's sRGB profile, as Pillow wrote it into a JPEG.
    private static func source() throws -> (file: [UInt8], profile: [UInt8]) {
        let file = try CodecCorpus.read("profile.jpg")
        return (file, try #require(try ImageCodec.header(of: file).iccProfile))
    }

    @Test(
        "what is encoded carries the colour profile of its source, as Pillow reads it",
        arguments: ["encode=jpeg", "encode=png", "encode=webp", "encode=webp,lossless=true", "encode=auto"])
    func carried(encoding: String) throws {
        let (file, profile) = try ICCProfileTests.source()
        let plain = try CodecCorpus.read("source-RGB.png")
        let output = try ImagePipeline(["resize=31x17", encoding]).run(file)
        #expect(try ImageCodec.header(of: output.bytes).iccProfile == profile)

        let folder = try TemporaryFolder()
        let path = try folder.write(output.bytes, to: "carried")
        let lines = try PythonOracle.lines(of: "icc_profile.py", [path])
        #expect(lines == ["31x17 RGB", "sRGB built-in", Data(profile).base64EncodedString()])
        #expect(try ImagePipeline([encoding]).run(plain).bytes == encoded(plain, encoding), "none is made up")
    }

    @Test func `a transparent WebP keeps its alpha beside the profile`() throws {
        let (_, profile) = try ICCProfileTests.source()
        let bytes = try CodecCorpus.read("profile-alpha.png")
        let output = try ImagePipeline(["encode=webp,lossless=true"]).run(bytes)
        let image = try ImageCodec.decode(output.bytes, options: DecodeOptions(layout: .rgba))
        #expect(image.header.iccProfile?.count == profile.count)
        #expect(
            try image.raster == ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgba)).raster)
    }

    @Test func `a profile of other colours than the result's stays behind`() throws {
        let (file, _) = try ICCProfileTests.source()
        for encoding in ["encode=jpeg", "encode=png", "encode=webp"] {
            let gray = try ImagePipeline(["grayscale", encoding]).run(file)
            #expect(try ImageCodec.header(of: gray.bytes).iccProfile == nil)
        }
    }

    @Test func `a profile of several JPEG segments stays whole`() throws {
        let file = try CodecCorpus.read("long-profile.jpg")
        let output = try ImagePipeline(["encode=jpeg"]).run(file)
        #expect(
            try ImageCodec.header(of: output.bytes).iccProfile == ImageCodec.header(of: file).iccProfile)
    }

    @Test func `a profile says its name, and what is none is no profile`() throws {
        let (_, profile) = try ICCProfileTests.source()
        #expect(ICCProfile(profile)?.description == "sRGB built-in")
        #expect(ICCProfile(profile)?.colourSpace == .rgb)
        for end in 0..<132 { #expect(ICCProfile(Array(profile[..<end])) == nil) }
        for end in 132..<profile.count { _ = ICCProfile(Array(profile[..<end])) }
        #expect(ICCProfile([UInt8](repeating: 0, count: 4_000)) == nil)
    }

    private func encoded(_ file: [UInt8], _ encoding: String) throws -> [UInt8] {
        let raster = try ImageCodec.decode(file).raster
        return switch encoding {
        case "encode=jpeg": try ImageCodec.encode(raster, as: .jpeg(quality: 90))
        case "encode=webp": try ImageCodec.encode(raster, as: .webp())
        case "encode=webp,lossless=true": try ImageCodec.encode(raster, as: .webp(lossless: true))
        default: try ImageCodec.encode(raster, as: .png())
        }
    }
}
