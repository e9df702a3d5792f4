/// Stored as one string of about 10 kB and 11 characters for each five minutes, and kind of gap, with open gaps.
///
/// As with a scope's, a version that is not known or a damaged string begins anew.
extension SharedStatistics: Codable {
    private static let version: UInt8 = 1

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self = StoredBytes(base64: text).flatMap { SharedStatistics($0) } ?? SharedStatistics()
    }

    public func encode(to encoder: any Encoder) throws {
        var bytes = StoredBytes()
        bytes.write(Self.version)
        bytes.write(UInt8(clockOrigin == nil ? 0 : 1))
        bytes.write(clockOrigin ?? 0)
        for value in sums.values + prior { bytes.write(value) }
        for value in arrived + entered + clock.observed + clock.expected { bytes.write(value) }
        open.write(to: &bytes)
        var container = encoder.singleValueContainer()
        try container.encode(bytes.base64)
    }

    private init?(_ stored: StoredBytes) {
        var bytes = stored
        guard bytes.read() == Self.version else { return nil }
        let hasClock = bytes.read(UInt8.self) == 1
        let origin = bytes.readDouble()
        self.init(clockOrigin: hasClock ? origin : nil)
        sums = Sums(values: (0..<sums.values.count).map { _ in bytes.readDouble() })
        // As it was, and not as the counts would have it by now: decisions go on as they were.
        let prior = (0..<GapAges.count).map { _ in bytes.readDouble() }
        func fill(_ counts: inout [Float]) { for index in counts.indices { counts[index] = max(0, bytes.readFloat()) } }
        fill(&arrived)
        fill(&entered)
        fill(&clock.observed)
        fill(&clock.expected)
        guard let open = OpenGaps(&bytes), !bytes.isBroken, bytes.isAtEnd, prior.allSatisfy({ $0 > 0 && $0 < 1 })
        else { return nil }
        self.open = open
        self.prior = prior
    }
}

extension SharedStatistics.Sums {
    fileprivate var values: [Double] { [requests, tokens, later, new, growth, cachedBefore, askedAgain] }

    fileprivate init(values: [Double]) {
        (requests, tokens, later, new) = (values[0], values[1], values[2], values[3])
        (growth, cachedBefore, askedAgain) = (values[4], values[5], values[6])
    }
}

extension OpenGaps {
    fileprivate func write(to bytes: inout StoredBytes) {
        bytes.write(UInt8(now == nil ? 0 : 1))
        bytes.write(Int64(now ?? 0))
        let filled = weights.indices.filter { weights[$0] > 0 }
        bytes.write(UInt32(filled.count))
        for place in filled {
            bytes.write(UInt32(place))
            bytes.write(weights[place])
        }
    }

    fileprivate init?(_ bytes: inout StoredBytes) {
        self.init()
        let isBegun = bytes.read(UInt8.self) == 1
        let slot = Int(bytes.read(Int64.self))
        var places: [Int: Float] = [:]
        for _ in 0..<bytes.read(UInt32.self) {
            guard !bytes.isBroken else { return nil }
            places[Int(bytes.read(UInt32.self))] = bytes.readFloat()
        }
        guard restore(now: isBegun ? slot : nil, places) else { return nil }
    }
}
