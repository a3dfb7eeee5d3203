public import Base

/// What one value is held against. A field satisfies it if any of the path's candidates does.
///
/// `$lt`, `$lte`, `$gt` and `$gte` hold between values of one type alone, in ``ValueOrder``; and never
/// between NaN and another number, though that order puts it first.
///
/// Negations are no predicates: `$ne`, `$nin`, `$not` and `$exists: false` are ``Filter/not(_:)`` around one.
public indirect enum Predicate: Sendable, Hashable {
    /// `$eq` or a bare value. A missing value equals null.
    case equal(Value)
    /// `$lt`: of the same type and less. Of a null nothing is less.
    case less(Value)
    /// `$lte`: of the same type and not greater. Against null: equal to it.
    case lessOrEqual(Value)
    /// `$gt`: of the same type and greater. Of a null nothing is greater.
    case greater(Value)
    /// `$gte`: of the same type and not less. Against null: equal to it.
    case greaterOrEqual(Value)
    /// `$in`: equal to one of the values, or a string that one of the patterns matches.
    case among(ValueList, patterns: [Pattern])
    /// `$exists: true`: not missing; an explicit null is there.
    case exists
    /// `$type`.
    case type(ValueTypes)
    /// `$regex`: a string that the pattern matches somewhere.
    case matches(Pattern)
    /// `$mod`: a number whose whole part leaves `remainder`; the sign follows the number, as in C.
    case modulo(divisor: Int64, remainder: Int64)
    /// `$size`: an array of so many elements.
    case size(Int)
    /// `$isa`: a string that is one of `members`, what labels may say that belong to one of the named classes
    /// or to one below it. Until somebody who knows the classes has put them in
    /// (``Filter/resolvingClasses(_:)``) each class has only its own name.
    case isA([String], members: ValueList)
    /// `$count`: an array of which so many elements satisfy the first, or so many there are where there is
    /// none; the filter's paths are all ``FieldPath/element``. What is no array, or missing, has none.
    case counts(of: Predicate?, Filter)
    /// `$all`: the field satisfies each of them, by a candidate of its own; none are satisfied by nothing.
    case all([Predicate])
    /// `$elemMatch` with operators: an array, one element of which satisfies the filter by itself. The
    /// filter's paths are all ``FieldPath/element``.
    case elementMatchesValue(Filter)
    /// `$elemMatch` with a query: an array, one object or array of which matches it as a document. Of an
    /// inner array the keys are its places.
    case elementMatchesDocument(Filter)

    /// Whether an array at the end of the path is one candidate, rather than its elements and itself.
    public var takesWholeArrays: Bool {
        switch self {
        case .size, .counts, .elementMatchesValue, .elementMatchesDocument: true
        default: false
        }
    }
}
