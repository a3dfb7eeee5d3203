import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The web page of a video, in a browser.
@Suite(
    .onOwnThreads,
    .enabled(
        if: TestVideo.hasTools && Surroundings.hasPrograms("chromium") && PythonOracle.isAvailable,
        "needs ffmpeg, chromium and .venv"))
struct VideoPageTests {
    /// A step of `browser.py`.
    private enum Step {
        case wait(String)
        case value(String)
        case key(String)
        case click(String)

        var document: Document {
            switch self {
            case .wait(let text): ["wait": .string(text)]
            case .value(let text): ["value": .string(text)]
            case .key(let text): ["key": .string(text)]
            case .click(let text):
                ["value": .string("document.querySelector('\(text)').click()")]
            }
        }

        /// Until the numbered frame is shown with its own pixels.
        static func frame(_ number: Int) -> Step {
            .wait(
                "(({dataset: d}) => d.frame === '\(number)' && d.exact === 'true')"
                    + "(document.querySelector('canvas.stage-frame') ?? {dataset: {}})")
        }

        /// Red, green and blue of all pixels that are shown.
        static let pixels = Step.value(
            """
            (() => { const c = document.querySelector('canvas.stage-frame');
              return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 < 3); })()
            """)

        /// The checksum that stands beside the frame, once it has come.
        static let checksum: [Step] = [
            .wait("document.querySelector('.frame-crc')?.textContent.length === 8"),
            .value("document.querySelector('.frame-crc').textContent"),
        ]
    }

    private struct Served {
        let fovea: Fovea
        let id: String
        let url: String
        private let running: Fovea.Running

        init(_ video: TestVideo) throws {
            fovea = try Fovea()
            _ = try fovea.run("init")
            #expect(try fovea.run("add", video.path.string).status == 0)
            let found = try fovea.run("find", "--class", "Video", "--json")
            id = try #require(try found.lines().first?["_uniqueid"]?.stringValue)
            running = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"])
            let line = try #require(try running.firstLine(), "\(running.errorsSoFar)")
            url = try #require(try JSON.parse(line).objectValue?["url"]?.stringValue)
        }

        /// What the steps that give something gave, in order.
        func browse(_ path: String, _ steps: [Step]) throws -> [Value] {
            let task: Document = [
                "url": .string(url + path.drop { $0 == "/" }), "width": 1280, "height": 800,
                "steps": .array(steps.map { .object($0.document) }),
            ]
            let output = try PythonOracle.run("browser.py", input: Data(Value.object(task).json.utf8))
            let outcomes = try #require(try JSON.parse(String(decoding: output, as: UTF8.self)).arrayValue)
            return zip(steps, outcomes).compactMap { step, outcome in
                if case .value = step { outcome } else { nil }
            }
        }

        /// A frame's pixels as the server gives them: red, green and blue, row by row.
        func pixels(ofFrame number: Int) throws -> [UInt8] {
            let path = fovea.folder.url.appendingPathComponent("frame-\(number).u8").path
            let outcome = try fovea.run(
                "get", id, "--frame", "\(number)", "--op", "tensor=u8,layout=nhwc", "-o", path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }

        func stop() throws {
            running.process.terminate()
            #expect(try running.finish().status == 0)
        }
    }

    /// 60 frames in colour with B-frames, a keyframe every twelve.
    private func video(in folder: TemporaryFolder) throws -> TestVideo {
        try TestVideo(
            "bars.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-frames:v", "60", "-c:v", "libx264",
                "-bf",
                "2", "-g", "12", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-threads", "1",
            ], in: folder)
    }

