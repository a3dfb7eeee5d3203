/// Numbers in messages.
enum NumberText {
    /// With two places at most.
    static func short(_ number: Double) -> String {
        let near = (number * 100).rounded() / 100
        return Int64(exactly: near).map { "\($0)" } ?? "\(near)"
    }

    static func percent(_ share: Double) -> String { "\(short(share * 100)) %" }
}
