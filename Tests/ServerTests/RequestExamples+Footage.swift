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
        default: ofSieve(operation)
        }
    }
}
