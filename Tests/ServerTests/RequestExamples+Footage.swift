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
        default: nil
        }
    }
}
