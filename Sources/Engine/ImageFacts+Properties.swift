import Base
import Media

extension ImageFacts {
    /// What is filtered on, as the properties of an image.
    ///
    /// `width` and `height` are those of the upright image in pixels, `mean` and `std` lists with a number a
    /// channel, `phash` and `dhash` 16 hexadecimal digits; what could not be had is left out, and `error`
    /// says why.
    func properties(byteCount: Int) -> Document {
        var properties: Document = ["format": .string(format.rawValue), "bytes": .integer(Int64(byteCount))]
        if let header {
            properties.append("width", .integer(Int64(header.width)))
            properties.append("height", .integer(Int64(header.height)))
            properties.append("channels", .integer(Int64(header.channels)))
            properties.append("bits", .integer(Int64(header.bitsPerChannel)))
            if header.orientation != 1 {
                properties.append("orientation", .integer(Int64(header.orientation)))
            }
            if header.frameCount > 1 { properties.append("frames", .integer(Int64(header.frameCount))) }
            if header.hasAlpha { properties.append("alpha", true) }
        }
        if let exif = header?.exif {
            if let time = exif.capturedAt { properties.append("captured_at", .dateTime(time)) }
            if let make = exif.make { properties.append("camera_make", .string(make)) }
            if let model = exif.model { properties.append("camera_model", .string(model)) }
            if let latitude = exif.latitude { properties.append("latitude", .float(latitude)) }
            if let longitude = exif.longitude { properties.append("longitude", .float(longitude)) }
            if let altitude = exif.altitude { properties.append("altitude", .float(altitude)) }
        }
        if let pixels {
            properties.append("phash", .string(pixels.pHash.description))
            properties.append("dhash", .string(pixels.dHash.description))
            properties.append("mean", .array(pixels.channels.map { .float($0.mean) }))
            properties.append("std", .array(pixels.channels.map { .float($0.standardDeviation) }))
        }
        if let decodeError { properties.append("error", .string(decodeError)) }
        return properties
    }

    /// What is shown of one image and never filtered on: the histogram, a list of 256 counts a channel,
    /// the EXIF tags, and the colour profile's name and size.
    var details: Document {
        var details = Document()
        if let pixels {
            details.append(
                "histogram",
                .array(pixels.channels.map { .array($0.histogram.map { .integer(Int64($0)) }) }))
        }
        if let tags = header?.exif?.tags, !tags.isEmpty { details.append("exif", .object(tags)) }
        if let profile = header?.iccProfile {
            if let name = ICCProfile(profile)?.description { details.append("icc_profile", .string(name)) }
            details.append("icc_profile_bytes", .integer(Int64(profile.count)))
        }
        return details
    }
}
