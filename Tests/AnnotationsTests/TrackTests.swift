import Annotations
import Base
import Testing

@Suite struct TrackTests {
    private let track = Track([
        .init(frame: 10, box: Box(x: 0, y: 8, width: 10, height: 20)),
        .init(frame: 14, box: Box(x: 8, y: 0, width: 12, height: 20)),
        .init(frame: 15, box: Box(x: 100, y: 0, width: 1, height: 1)),
    ])

    /// By the formula: a + (b − a) · (frame − from) / (to − from).
    @Test(
        "between keyframes a box goes in a straight line",
        arguments: [
            (10, Box(x: 0, y: 8, width: 10, height: 20)), (11, Box(x: 2, y: 6, width: 10.5, height: 20)),
            (12, Box(x: 4, y: 4, width: 11, height: 20)), (13, Box(x: 6, y: 2, width: 11.5, height: 20)),
            (14, Box(x: 8, y: 0, width: 12, height: 20)), (15, Box(x: 100, y: 0, width: 1, height: 1)),
        ])
    func between(frame: Int, expected: Box) throws {
        #expect(try #require(track).box(at: frame) == expected)
    }

    @Test func `outside of its keyframes there is no box`() throws {
        let track = try #require(track)
        #expect(track.frames == 10..<16)
        #expect([0, 9, 16, Int.max, -1].allSatisfy { track.box(at: $0) == nil })
        let one = try #require(Track([.init(frame: 3, box: Box(x: 1, y: 1, width: 1, height: 1))]))
        #expect(one.box(at: 3)?.area == 1 && one.box(at: 4) == nil && one.frames == 3..<4)
    }

    @Test func `the order of keyframes does not matter, and impossible ones make no track`() throws {
        let track = try #require(track)
        #expect(Track(track.keyframes.reversed()) == track)
        let box = Box(x: 0, y: 0, width: 1, height: 1)
        #expect(Track([Track.Keyframe]()) == nil)
        #expect(Track([.init(frame: -1, box: box)]) == nil)
        #expect(Track([.init(frame: Int.max, box: box)]) == nil)
        #expect(Track([.init(frame: 1, box: box), .init(frame: 1, box: box)]) == nil)
        #expect(Track([.init(frame: 1, box: Box(x: .nan, y: 0, width: 1, height: 1))]) == nil)
    }

    @Test func `a track is read as it was written, and nothing else is one`() throws {
        let track = try #require(track)
        #expect(Track(track.value) == track)
        #expect(Track(try JSON.parse(track.value.json)) == track)
        for text in [
            "1", "{}", #"{"keyframes":[]}"#,
            #"{"keyframes":[{"frame":0.5,"x":0,"y":0,"width":1,"height":1}]}"#,
        ] {
            #expect(Track(try JSON.parse(text)) == nil)
        }
    }
}
