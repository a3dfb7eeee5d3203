/// One step on the pixels of an image: a typed value with a text form, `resize=224x224,filter=lanczos`.
///
/// Every operation is listed in ``OperationTable``, from which its text is parsed and its documentation made.
public protocol ImageOperation: Sendable {
    /// Name, parameters and formula.
    static var reference: OperationReference { get }

    /// Takes parsed arguments, of which each lies within its parameter's range and those with a default are
    /// present.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` for arguments that contradict each other.
    init(_ arguments: OperationArguments) throws(MediaError)

    /// The arguments by which this value would be parsed again.
    var arguments: OperationArguments { get }

    /// The size of the result for an image of `size`.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` if the operation cannot be done on such an image.
    func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize

    /// The size from which a reduced decode of an image of `size` still serves this operation; `nil` if it
    /// needs all pixels.
    func decodeSize(for size: PixelSize) throws(MediaError) -> PixelSize?

    /// Does it.
    ///
    /// - Parameters:
    ///   - raster: The pixels of an image of `size`, fewer than that if it was reduced while it was decoded.
    ///   - maxPixels: The most pixels that the result may have, checked before memory is taken for them.
    /// - Throws: ``MediaError/Code/invalidOperation`` if it cannot be done on this image;
    ///   ``MediaError/Code/limitExceeded`` above `maxPixels`.
    func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster
}

extension ImageOperation {
    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize { size }

    public func decodeSize(for size: PixelSize) throws(MediaError) -> PixelSize? { nil }

    /// Does it on an image that was decoded in full.
    public func apply(to raster: Raster, maxPixels: Int = 1 << 28) throws(MediaError) -> Raster {
        try apply(to: raster, of: raster.size, maxPixels: maxPixels)
    }

    /// The text form with every argument: the same for every spelling of the same operation.
    public var text: String { Self.reference.text(arguments) }
}
