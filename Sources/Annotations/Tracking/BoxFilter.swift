/// What is believed of a box that moves evenly: a Kalman filter over its centre, area and shape, as SORT has
/// it.
///
/// The state is (centre x, centre y, area, width over height, and by how much the first three change from
/// frame to frame); what is observed are the first four. Source: Bewley and others, "Simple Online and
/// Realtime Tracking", 2016, with the covariances of its authors' program.
struct BoxFilter: Sendable {
    /// As in the order above.
    private(set) var state: [Double]
    /// 7 × 7, row by row.
    private(set) var covariance: [Double]

    private static let size = 7
    private static let observed = 4
    /// Of an observation, on the diagonal.
    private static let observationNoise = [1.0, 1.0, 10.0, 10.0]
    /// Of one frame, on the diagonal.
    private static let frameNoise = [1.0, 1.0, 1.0, 1.0, 0.01, 0.01, 0.0001]
    /// At first, on the diagonal: velocities are unknown.
    private static let firstNoise = [10.0, 10.0, 10.0, 10.0, 10_000.0, 10_000.0, 10_000.0]

    /// - Parameter box: with an area.
    init(_ box: Box) {
        state = BoxFilter.observation(of: box) + [0, 0, 0]
        covariance = [Double](repeating: 0, count: BoxFilter.size * BoxFilter.size)
        for index in 0..<BoxFilter.size {
            covariance[index * BoxFilter.size + index] = BoxFilter.firstNoise[index]
        }
    }

    /// Where it is believed to be; `nil` where area and shape are none of a box any more.
    var box: Box? {
        let width = (state[2] * state[3]).squareRoot()
        guard width.isFinite, width > 0 else { return nil }
        let height = state[2] / width
        return Box(x: state[0] - width / 2, y: state[1] - height / 2, width: width, height: height)
    }

    /// Goes on by a frame.
    mutating func predict() {
        let size = BoxFilter.size
        // An area never shrinks to nothing.
        if state[2] + state[6] <= 0 { state[6] = 0 }
        for index in 0..<3 { state[index] += state[index + 4] }
        // F P Fᵀ, where F adds the last three to the first three.
        for row in 0..<3 {
            for column in 0..<size {
                covariance[row * size + column] += covariance[(row + 4) * size + column]
            }
        }
        for row in 0..<size {
            for column in 0..<3 { covariance[row * size + column] += covariance[row * size + column + 4] }
        }
        for index in 0..<size { covariance[index * size + index] += BoxFilter.frameNoise[index] }
    }

    /// Learns where it was seen.
    /// - Parameter box: with an area.
    mutating func update(_ box: Box) {
        let (size, observed) = (BoxFilter.size, BoxFilter.observed)
        let seen = BoxFilter.observation(of: box)
        // Each of the four is learnt by itself: their errors are independent, so that no matrix need be
        // inverted.
        for place in 0..<observed {
            let gain = (0..<size).map { covariance[$0 * size + place] }
            let variance = gain[place] + BoxFilter.observationNoise[place]
            let surprise = (seen[place] - state[place]) / variance
            let row = (0..<size).map { covariance[place * size + $0] }
            for index in 0..<size {
                state[index] += gain[index] * surprise
                for column in 0..<size {
                    covariance[index * size + column] -= gain[index] * row[column] / variance
                }
            }
        }
    }

    private static func observation(of box: Box) -> [Double] {
        [box.x + box.width / 2, box.y + box.height / 2, box.area, box.width / box.height]
    }
}
