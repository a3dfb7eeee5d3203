import Base
import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct OperationTextTests {
    private func message(_ texts: String...) -> String? {
        do {
            _ = try ImagePipeline(texts)
            return nil
        } catch {
            #expect(error.code == .invalidOperation)
            return error.message
        }
    }

    @Test(
        "every spelling of an operation has one canonical text",
        arguments: [
            ("resize=224x224", "resize=224x224,filter=bicubic"),
            ("resize=224", "resize=224x224,filter=bicubic"),
            ("resize=size=224x224,filter=bicubic", "resize=224x224,filter=bicubic"),
            ("resize=filter=area,size=10x", "resize=10x,filter=area"),
            ("resize=x10,filter=nearest", "resize=x10,filter=nearest"),
            ("resize=scale=0.50", "resize=scale=0.5,filter=bicubic"),
            ("resize=scale=1/2", "resize=scale=0.5,filter=bicubic"),
            ("resize=8,box=0:1.50:3:4e0", "resize=8x8,filter=bicubic,box=0:1.5:3:4"),
            ("resize=8,box=-0:0:3:4", "resize=8x8,filter=bicubic,box=0:0:3:4"),
            ("crop=1,2,3,4", "crop=1,2,3,4"),
            ("crop=height=4,width=3,1,2", "crop=1,2,3,4"),
            ("centre_crop", "centre_crop"),
            ("center_crop=", "centre_crop"),
            ("centre_crop=3x4", "centre_crop=3x4"),
            ("letterbox=640", "letterbox=640x640,filter=bilinear,fill=727272ff"),
            ("letterbox=640x480,fill=FF", "letterbox=640x480,filter=bilinear,fill=ffffffff"),
            ("thumbnail=256", "thumbnail=256x256,filter=bicubic"),
            ("rotate=-90,expand", "rotate=270,expand=true,filter=bilinear,fill=00000000"),
            ("rotate=360", "rotate=0,expand=false,filter=bilinear,fill=00000000"),
            ("rotate=angle=7.50,expand=true", "rotate=7.5,expand=true,filter=bilinear,fill=00000000"),
            ("flip=horizontal", "flip=horizontal"),
            ("grayscale", "grayscale"),
            ("gray=", "grayscale"),
            ("threshold=010", "threshold=10"),
        ])
    func canonical(text: String, expected: String) throws {
        let pipeline = try ImagePipeline([text])
        #expect(pipeline.texts.dropFirst().first == expected)
        #expect(try ImagePipeline([expected]).text == pipeline.text)
    }

    @Test(
        "every spelling of an output has one canonical text",
        arguments: [
            ("encode=auto", "encode=auto"),
            ("encode=jpeg", "encode=jpeg,quality=90,subsampling=420"),
            ("encode=quality=85,format=jpeg", "encode=jpeg,quality=85,subsampling=420"),
            ("encode=png", "encode=png,compression=6"),
            ("encode=webp,lossless", "encode=webp,quality=80,lossless=true"),
            ("tensor=u8", "tensor=u8,layout=nhwc"),
            ("tensor=f32", "tensor=f32,layout=nhwc,scale=1,mean=0,std=1"),
            (
                "tensor=f32,layout=nchw,scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225",
                "tensor=f32,layout=nchw,scale=0.00392156862745098,mean=0.485:0.456:0.406,std=0.229:0.224:0.225"
            ),
        ])
    func canonicalOutput(text: String, expected: String) throws {
        let pipeline = try ImagePipeline([text])
        #expect(pipeline.texts.last == expected)
        #expect(try ImagePipeline([expected]).text == pipeline.text)
    }

    @Test func `an empty pipeline decodes in full and encodes as the file was`() throws {
        #expect(try ImagePipeline([]).text == "decode=full,channels=automatic&encode=auto")
        #expect(try ImagePipeline(["decode=full", "encode=auto"]).text == ImagePipeline([]).text)
    }

    @Test func `a thumbnail in first place decodes scaled, unless told otherwise`() throws {
        #expect(try ImagePipeline(["thumbnail=9"]).decode.isScaled)
        #expect(try !ImagePipeline(["decode=full", "thumbnail=9"]).decode.isScaled)
        #expect(try !ImagePipeline(["flip=both", "thumbnail=9"]).decode.isScaled)
        #expect(try !ImagePipeline(["resize=9"]).decode.isScaled)
        #expect(
            try ImagePipeline(["thumbnail=9"]).text == ImagePipeline(["decode=scaled", "thumbnail=9"]).text)
    }

    @Test(
        "an error names the operation, the parameter, its range and what was given",
        arguments: [
            ("resiz=3x3", #"there is no operation "resiz"; there are decode, resize,"#),
            ("", #"there is no operation """#),
            ("resize", "resize: size or scale must be given"),
            ("resize=3x3,scale=2", "resize: either size or scale must be given, not both"),
            (
                "resize=0x5",
                #"resize: size is WIDTHxHEIGHT, WIDTHx or xHEIGHT with sides from 1 to 65535, or one number for a square; got "0x5""#
            ),
            ("resize=65536x5", "sides from 1 to 65535"),
            ("resize=x", #"got "x""#),
            ("resize=3x3x3", #"got "3x3x3""#),
            ("resize=+3x3", #"got "+3x3""#),
            (
                "resize=3x3,filter=cubic",
                #"resize: filter is one of nearest, box, bilinear, hamming, bicubic, lanczos, linear, area; got "cubic""#
            ),
            ("resize=3x3,filter=area,box=0:0:1:1", "resize: filter area takes no box"),
            ("resize=3x3,box=0:0:1", "resize: box is X:Y:WIDTH:HEIGHT"),
            ("resize=3x3,box=0:0:nan:1", "resize: box is X:Y:WIDTH:HEIGHT"),
            ("resize=scale=nan", "resize: scale is a number from 0.0001 to 1000"),
            ("resize=scale=1/0", #"got "1/0""#),
            ("resize=scale=0x1p2", #"got "0x1p2""#),
            ("resize=3x3,3x3", #"resize: "3x3" has no name; it takes size, scale, filter, box"#),
            ("resize=3x3,size=4x4", "resize: size is given twice"),
            (
                "resize=3x3,colour=1",
                #"resize: there is no parameter "colour"; it takes size, scale, filter, box"#
            ),
            ("resize=3x3,", #"resize: "" has no name"#),
            ("crop=1,2,3", "crop: height is missing; it is an integer from 1 to 1048576"),
            ("crop=1.5,2,3,4", #"crop: x is an integer from 0 to 1048575; got "1.5""#),
            ("crop=-1,2,3,4", #"crop: x is an integer from 0 to 1048575; got "-1""#),
            ("crop=99999999999999999999,2,3,4", "crop: x is an integer"),
            ("centre_crop=5x", "centre_crop: size is WIDTHxHEIGHT with sides"),
            ("thumbnail", "thumbnail: size is missing"),
            ("rotate", "rotate: angle is missing; it is a number from -360 to 360"),
            ("rotate=361", #"got "361""#),
            ("rotate=1e999", #"got "1e999""#),
            ("rotate=5,expand=yes", #"rotate: expand is true or false; got "yes""#),
            ("rotate=5,filter=lanczos", "rotate: filter is one of nearest, bilinear, bicubic"),
            ("flip", "flip: direction is missing; it is one of horizontal, vertical, both"),
            ("grayscale=3", #"grayscale: "3" has no name; it takes none"#),
            ("threshold=256", #"threshold: value is an integer from 0 to 255; got "256""#),
            ("encode=gif", #"encode: format is one of auto, jpeg, png, webp; got "gif""#),
            ("encode=jpeg,quality=101", #"encode: quality is an integer from 1 to 100; got "101""#),
            ("encode=png,quality=5", "encode: png takes no quality"),
            ("encode=jpeg,lossless", "encode: jpeg takes no lossless"),
            ("encode=auto,quality=5", "encode: auto takes no quality"),
            ("tensor=f64", "tensor: element is one of u8, f32"),
            ("tensor=u8,scale=2", "tensor: u8 takes no scale"),
            ("tensor=f32,std=0", "tensor: std is one number"),
            ("tensor=f32,mean=1:2:3:4:5", "tensor: mean is one number"),
            ("decode=half", "decode: size is one of full, scaled"),
        ])
    func errors(text: String, expected: String) {
        let message = message(text)
        #expect(message?.contains(expected) == true, "\(text): \(message ?? "no error")")
    }

    @Test func `operations out of place are refused`() {
        #expect(message("resize=3", "decode=scaled") == "decode: it must be the first operation")
        #expect(message("encode=png", "resize=3") == "resize: encode must be the last operation")
        #expect(message("encode=png", "tensor=u8") == "tensor: encode must be the last operation")
        #expect(message("decode=full", "decode=full") == "decode: it must be the first operation")
    }

    @Test func `long lists and long texts are refused, and quoted in part`() {
        #expect(throws: MediaError.self) { try ImagePipeline([String](repeating: "flip=both", count: 33)) }
        #expect(throws: Never.self) { try ImagePipeline([String](repeating: "flip=both", count: 32)) }
        #expect(throws: MediaError.self) {
            try ImagePipeline(["resize=" + String(repeating: "9", count: 2_000)])
        }
        #expect(message("resize=" + String(repeating: "é", count: 300)).map { $0.count < 250 } == true)
    }

    @Test func `every example of the documentation parses, and its canonical text stays`() throws {
        for reference in OperationTable.references {
            #expect(!reference.examples.isEmpty)
            for example in reference.examples {
                let pipeline = try ImagePipeline([example])
                #expect(try ImagePipeline(pipeline.texts).text == pipeline.text, "\(example)")
            }
        }
    }

    /// A random text in the language of operations, mostly right.
    private func text(_ random: inout SeededGenerator) -> String {
        func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &random)]
        }
        let reference = pick(OperationTable.references)
        var parts = reference.parameters.compactMap { parameter -> String? in
            guard parameter.isRequired || Bool.random(using: &random) else { return nil }
            let number = [0, 1, 3, 90, 255, -7, 0.25, 1e5, 33.125][Int.random(in: 0..<9, using: &random)]
            let value =
                switch parameter.kind {
                case .integer: String(Int(number))
                case .number: Bool.random(using: &random) ? "\(number)" : "\(number)/4"
                case .boolean: pick(["true", "false"])
                case .choice(let words): pick(words)
                case .size: pick(["3", "4x5", "7x", "x8", "65535x1"])
                case .colour: pick(["00", "a0b1c2", "A0B1C2D3"])
                case .box: "\(number):0:\(abs(number)):2.5"
                case .numbers: pick(["\(number)", "0.1:2:3", "1:1/3:0.125:7"])
                }
            let isNamed = !reference.positional.contains(parameter.name) || Bool.random(using: &random)
            return isNamed ? "\(parameter.name)=\(value)" : value
        }
        if Int.random(in: 0..<4, using: &random) == 0 { parts.shuffle(using: &random) }
        return parts.isEmpty ? reference.name : "\(reference.name)=\(parts.joined(separator: ","))"
    }

    @Test func `what parses has a canonical text that parses to itself`() throws {
        let seed: UInt64 = 4_711
        var random = SeededGenerator(seed: seed), parsed = 0
        for _ in 0..<4_000 {
            let text = text(&random)
            guard let pipeline = try? ImagePipeline([text]) else { continue }  // Some are wrong on purpose.
            parsed += 1
            let again = try ImagePipeline(pipeline.texts)
            #expect(again.text == pipeline.text, "seed \(seed): \(text)")
            #expect(
                again.output == pipeline.output && again.decode == pipeline.decode, "seed \(seed): \(text)")
        }
        #expect(parsed > 1_000)
    }

    @Test func `any bytes parse or are refused with a message, never a trap`() {
        let seed: UInt64 = 815
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(
            "resizcopflthumbnaldgyt=,:xX0123456789.+-/eE%& \u{0}\u{FFFD}é\n\"".unicodeScalars)
        for _ in 0..<20_000 {
            var text = text(&random)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                var scalars = Array(text.unicodeScalars)
                let place = Int.random(in: 0...scalars.count, using: &random)
                let scalar = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: scalars.insert(scalar, at: place)
                case 1 where place < scalars.count: scalars.remove(at: place)
                case 2 where place < scalars.count: scalars[place] = scalar
                default: break
                }
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                text = String(view)
            }
            do {
                let pipeline = try ImagePipeline([text])
                #expect(throws: Never.self, "seed \(seed): \(text)") { try ImagePipeline(pipeline.texts) }
            } catch {
                #expect(error.code == .invalidOperation && !error.message.isEmpty, "seed \(seed): \(text)")
            }
        }
    }
}

@Suite(.onOwnThreads) struct OperationDocumentationTests {
    @Test func `docs operations is what the table writes`() throws {
        let file = Surroundings.repository.appendingPathComponent("docs/operations.md")
        if ProcessInfo.processInfo.environment["FOVEA_WRITE_DOCS"] == "1" {
            try Data(OperationTable.markdown.utf8).write(to: file)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == OperationTable.markdown, "run this test with FOVEA_WRITE_DOCS=1 to write it anew")
    }

    @Test func `the data form has every operation with its parameters' ranges`() throws {
        let operations = try #require(OperationTable.document["operations"]?.arrayValue)
        #expect(operations.count == OperationTable.references.count)
        let resize = try #require(operations.first { $0.objectValue?["name"] == "resize" }?.objectValue)
        let parameters = try #require(resize["parameters"]?.arrayValue)
        let filter = try #require(parameters.first { $0.objectValue?["name"] == "filter" }?.objectValue)
        #expect(filter["type"] == "choice")
        #expect(filter["default"] == "bicubic")
        #expect(filter["values"]?.arrayValue?.count == 8)
        #expect(try JSON.parse(OperationTable.document.json) == .object(OperationTable.document))
    }

    @Test func `names and aliases are unique, and every default lies in its range`() throws {
        let names = OperationTable.references.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        for reference in OperationTable.references {
            #expect(Set(reference.parameters.map(\.name)).count == reference.parameters.count)
            #expect(
                reference.positional.allSatisfy { name in reference.parameters.contains { $0.name == name } })
        }
    }

    @Test func `help lists all operations, or all of one`() {
        let all = OperationTable.help()
        for reference in OperationTable.references { #expect(all.contains(reference.name)) }
        let one = OperationTable.help(for: "rotate")
        #expect(one.contains("angle") && one.contains("a number from -360 to 360; required"))
        #expect(one.contains("--op rotate=90,expand"))
    }
}
