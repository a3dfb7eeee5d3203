/// What `docs/query-language.md` says beside the tables.
enum CommandLanguageText {
    static let opening = """
        # The query language of commands

        <!-- Written by `CommandTable.markdown` from the table of commands; a test compares. -->

        Programs written for ApertureDB or VDMS send *queries*: lists of commands that add, find, change and remove
        entities, connections, images, blobs, regions and descriptors. This page has every command and every
        parameter of both. Filters in MongoDB's language, which `fovea find` and HTTP take, are on [a page of their
        own](filters.md).

        A query is a JSON list of objects of one key, the command's name. The reply is a list of as many objects, in
        the same order, each with a `status`; blobs go and come beside the JSON, in the order of the commands.

        ```json
        [
          {"FindImage": {"_ref": 1, "constraints": {"name": ["==", "ada.jpg"]}, "unique": true, "blobs": false}},
          {"FindBoundingBox": {"image_ref": 1, "coordinates": true, "labels": true}}
        ]
        ```

        A query is one transaction: later commands see what earlier ones did, and if one fails nothing of the query
        is done.

        ## Two dialects

        The dialect is that of the connection: ApertureDB's clients say hello before they send a query, VDMS's do
        not. What is meant is the same; what is spelled differently stands here.

        | | ApertureDB | VDMS |
        |---|---|---|
        | class of an entity | `class` when adding, else `with_class` | `class` |
        | connected to an earlier result | `is_connected_to`, also joined by `all` and `any` | `link` |
        | connect a new thing | `connect` | `link` |
        | ends of a connection | `src`, `dst` | `ref1`, `ref2` |
        | add if there is none | `if_not_found`, on every command that adds | `constraints` of AddEntity |
        | blobs in the reply | `blobs` | `results.blob` |
        | a page | `limit` and `offset`, or `batch` | `results.limit` |
        | neighbours and conditions | found among what satisfies the conditions, unless `knn_first` | the conditions are applied to the neighbours found |
        | missing property | `null` | `"Missing property"` |
        | a query that failed | an object with `status` and `info` | a list of one object with `FailedCommand` |

        A parameter that a command does not have is refused in both.

        ## Results with a number

        `_ref` gives the result of a command a number, from 1 to 99999 (VDMS's may be greater), which later commands of
        the query use: in
        `ref`, `src`, `dst`, `image_ref`, `video_ref`, `roi_1` and within links. A number is given once, and used
        only after it was given; it must be of a command that yields what is wanted (`image_ref` images, `src`
        entities). A result may be empty, or many; with `unique` anything but one is an error of status 3.

        Directions are seen from the earlier result: `out` is a connection that leaves it, `in` one that enters it.
        When adding, `out` goes from the new thing to the earlier result.

        ## Conditions

        An object has the conditions on each property, all of which must hold:

        ```json
        {"age": [">=", 18, "<", 65], "name": ["in", ["Ada", "Bob"]]}
        ```

        The operators are `<`, `<=`, `==`, `!=`, `>`, `>=`, and of ApertureDB `in` and `not in`. ApertureDB's objects
        may hold others under `all` and `any`; a range under one property stays one condition there too:

        ```json
        {"any": {"age": ["<", 18, ">", 3], "all": {"name": ["==", "Ada"], "retired": ["==", true]}}}
        ```

        In VDMS a list as the value means any of its elements: `{"name": ["==", ["Ada", "Bob"]]}`.

        Clients of ApertureDB from 0.5 on write lists instead, which may stand wherever objects may:

        ```json
        ["any", ["$age", ">=", 65], ["all", ["$name", "in", {"array": ["Ada", "Bob"]}], ["$born", "<", {"to_date": "1900-01-01"}]]]
        ```

        A text that begins with `$` is written with `$$` there, a JSON value as `{"json": …}`.

        A comparison never matches where the property is missing, `!=` and `not in` included. `["==", null]` asks
        that it is missing, `["!=", null]` that it is there. Values are compared with values of their own type only:
        numbers with numbers, whole or not, text with text byte for byte, dates with dates. A property that is a list
        satisfies a comparison if one of its elements does. A dot in a name leads into an object: `exif.Model`.

        ## Properties

        A property is a number, text, `true` or `false`, or a date: `{"_date": "2024-05-06T07:08:09Z"}`, ISO 8601;
        in VDMS's dialect also as `{"_date": "Sat Nov 1 18:59:24 PDT 1930"}`. In
        ApertureDB's dialect it may be a JSON object or list too, and a `null` in a command that adds is as if it were
        not there. Names that begin with `_` or `$`, and names with a dot, are not for properties of your own. `_uniqueid`,
        text such as `2.0.42`, is the name that every entity has.

        ## Blobs

        What a command takes stands in its section; there must be as many blobs as the commands take. Where
        ApertureDB's `blobs` is not given, FindImage, FindBlob and FindVideo return blobs if there is neither `results` nor
        `_ref`, or if `batch` has a `batch_size`; all else does not.

        A region that lies outside its image has no blob: it gets no `_blob_index`, and in VDMS's dialect `blob` says of each
        region whether it has one where some have none. Where it is the only one that is returned, the query fails, and
        names it.

        ## Videos

        Videos are kept as they come unless AddVideo is asked for something else; any container and codec that FFmpeg reads
        will do. FindVideo returns the stored bytes, and `_fps`, `_frame_count`, `_frame_width`, `_frame_height` and
        `_duration` may be asked for and listed as properties are.

        With a codec or container that the video does not have, or with operations, another video is written: by FindVideo
        and FindClip for the reply alone, by AddVideo for good. The blob of a clip is a video of its frames. The codec and
        the container are those that are asked for, otherwise those of the video, otherwise H.264 and MP4; `h263` goes into
        MOV and AVI, and needs sides that are multiples of 4. Frames keep their times, the first is at 0, and sound goes
        with them. Without operations on pixels, packets are copied where exactly the wanted frames come of that, which loses
        nothing; otherwise frames are encoded, at x264's rate factor 23 or a quantizer of 4. A written video has at most
        1 GiB.

        Operations on videos are done in their order. `interval` leaves every `step`th of the frames that are left, `preview`
        the first of them: `max_frame_count` frames, those that begin before `max_time_offset`, or before
        `max_time_fraction` of their duration, and with `max_size_mb`, which leaves out sound, as many as fit. All others
        are done with each frame.

        A frame has a number, from 0 in the order in which frames are shown. Of a time, the frame that is shown then is meant;
        ends of a stretch belong to it. A clip is a stretch of a video and holds no pixels of its own. A frame is an entity
        once something is said of it, and one only: AddFrame of one that is there is answered with status 2, and changes
        nothing. `in_…` ranges find clips and frames that lie in the stretch whole. `frame_numbers`, `time_offsets` and
        `time_fractions` tell where they lie, as `_frame_number_range`, `_time_offset_range` and `_time_fraction_range` of
        clips (`{"start", "stop"}`), `_frame_number`, `_time_offset` and `_time_fraction` of frames. Clips and frames list the
        properties of their video where they have none of the name themselves; conditions ask for their own. They are removed
        with their video.

        ExtractFrames and FindFrames return frames as JPEG unless they are asked for otherwise, at most 10,000 a query; of a
        clip, ExtractFrames counts from its beginning. A box on a frame is added with the frame as its image. VDMS's
        `index_frames` makes an entity of each keyframe: `VD:KF`, with `VD:frameIndex`.

        ## Intervals

        `FindIntervals` is a command of ours, in both dialects: it finds stretches of videos by what labels say of them, in all
        videos or in those of `video_ref` and `constraints`. `POST /v1/intervals/query` and `fovea video intervals --query`
        take the same questions. A question is an object with exactly one of these:

        | | |
        |---|---|
        | `"tag": name` | the intervals of a label class, or of several in a list |
        | `"track": name` | from the first to the last frame in which a tracked thing is there |
        | `"and": [question, …]` | the time that is in all of them |
        | `"or": [question, …]` | the time that is in any of them; what touches becomes one |
        | `"not": question` | the time of the videos that is in none of it |
        | `"sequence": [question, …]` | one of each, each of which ends before, or where, the next begins: from the beginning of each first one to the earliest end of a last one. `"within"` says how many seconds may lie between, one number or one for each step |

        and, as may be, with these, which are applied in this order:

        | | |
        |---|---|
        | `"min_score"` | of `tag` and `track`: from 0 to 1 |
        | `"source"` | of `tag` and `track`: who said it |
        | `"in_rectangle"` | of `tag` and `track`: while the thing is in `{"x", "y", "width", "height"}`, in pixels of upright frames; see below |
        | `"bridge"` | gaps of up to so many seconds are filled |
        | `"min_duration"`, `"max_duration"` | in seconds |
        | `"where"` | a condition, or a list of which all must hold |

        **In a rectangle.** A track is there while the middle of its box is, the right and the lower edge excluded. A tag is there,
        within each of its intervals, from a frame of which a box of the class has its middle there until the next frame that has a
        box of the class; an interval without boxes is in no rectangle. `motion` is there while something moves in one of the 16 × 9
        [cells](video-motion.md#what-moves) that have pixels in common with the rectangle. That is noted when a video is looked through;
        where it is not known, as in a copy that was restored, the question is refused and names the video. What remains of an
        interval are runs of frames, which `bridge` may join.

        A condition is `{"during": question}`: it holds of an interval that lies so to at least one of the other question's, in
        the same video. The relations are Allen's: `before`, `after`, `meets`, `met_by`, `overlaps`, `overlapped_by`, `starts`,
        `started_by`, `during`, `contains`, `finishes`, `finished_by`, `equals`; and `precedes`, which is `before` or `meets`,
        and `intersects`, which is to have time in common. `before`, `after` and `precedes` take `"within"`: seconds between the
        two at most. `{"not": condition}` holds where the condition does not. Each relation is strict: what is `during` another
        shares neither end with it, and between one that is `before` another and that there is time.

        ```json
        {"tag": "person", "min_duration": 10, "where": [{"during": {"tag": "motion"}}, {"precedes": {"tag": "car"}, "within": 5}]}
        {"sequence": [{"tag": "door"}, {"tag": "person", "min_score": 0.5}, {"tag": "car"}], "within": [5, 10]}
        {"and": [{"tag": "person"}, {"not": {"tag": "guard"}}], "min_duration": 30}
        {"track": "car", "in_rectangle": {"x": 0, "y": 300, "width": 200, "height": 180}, "min_duration": 2}
        {"tag": "motion", "in_rectangle": {"x": 0, "y": 0, "width": 320, "height": 180}, "bridge": 1, "min_duration": 3}
        ```

        Times are compared to the microsecond; a stretch ends when its last frame is no longer shown, so that one *meets* the next
        that begins with the frame behind it. Of each is told `video`, `start_frame` and `end_frame`, both of which belong
        to it, `start_time` and `end_time` in seconds; of one that is that of one label `tag`, `score`, `source` and `label`,
        too. A question has at most 200 parts and 32 levels; videos have at most 5,000,000 intervals.

        ## Errors

        A query that is wrong is refused before anything is done. The text says what to do, and the path where:

        ```json
        {"status": -1, "info": "limit is a whole number from 0 on, this is -1 (at [1].FindImage.limit)", "command_index": 1}
        ```

        Limits: 64 MiB of text, 4,000,000 JSON values and 160 levels of them, 10,000 commands, 10,000 conditions a command,
        1,000,000 elements in a list (also within a property), 256 bytes for a name, 10,000 properties of one object, 64
        levels of conditions or links, 1,000,000 neighbours a search.

        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    static let operations =
        wrapped(
            "`operations` is a list of objects with a `type` and its parameters, done in the order in which they "
                + "stand. Images take threshold, crop, resize, flip and rotate; videos these and interval and, in "
                + "ApertureDB's dialect, preview; frames all but preview. VDMS's `custom`, `userOp`, `remoteOp` and "
                + "`syncremoteOp` have a program outside the server change the picture, and are refused.") + [
            "", "```json",
            #"[{"type": "crop", "x": 10, "y": 10, "width": 200, "height": 100}, {"type": "resize", "scale": 0.5}]"#,
            "```", "",
        ]

    private static func wrapped(_ text: String) -> [String] { CommandTable.wrapped(text) }
}
