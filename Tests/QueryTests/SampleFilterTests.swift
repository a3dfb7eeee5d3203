import Base
import Query
import Testing

/// The filters of Cortex's later interface.
@Suite struct SampleFilterTests {
    @Test(arguments: [
        ("[]", "filter: must be an object"),
        (#"{"$and": []}"#, "filter.$and: must be a list of at least one filter"),
        (#"{"$and": [{}], "width": 1}"#, "filter: $and must be the only key"),
        (#"{"$nor": [{}]}"#, "filter.$nor: unknown operator; there are $and, $or and $not"),
        (#"{"$not": 1}"#, "filter.$not: must be an object"),
        (
            #"{"$and": [{}, {"class": "cat", "count": 0}]}"#,
            "filter.$and[1].count: must be an integer >= 1"
        ),
        (
            #"{"$and": [{}, {"class": "cat", "count": {"$gte": 1.5}}]}"#,
            "filter.$and[1].count.$gte: must be an integer >= 1"
        ),
        (#"{"count": 1}"#, #"filter.count: needs "class" beside it"#),
        (#"{"class": ""}"#, "filter.class: must be a text of 1 to 200 bytes"),
        (
            #"{"class": "cat", "width": 1}"#,
            #"filter.width: cannot stand beside "class"; there are count and max_box_area"#
        ),
        (#"{"class": "cat", "max_box_area": 2}"#, "filter.max_box_area: must be a number from 0 to 1"),
        (#"{"width": -1}"#, "filter.width: must be a number >= 0"),
        (#"{"width": true}"#, "filter.width: must be a number >= 0"),
        (#"{"width": {}}"#, "filter.width: must have an operator such as $gte"),
        (
            #"{"width": {"$ne": 1}}"#,
            "filter.width.$ne: unknown operator; there are $eq, $gt, $gte, $lt, $lte and $in"
        ),
        (#"{"width": {"$in": []}}"#, "filter.width.$in: must be a list of 1 to 100 values"),
        (#"{"width": {"$in": [1, "2"]}}"#, "filter.width.$in[1]: must be a number >= 0"),
        (#"{"label_quality": 50}"#, "filter.label_quality: must be a number from 0 to 1"),
        (#"{"object_count": 1.0}"#, "filter.object_count: must be an integer >= 0"),
        (#"{"collected": "2024-05-06"}"#, "filter.collected: must be an object of $gt, $gte, $lt or $lte"),
        (
            #"{"collected": {"$eq": "2024-05-06"}}"#,
            "filter.collected.$eq: must be one of $gt, $gte, $lt and $lte"
        ),
        (#"{"collected": {"$gt": "May"}}"#, "filter.collected.$gt: must be an ISO 8601 date or date-time"),
        (
            #"{"colour": 1}"#,
            "filter.colour: unknown field; there are class, width, height, label_quality, object_count and collected"
        ),
    ])
    func `what is wrong is told with its path`(text: String, message: String) throws {
        let value = try JSON.parse(text)
        let error = #expect(throws: FilterError.self) { try SampleFilter.parse(value) }
        #expect(error?.message == message)
        #expect(message.hasPrefix("\(error?.path ?? "?"):"))
    }

    @Test func `eight levels are taken and nine are not, 64 conditions and no more`() throws {
        func nested(_ depth: Int) -> Value { depth == 1 ? [:] : ["$not": nested(depth - 1)] }
        _ = try SampleFilter.parse(nested(8))
        let deep = #expect(throws: FilterError.self) { try SampleFilter.parse(nested(9)) }
        #expect(deep?.code == .limitExceeded)
        func wide(_ count: Int) -> Value {
            ["$or": .array((0..<count).map { ["width": .integer(Int64($0))] })]
        }
        _ = try SampleFilter.parse(wide(64))
        #expect(throws: FilterError.self) { try SampleFilter.parse(wide(65)) }
        #expect(throws: FilterError.self) { try SampleFilter.parse(["$and": [wide(40), wide(40)]]) }
    }

    @Test func `fields beside each other must all hold`() throws {
        let filter = try SampleFilter.parse(["width": ["$gte": 10, "$lt": 20], "height": 5])
        #expect(
            filter
                == .and([
                    .number(.width, SampleFilter.Comparison([.greaterOrEqual(10), .less(20)])),
                    .number(.height, SampleFilter.Comparison([.equal(5)])),
                ]))
        #expect(try SampleFilter.parse([:]) == .all)
        let cats = try SampleFilter.parse([
            "class": "cat", "count": ["$gte": 2], "max_box_area": ["$gt": 0.5],
        ])
        #expect(
            cats
                == .objects(
                    SampleFilter.ObjectCondition(
                        "cat", count: SampleFilter.Comparison([.greaterOrEqual(2)]),
                        maxBoxArea: SampleFilter.Comparison([.greater(0.5)]))))
    }
}
