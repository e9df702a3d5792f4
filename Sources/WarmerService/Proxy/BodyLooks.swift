import PromptCache

/// How each beginning of a body of 64, 128, 256 … bytes looks: by the last of its bytes, and by how the shorter ones look.
/// What looks alike may be different all the same, but one pass over a body shows all that it may go on from.
struct BodyLooks: Sendable {
    /// The shortest first.
    private(set) var ofBeginnings: [UInt64] = []

    private static let shortest = 64
    /// All of the first kilobyte, where most bodies say who they are.
    private static let mostLookedAt = 512

    /// - Parameter realm: where it looks different from the same body in another.
    init(_ body: [UInt8], realm: Int) {
        ofBeginnings.reserveCapacity(24)
        var looks = Fingerprint(realm: realm)
        var (start, end) = (0, Self.shortest)
        while end <= body.count {
            let part = body[max(start, end - Self.mostLookedAt)..<end].withUnsafeBytes { Fingerprint(of: $0) }
            looks = looks.followed(by: part)
            ofBeginnings.append(looks.half)
            (start, end) = (end, 2 * end)
        }
    }

    /// Of the longest beginning that has no more bytes than that.
    func ofBeginning(upTo count: Int) -> UInt64? {
        if count < Self.shortest { return nil }
        let doublings = (count / Self.shortest).bitWidth - 1 - (count / Self.shortest).leadingZeroBitCount
        return ofBeginnings.prefix(doublings + 1).last
    }
}

extension Fingerprint {
    init(realm: Int) { self = withUnsafeBytes(of: realm) { Fingerprint(of: $0) } }
}
