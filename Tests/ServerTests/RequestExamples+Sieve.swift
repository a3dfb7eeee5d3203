/// Requests to Sieve's paths, about the project `p` from the first one on.
extension RequestExamples {
    func ofSieve(_ operation: String) -> [RequestExample]? {
        switch operation {
        case "initSieveProject":
            [
                .init(200, json: #"{"project_name":"p","config":{"fps":2,"levels":[]}}"#),
                .init(400, json: #"{"project_name":"p"}"#), .init(400, json: #"{"project_name":"a/b"}"#),
                .init(400, json: #"{"project_name":"q","config":{"fps":0}}"#), .init(406, json: "{"),
                .init(406, json: ""),
            ]
        case "getSieveProjects": [.init(200), .init(400, query: "unknown=1")]
        case "getSieveProject", "getSieveTags", "getSieveModels", "getSieveExports":
            [.init(200, query: "project_name=p"), .init(400), .init(403, query: "project_name=nobodys")]
        case "addSieveTags":
            [
                .init(200, json: #"{"project_name":"p","tags":[{"name":"rain","description":""}]}"#),
                .init(400, json: #"{"project_name":"p","tags":[{}]}"#),
                .init(403, json: #"{"project_name":"q","tags":[{"name":"rain"}]}"#),
            ]
        case "deleteSieveTags":
            [
                .init(200, json: #"{"project_name":"p","tags":["rain"]}"#),
                .init(400, json: #"{"project_name":"p","tags":["snow"]}"#),
            ]
        case "addSieveModel":
            [
                .init(200, json: #"{"project_name":"p","model_name":"m","version_name":"1"}"#),
                .init(400, json: #"{"project_name":"p","model_name":"m","version_name":"1"}"#),
                .init(
                    400, json: #"{"project_name":"p","model_name":"m","version_name":"2","file_urls":[1]}"#),
            ]
        case "activateSieveModel":
            [
                .init(200, json: #"{"project_name":"p","model_name":"m","version_name":"1"}"#),
                .init(400, json: #"{"project_name":"p","model_name":"m","version_name":"9"}"#),
            ]
        case "deleteSieveProject":
            [.init(403, json: #"{"project_name":"q"}"#), .init(400, json: #"{"project_name":1}"#)]
        case "pushSieveVideo":
            [
                .init(200, json: video), .init(400, json: video),
                .init(
                    400,
                    json:
                        #"{"project_name":"p","video_url":"u","video_name":"w","user_metadata":{"blur":"x"}}"#
                ),
                .init(400, json: #"{"project_name":"p","video_name":"w"}"#),
            ]
        case "pushSieveImage":
            [
                .init(200, json: #"{"project_name":"p","image_url":"u","image_name":"i"}"#),
                .init(200, json: #"{"project_name":"p","image_url":["u","v"],"image_name":["j","k"]}"#),
                .init(400, json: #"{"project_name":"p","image_url":["u","v"],"image_name":["l"]}"#),
            ]
        case "getSieveJobs":
            [
                .init(200, query: "project_name=p&start_index=1&end_index=2"),
                .init(400, query: "project_name=p&start_index=x"),
            ]
        case "getSieveJob": [.init(400, query: "project_name=p&job_id=x"), .init(400, query: "job_id=x")]
        case "deleteSieveVideo":
            [
                .init(200, query: "project_name=p&video_name=k"),
                .init(400, query: "project_name=p&video_name=k"),
            ]
        default: ofSieveFrames(operation)
        }
    }

    private func ofSieveFrames(_ operation: String) -> [RequestExample]? {
        switch operation {
        case "getSieveMetadata":
            [
                .init(200, query: "project_name=p&motion_detected=True&start_index=0&end_index=10"),
                .init(400, query: "project_name=p&smell=good"),
                .init(400, query: "project_name=p&end_index=7501"), .init(403, query: "project_name=q"),
            ]
        case "getSieveIntervals":
            [.init(200, query: "project_name=p"), .init(400, query: "project_name=p&smell=good")]
        case "querySieve":
            [
                .init(
                    200, json: #"{"project_name":"p","class":{"$in":["car","frame"]},"a":{"$text":"b c"}}"#),
                .init(400, json: #"{"project_name":"p","class":{"$no":1}}"#),
                .init(400, json: #"{"project_name":"p","limit":0}"#), .init(406, json: "["),
            ]
        case "querySieveIntervals":
            [.init(200, json: #"{"project_name":"p"}"#), .init(403, json: #"{"project_name":"q"}"#)]
        case "getSieveFrame":
            [
                .init(400, query: "project_name=p&video_name=v&frame_number=0"),
                .init(400, query: "project_name=p&video_name=x"), .init(403, query: "project_name=q"),
            ]
        case "getSignedSieveFrame":
            [
                .init(403, query: "expires=4102444800&signature=00"),
                .init(400, query: "expires=soon&signature=00"), .init(400, query: "expires=1"),
            ]
        case "exportSieveMetadata":
            [
                .init(200, query: "project_name=p&export_name=e&lighting=day"),
                .init(400, query: "project_name=p"),
                .init(400, query: "project_name=p&export_name=a%2Fb&x=1"),
            ]
        case "getSieveExportMetadata", "getSieveExportArchive", "getSieveUpload": [.init(404)]
        case "addSieveObjects":
            [
                .init(200, json: #"{"project_name":"p","additions":[{"class":"car"}]}"#),
                .init(400, json: #"{"project_name":"p","additions":[]}"#),
            ]
        case "correctSieveObjects":
            [
                .init(200, json: #"{"project_name":"p","corrections":[{"object_id":"x"}]}"#),
                .init(
                    400,
                    json: #"{"project_name":"p","corrections":[{}],"incorporate_new_classes":"perhaps"}"#),
            ]
        case "removeSieveObjects":
            [
                .init(200, json: #"{"project_name":"p","removals":["x"]}"#),
                .init(400, json: #"{"project_name":"p","removals":"x"}"#),
            ]
        case "openSieveUpload": [.init(200), .init(400, query: "unknown=1")]
        case "sendSieveUpload": [.init(404, bytes: picture)]
        default: nil
        }
    }

    private var video: String {
        #"{"project_name":"p","video_url":"http://127.0.0.1:1/v.mp4","video_name":"v","user_metadata":{"a":"b"}}"#
    }
}
