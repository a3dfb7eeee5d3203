import Base

/// What people see of a cascade while it goes on, and when it is done.
enum CascadeView {
    /// The name of the cascade that a job's request has.
    static func name(of request: Document) -> String? {
        guard let cascade = request["cascade"]?.objectValue else { return nil }
        let name = cascade["name"]?.stringValue ?? ""
        return name.isEmpty ? "cascade" : name
    }

    /// A line on how far it has come.
    static func text(_ progress: Document, done: Int, total: Int) -> String {
        let videos = (progress["videos"]?.arrayValue ?? []).compactMap(\.objectValue)
        let parts = videos.map { video -> Double in
            let frames = number(video, "frames")
            return frames > 0 ? Double(number(video, "done")) / Double(frames) : 0
        }
        let part = (Double(done) + parts.reduce(0, +)) / Double(max(1, total))
        let audited = videos.reduce(0) { $0 + number($1, "audited") }
        let frames = zip(videos, parts).map { "\(EntityTable.text($0["video"])) \(Int($1 * 100))%" }
        return "\(ProgressLine.bar(part))  \(done)/\(total) videos  \(frames.joined(separator: ", "))"
            + (audited > 0 ? ", \(audited) dropped frames looked at" : "")
    }

    /// What became of a video.
    static func report(_ line: Document) {
        let id = EntityTable.text(line["video"])
        guard let report = line["report"]?.objectValue else {
            let reason = line["reason"].map { ": " + EntityTable.text($0) } ?? ""
            return Terminal.report("\(EntityTable.text(line["verdict"])): \(id)\(reason)")
        }
        let (frames, calls) = (number(report, "frames"), number(report, "calls"))
        let held = number(report, "held")
        Terminal.print(
            "\(id): \(number(report, "kept")) of \(frames) frames kept"
                + (held > 0 ? ", \(held) of them held" : ""))
        var table = Table(["stage", "frames in", "out", "failed", "seconds"], rightAligned: [1, 2, 3, 4])
        for stage in (report["stages"]?.arrayValue ?? []).compactMap(\.objectValue) {
            table.rows.append([
                stage["name"]?.stringValue ?? "", "\(number(stage, "frames_in"))",
                "\(number(stage, "frames_out"))", "\(number(stage, "failed"))",
                Columns.decimals(stage["seconds"]?.floatValue ?? 0, 2),
            ])
        }
        let audit = report["audit"]?.objectValue
        if let audit {
            table.rows.append([
                "(audit)",
                "\(number(audit, "audited") + number(audit, "taken_back") + number(audit, "held_audited"))",
                "\(number(audit, "found"))", "\(number(audit, "failed"))",
                Columns.decimals(audit["seconds"]?.floatValue ?? 0, 2),
            ])
        }
        for row in table.lines(width: Terminal.width) { Terminal.print("  " + row) }
        if let audit {
            let bound = Columns.decimals(audit["recall_bound"]?.floatValue ?? 0, 3)
            let sure = Int(((audit["confidence"]?.floatValue ?? 0) * 100).rounded())
            let share = frames > 0 ? Double(calls) / Double(frames) * 100 : 0
            Terminal.print(
                """
                  recall at least \(bound) with \(sure) % certainty; the last stage was asked about \(calls) frames \
                (\(Columns.decimals(share, 1)) %)
                """)
        }
        for stage in (report["stages"]?.arrayValue ?? []).compactMap(\.objectValue) {
            if let failure = stage["failure"]?.stringValue {
                Terminal.report("  \(EntityTable.text(stage["name"])) failed first at \(failure)")
            }
        }
    }

    /// What became of all.
    static func finish(_ progress: Document, others: String, run: String) {
        let seconds = progress["seconds"]?.floatValue ?? 0
        Terminal.report(
            """
            \(number(progress, "labelled")) videos labelled (\(number(progress, "kept")) of \
            \(number(progress, "frames")) frames kept, \(number(progress, "labels")) labels), \
            \(number(progress, "nothing")) with nothing found\(others)\(run) in \
            \(ProgressLine.duration(seconds: seconds))
            """)
    }

    private static func number(_ document: Document, _ name: String) -> Int {
        Int(clamping: document[name]?.integerValue ?? 0)
    }
}
