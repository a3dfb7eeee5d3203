import Base
import Query

/// What the commands of a query came to.
struct CommandOutcome: Sendable {
    var dialect: CommandDialect
    /// One for each command: its name, and what is told.
    var replies: [Document]
    var requests: [BlobRequest]
    /// How many of ``requests`` each command and those before it have.
    var requestEnds: [Int]
    /// What replies list, by the index of the command.
    var listings: [Int: PlacedListing]

    /// The replies as JSON text, with what they list in its place.
    func json() -> [UInt8] {
        let style = ListingText.Style(missing: WireNames(dialect: dialect).missing, wrapsTimes: true)
        var text = ListingText(capacity: 4_096)
        var writer = JSONWriter(capacity: 1_024)
        for (index, reply) in replies.enumerated() {
            writer.raw(index == 0 ? "[" : ",")
            guard let placed = listings[index], let name = reply.members.first?.key,
                let told = reply.members.first?.value.objectValue
            else {
                writer.write(reply)
                continue
            }
            writer.raw("{")
            writer.write(name)
            for (place, member) in told.members.enumerated() {
                writer.raw(place == 0 ? ":{" : ",")
                writer.write(member.key)
                writer.raw(":")
                if member.key == placed.member {
                    text.write(writer.take())
                    text.write(placed.listing, style)
                } else {
                    writer.write(member.value)
                }
            }
            writer.raw("}}")
        }
        writer.raw(replies.isEmpty ? "[]" : "]")
        if listings.isEmpty { return writer.take() }
        text.write(writer.take())
        return Array(text.bytes)
    }
}

/// Where a reply lists what was found.
struct PlacedListing: Sendable {
    /// The member of the reply that stands for it.
    var member: String
    var listing: Listing
}
