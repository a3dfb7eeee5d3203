/// Requests about what frames of videos are like.
extension RequestExamples {
    func ofFootage(_ operation: String) -> [RequestExample]? {
        switch operation {
        case "countTaggedFrames":
            [
                .init(400, json: "{}"), .init(400, class: "Video", json: #"{"subset":{"$no":1}}"#),
                .init(400, class: "Video", json: #"{"per_video":1}"#),
                .init(200, class: "Video", json: #"{"filter":{},"subset":{},"per_video":true}"#),
            ]
        case "addClip":
            [
                .init(400, json: "{}"), .init(400, json: #"{"video":"2.0.1"}"#),
                .init(400, json: #"{"video":"2.0.1","from":1,"start_time":2}"#),
                .init(404, json: #"{"video":"9.0.1","from":0,"to":2}"#),
            ]
        case "cutVideo":
            [
                .init(400, json: "{}"), .init(400, json: #"{"id":"2.0.1","class":"Video","file":"a.mp4"}"#),
                .init(400, json: #"{"id":"2.0.1","class":"Video","file":"/a.txt"}"#),
                .init(400, json: #"{"id":"2.0.1","class":"Video","file":"/a.mp4","codec":"x"}"#),
                .init(404, json: #"{"id":"9.0.1","class":"Video","file":"/a.mp4"}"#),
            ]
        case "addSequences":
            [
                // What goes wrong once lines have begun is the last of them.
                .init(200, json: #"{"folder":"/proc/nothing"}"#), .init(400, json: #"{"folder":"a"}"#),
                .init(400, json: #"{"folder":"/a","fps":0}"#),
            ]
        case "makeIntervals":
            [
                .init(400, class: "Video", json: "{}"), .init(400, json: #"{"tag":"dog"}"#),
                .init(400, class: "Video", json: #"{"tag":"dog","high":2}"#),
                .init(400, class: "Video", json: #"{"tag":"dog","low":0.5,"high":0.4}"#),
                .init(400, class: "Video", json: #"{"tag":"dog","colour":1}"#),
                .init(404, id: "9.0.1", class: "Video", json: #"{"tag":"dog","gap":2.5}"#),
            ]
        case "listTracks":
            [
                .init(400), .init(400, class: "Video", query: "unknown=1"),
                .init(404, id: "9.0.1", class: "Video", query: "tag=dog&expand=true"),
            ]
        case "findTracks":
            [
                .init(400, json: "{}"), .init(400, class: "Video", json: #"{"tracker":"eye"}"#),
                .init(404, id: "9.0.1", class: "Video", json: #"{"tracker":"bytetrack","tag":"dog"}"#),
            ]
        case "runCascade":
            [
                .init(201, json: #"{"cascade":{"stages":[{"model":"motion"}]},"recall":0.9,"cores":1}"#),
                .init(
                    200, headers: ["Accept: application/x-ndjson"],
                    json: #"{"cascade":"stages: [{model: motion}]","filter":{"width":{"$gt":0}}}"#),
                .init(400, json: "{}"), .init(400, json: #"{"cascade":{"stages":[]}}"#),
                .init(400, json: #"{"cascade":"stages: [{model: motion}]","recall":1}"#),
                .init(404, json: #"{"cascade":"stages: [{model: nothing}]"}"#),
            ]
        default: ofSieve(operation)
        }
    }
}
