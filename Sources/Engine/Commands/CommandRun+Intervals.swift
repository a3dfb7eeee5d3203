import Base
import Catalog
import Query

/// Questions about intervals.
extension CommandRun {
    func perform(_ search: FindIntervalsCommand) throws -> Document {
        try read { snapshot in
            let found = try select(search.videos, in: snapshot)
            var answer = IntervalAnswer(intervals: [], count: 0, duration: 0)
            if let videos = snapshot.schema.entityClass(Store.videoClass), !found.isEmpty {
                let (service, cancellation) = (service, cancellation)
                answer = try IntervalSearch(
                    try service.intervals.table(of: videos, in: snapshot), videos, found[videos.id],
                    in: snapshot, frameIndex: { try service.frameIndex($0, cancellation) },
                    motionTrace: service.motionTrace, cancellation: cancellation
                ).answer(search.question, limit: search.limit ?? 1_000, offset: search.offset)
            }
            return [
                "status": 0, "returned": .integer(Int64(answer.intervals.count)),
                "count": .integer(Int64(answer.count)), "duration": .float(answer.duration),
                "intervals": .array(answer.intervals.map { .object($0) }),
            ]
        }
    }
}
