import Engine

/// Which of the taggers are asked for: those that measure pictures, the one that counts people, and the one
/// that finds motion.
public struct TaggerSelection: Sendable {
    /// The names that there are.
    public static let names = Tagger.allCases.map(\.rawValue) + [PeopleExaminer.name, MotionFinding.tag]
    /// What is taken of videos where nothing else is said.
    public static let usualOfVideos = [
        "blur", "sharpness", "contrast", "brightness", "lighting", "noise", "motion",
    ]

    /// Names of ``Tagger``.
    var measures: [String] = []
    var countsPeople = false
    var findsMotion = false

    /// - Throws: ``EngineError/Code/notFound`` for a name that no tagger has;
    ///   ``EngineError/Code/invalidRequest`` for motion, where it is not asked of videos.
    init(_ names: [String], ofVideos: Bool) throws(EngineError) {
        for name in names {
            switch name {
            case PeopleExaminer.name: countsPeople = true
            case MotionFinding.tag:
                guard ofVideos else {
                    throw EngineError(
                        .invalidRequest, "motion is found in videos: ask for the class Video",
                        path: "taggers")
                }
                findsMotion = true
            default: measures.append(name)
            }
        }
        _ = try TaggerExaminer(names: measures)
    }
}