    @Test func `the frame that is shown is the server's, to the pixel`() throws {
        let folder = try TemporaryFolder()
        let video = try video(in: folder)
        let served = try Served(video)
        let shown = try video.shown
        // By its address, by a step, by the next keyframe, by the last frame's key, and by its typed number.
        let type = """
            (() => { const i = document.querySelector('.transport-frame input'); i.focus();
              Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(i, '30');
              i.dispatchEvent(new Event('input', {bubbles: true})); i.blur(); })()
            """
        let steps: [(go: [Step], frame: Int)] = [
            ([], 17), ([.key("ArrowRight")], 18), ([.key("ArrowUp")], 24), ([.key("ArrowDown")], 12),
            ([.key("End")], 59), ([.value(type)], 30),
        ]
        let outcomes = try served.browse(
            "/videos/\(served.id)?frame=17",
            steps.flatMap { $0.go + [.frame($0.frame)] + Step.checksum + [.pixels] }
                + [.wait("location.search === '?frame=30'")]
        ).filter { $0 != .null }
        try #require(outcomes.count == 2 * steps.count)
        for (index, step) in steps.enumerated() {
            #expect(outcomes[2 * index].stringValue == shown[step.frame].crc, "frame \(step.frame)")
            let pixels = try #require(outcomes[2 * index + 1].arrayValue).map {
                UInt8($0.integerValue ?? 0)
            }
            #expect(try pixels == served.pixels(ofFrame: step.frame), "frame \(step.frame)")
        }
        try served.stop()
    }

    @Test func `it plays to its last frame in the time that it lasts`() throws {
        let folder = try TemporaryFolder()
        let served = try Served(try video(in: folder))
        let outcomes = try served.browse(
            "/videos/\(served.id)",
            [
                .frame(0), .key(" "), .wait("document.querySelector('[aria-label^=Pause]')"), .frame(59),
                .value("document.querySelector('[role=slider]').getAttribute('aria-valuetext')"),
                .value("document.querySelectorAll('*').length"),
            ])
        #expect(outcomes.first?.stringValue == "Frame 59 of 60, 0:02.36")
        try served.stop()
    }

    @Test func `motion is looked for from the page, and its lane leads to it`() throws {
        let folder = try TemporaryFolder()
        let scene = try TestVideo(
            "scene.mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x607080:s=320x180:r=25:d=12", "-f", "lavfi", "-i",
                "color=c=0x201008:s=40x60:r=25:d=12", "-filter_complex",
                "[0][1]overlay=x='if(between(t,4,8),20+(t-4)*60,-100)':y=60,format=yuv420p", "-c:v",
                "libx264", "-g", "50", "-threads", "1",
            ], in: folder)
        let served = try Served(scene)
        let lane = "[...document.querySelectorAll('.lane')].find((l) => l.ariaLabel.startsWith('motion: 1 '))"
        _ = try served.browse(
            "/videos/\(served.id)",
            [
                .frame(0), .click(".lane .text-button"), .wait(lane), .key("]"),
                .wait("location.search !== ''"),
            ])
        let told = try served.fovea.run("video", "intervals", served.id, "--json").lines()
        let start = try #require(told.first?["start_frame"]?.integerValue)
        #expect(told.count == 1)
        let outcomes = try served.browse(
            "/videos/\(served.id)",
            [
                .frame(0), .wait(lane), .key("]"), .frame(Int(start)),
                .value("document.querySelector('.label')?.textContent"), .key("["), .key("Home"), .frame(0),
            ])
        #expect(outcomes.first?.stringValue?.hasPrefix("motion\(start)–") == true, "\(outcomes)")
        try served.stop()
    }

    @Test func `a video that is dropped on the page is added, and what is broken says so`() throws {
        let folder = try TemporaryFolder()
        let served = try Served(try video(in: folder))
        let other = try TestVideo(counting: 12, name: "other.mkv", in: folder)
        func drop(_ bytes: [UInt8], _ name: String) -> String {
            """
            (() => { const bytes = Uint8Array.from(atob('\(Data(bytes).base64EncodedString())'), (c) => c.charCodeAt(0));
              const files = new DataTransfer(); files.items.add(new File([bytes], '\(name)'));
              window.dispatchEvent(new DragEvent('drop', {dataTransfer: files, cancelable: true})); })()
            """
        }
        let outcomes = try served.browse(
            "/videos",
            [
                .wait("document.querySelectorAll('.tile img').length === 1"),
                .value(drop(try other.bytes, "other.mkv")),
                .wait("document.querySelectorAll('.tile img').length === 2"),
                .value(drop(Array("no video".utf8), "broken.mp4")),
                .wait("document.querySelector('.upload.is-failed')"),
                .value("document.querySelector('.upload.is-failed .upload-detail').textContent"),
                .value("document.querySelector('.toolbar-count').textContent"),
            ]
        ).filter { $0 != .null }
        #expect(outcomes.last == "2 videos")
        #expect(outcomes.first?.stringValue?.isEmpty == false)
        #expect(try served.fovea.run("count", "--class", "Video").text == "2\n")
        try served.stop()
    }
}
