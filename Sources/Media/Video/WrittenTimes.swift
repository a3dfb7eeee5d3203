/// When the frames that are written are shown: those of a range, every so many, the first of them at 0.
struct WrittenTimes {
    let timeBase: Ratio
    /// About how many frames a second there are, with a numerator and a denominator below 65,536, which is
    /// what MPEG-4 part 2 can say.
    let rate: Ratio
    let count: Int
    private let index: FrameIndex
    private let range: Range<Int>
    private let step: Int
    /// Where frames have one length each: how many ticks of the index that is.
    private let grid: Grid?

    /// Times of a container that knows frames of one length.
    private enum Grid {
        /// The frame with number k is shown at k.
        case numbers
        /// In so many ticks of the index.
        case ticks(Int64)
    }

    /// - Precondition: `range` is not empty and lies within the index; `step` is positive.
    /// - Throws: ``MediaError/Code/invalidOperation`` where the container cannot keep such times.
    init(
        _ index: FrameIndex, _ range: Range<Int>, step: Int, told: Ratio?, in container: VideoContainer
    ) throws(MediaError) {
        self.index = index
        self.range = range
        self.step = step
        let numbers = stride(from: range.lowerBound, to: range.upperBound, by: step)
        let count = (range.count - 1) / step + 1
        self.count = count
        let first = index.presentations[range.lowerBound]
        let times = numbers.lazy.map { index.presentations[$0] - first }
        let last = index.presentations[range.lowerBound + (count - 1) * step] - first
        let ticks = index.timeBase
        let mean = count > 1 ? Double(count - 1) / VideoTime(last, ticks).seconds : nil
        let isEven =
            count > 1 && last % Int64(count - 1) == 0
            && zip(times, 0...).allSatisfy { $0 == last / Int64(count - 1) * Int64($1) }
        var rate = told?.divided(by: step) ?? Ratio(25, 1)?.divided(by: step)
        if isEven, let length = Int32(exactly: last / Int64(count - 1)) {
            rate = Ratio(reducing: Int64(ticks.denominator), Int64(ticks.numerator) * Int64(length)) ?? rate
        }
        if let mean, let told = rate, abs(told.value - mean) > 0.005 * mean { rate = Ratio(near: mean) }
        guard let rate = rate?.limited else {
            throw MediaError(.invalidOperation, "its frames tell no rate that can be written")
        }
        self.rate = rate
        guard container.keepsTimes else {
            let tick = VideoTime(1, ticks).seconds
            let isRounded = zip(times, 0...).allSatisfy { time, number in
                abs(VideoTime(time, ticks).seconds - Double(number) / rate.value) <= 1.01 * tick
            }
            if isEven || isRounded || count == 1 {
                grid = .numbers
                guard let length = Ratio(rate.denominator, rate.numerator) else {
                    throw MediaError(.invalidOperation, "its frames tell no rate that can be written")
                }
                timeBase = length
                return
            }
            let common = times.reduce(0, WrittenTimes.greatestCommonDivisor)
            // AVI has an empty packet wherever a frame goes on being shown.
            guard last / common <= 16 * Int64(count),
                let slot = Ratio(reducing: Int64(ticks.numerator) * common, Int64(ticks.denominator))
            else {
                let others = VideoContainer.allCases.filter(\.keepsTimes).map(\.rawValue).joined(
                    separator: ", ")
                throw MediaError(
                    .invalidOperation,
                    "\(container.rawValue) shows all frames equally long, and these are not: of the "
                        + "containers, \(others) keep their times")
            }
            grid = .ticks(common)
            timeBase = slot
            return
        }
        grid = nil
        timeBase = ticks
        guard let unit = container.timeBase else { return }
        var before = -1.0
        for (time, number) in zip(times, numbers) {
            let units = (VideoTime(time, ticks).seconds / VideoTime(1, unit).seconds).rounded()
            guard units > before else {
                throw MediaError(
                    .invalidOperation,
                    "\(container.rawValue) tells times in steps of \(unit) s, and frame \(number) begins in "
                        + "the same one as the frame before it: take mp4 or mov")
            }
            before = units
        }
    }

    /// When the frame that is written as number `place` is shown, and for how long, in ``timeBase``.
    func time(_ place: Int) -> (time: Int64, duration: Int64) {
        let number = range.lowerBound + place * step
        let time = index.presentations[number] - index.presentations[range.lowerBound]
        let duration = max(0, end(of: number) - index.presentations[number])
        switch grid {
        case nil: return (time, duration)
        case .numbers: return (Int64(place), 1)
        case .ticks(let length): return (time / length, max(1, duration / length))
        }
    }

    /// From when the first frame is shown until the last one no longer is.
    var duration: VideoTime {
        let last = time(count - 1)
        return VideoTime(last.time + last.duration, timeBase)
    }

    /// The stretch on the clock of the file that is read, in ticks of the index.
    var stretch: Range<Int64> {
        let first = index.presentations[range.lowerBound]
        return first..<max(first + 1, end(of: range.lowerBound + (count - 1) * step))
    }

    // MARK: - Private

    /// When the frame that is written behind `number` would be shown; the part ends where it ends.
    private func end(of number: Int) -> Int64 {
        let next = min(number + step, range.upperBound)
        if next < index.count { return index.presentations[next] }
        let last = index.presentations[index.count - 1]
        if index.lastDuration > 0 { return last + index.lastDuration }
        // Nothing tells, so it is shown as long as the one before it.
        return index.count > 1 ? 2 * last - index.presentations[index.count - 2] : last
    }

    private static func greatestCommonDivisor(_ one: Int64, _ other: Int64) -> Int64 {
        var (one, other) = (one, other)
        while other != 0 { (one, other) = (other, one % other) }
        return one
    }
}

extension Ratio {
    /// `nil` unless both are positive, and small enough in lowest terms.
    init?(reducing numerator: Int64, _ denominator: Int64) {
        guard numerator > 0, denominator > 0 else { return nil }
        var (one, other) = (numerator, denominator)
        while other != 0 { (one, other) = (other, one % other) }
        guard let top = Int32(exactly: numerator / one), let bottom = Int32(exactly: denominator / one) else {
            return nil
        }
        self.init(top, bottom)
    }

    /// About `value`, to three decimals from 0.02 to 65.
    init?(near value: Double) {
        guard value.isFinite, value > 0 else { return nil }
        if value > 65 {
            self.init(Int32(min(65_535, value.rounded())), 1)
        } else if value >= 0.02 {
            self.init(reducing: Int64((value * 1000).rounded()), 1000)
        } else {
            self.init(1, Int32(min(65_535, (1 / value).rounded())))
        }
    }

    /// As it is where numerator and denominator are below 65,536, otherwise about that.
    var limited: Ratio? { max(numerator, denominator) < 65_536 ? self : Ratio(near: value) }

    func divided(by count: Int) -> Ratio? {
        let (bottom, overflow) = Int64(denominator).multipliedReportingOverflow(by: Int64(count))
        return overflow
            ? nil : Ratio(reducing: Int64(numerator), bottom) ?? Ratio(near: value / Double(count))
    }
}
