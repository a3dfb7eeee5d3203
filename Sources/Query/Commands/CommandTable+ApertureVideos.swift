/// ApertureDB's commands on videos, clips and frames.
extension CommandTable {
    private static let codec = CommandParameter(
        "codec", .word(["h264", "xvid", "h263"]), "the codec it is kept in")
    private static let container = CommandParameter(
        "container", .word(["mp4", "avi", "mov"]), "the container it is kept in")
    private static let videoRef = CommandParameter(
        "video_ref", .reference, "the earlier result of videos that it belongs to")

    private static func ranges(_ prefix: String, _ summary: String) -> [CommandParameter] {
        [
            CommandParameter(
                prefix + "frame_number_range", .block(CommandBlocks.frameRange), summary + " by frames"),
            CommandParameter(
                prefix + "time_offset_range", .block(CommandBlocks.timeRange), summary + " by time"),
            CommandParameter(
                prefix + "time_fraction_range", .block(CommandBlocks.fractionRange),
                summary + " as parts of the whole"),
        ]
    }

    private static let position = [
        CommandParameter("frame_number", .integer(0...Int(Int32.max)), "its number, from 0"),
        CommandParameter("time_offset", .time, "its time from the start"),
        CommandParameter("time_fraction", .number(0...1), "its part of the whole"),
    ]

    private static let shown: [CommandParameter] = [
        .labels, .withLabel, .blobs,
        CommandParameter("frame_numbers", .boolean, "whether its place by frames is told"),
        CommandParameter("time_offsets", .boolean, "whether its place by time is told"),
        CommandParameter("time_fractions", .boolean, "whether its place as a part is told"),
    ]

    private static let videoFormat = [
        CommandParameter("as_codec", .word(["h264", "xvid", "h263"]), "the codec of returned videos"),
        CommandParameter("as_container", .word(["mp4", "avi", "mov"]), "the container of returned videos"),
    ]

    static let apertureVideos: [CommandRow] = [
        CommandRow(
            "AddVideo", .add(.video), "Adds a video; takes a blob unless there is a `url`.",
            add + [
                codec, container, url,
                CommandParameter("operations", .operations, "what is done with it before it is kept"),
            ],
            example:
                #"{"AddVideo": {"codec": "h264", "container": "mp4", "properties": {"name": "lecture"}}}"#),
        CommandRow(
            "FindVideo", .find(.video), "Finds videos.", find + [.blobs, operations] + videoFormat + urls,
            reply: found,
            example:
                #"{"FindVideo": {"constraints": {"name": ["==", "lecture"]}, "blobs": false, "results": {"list": ["_fps", "_frame_count"]}}}"#
        ),
        CommandRow(
            "UpdateVideo", .update(.video), "Changes properties of videos.", update, reply: changed,
            example:
                #"{"UpdateVideo": {"constraints": {"name": ["==", "lecture"]}, "properties": {"seen": true}}}"#
        ),
        CommandRow(
            "DeleteVideo", .delete(.video), "Removes videos, and the clips and frames they have.", delete,
            reply: changed, example: #"{"DeleteVideo": {"constraints": {"_uniqueid": ["!=", "0.0.0"]}}}"#),
        CommandRow(
            "AddClip", .add(.clip), "Adds a stretch of a video; one of the ranges says which.",
            add + [videoRef.required, .label] + ranges("", "the stretch"),
            example:
                #"{"AddClip": {"video_ref": 1, "frame_number_range": {"start": 0, "stop": 99}, "label": "intro"}}"#
        ),
        CommandRow(
            "FindClip", .find(.clip), "Finds stretches of videos.",
            find + [videoRef, operations] + shown + videoFormat
                + ranges("in_", "a stretch that contains them"),
            reply: found,
            example:
                #"{"FindClip": {"video_ref": 1, "in_time_offset_range": {"start": "00:00:00", "stop": "00:01:30.500"}, "labels": true}}"#
        ),
        CommandRow(
            "UpdateClip", .update(.clip), "Changes stretches of videos and their properties.",
            update + [videoRef, .label, .withLabel] + ranges("", "the new stretch"), reply: changed,
            example:
                #"{"UpdateClip": {"with_label": "intro", "time_fraction_range": {"start": 0, "stop": 0.1}}}"#),
        CommandRow(
            "DeleteClip", .delete(.clip), "Removes stretches of videos.", delete + [videoRef, .withLabel],
            reply: changed, example: #"{"DeleteClip": {"video_ref": 1}}"#),
        CommandRow(
            "AddFrame", .add(.frame), "Adds a picture of a video; its number or time says which.",
            add + [videoRef.required, .label] + position,
            example: #"{"AddFrame": {"video_ref": 1, "time_offset": "00:00:12.500", "label": "title"}}"#),
        CommandRow(
            "FindFrame", .find(.frame), "Finds pictures of videos.",
            find + [videoRef, format, operations] + shown + ranges("in_", "a stretch that contains them"),
            reply: found, example: #"{"FindFrame": {"video_ref": 1, "blobs": true, "as_format": "jpg"}}"#),
        CommandRow(
            "UpdateFrame", .update(.frame), "Changes pictures of videos and their properties.",
            update + [videoRef, .label, .withLabel] + position, reply: changed,
            example: #"{"UpdateFrame": {"with_label": "title", "frame_number": 313}}"#),
        CommandRow(
            "DeleteFrame", .delete(.frame), "Removes pictures of videos.", delete + [videoRef, .withLabel],
            reply: changed, example: #"{"DeleteFrame": {"with_label": "title"}}"#),
        CommandRow(
            "ExtractFrames", .extractFrames, "Returns pictures of videos without keeping them.",
            [
                videoRef.required, CommandParameter("frame_spec", .frames, "which frames").required,
                operations,
                format,
            ], reply: "blobs",
            example:
                #"{"ExtractFrames": {"video_ref": 1, "frame_spec": {"start": 0, "stop": 100, "step": 10}, "as_format": "jpg"}}"#
        ), findIntervals(.aperture),
    ]
}
