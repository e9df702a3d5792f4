/// Stored as a string of some 170 characters.
///
/// What was learned is experience, not truth: a string of a version that is not known, or one that is damaged, begins
/// anew instead of keeping the scope from being read.
extension ScopeStatistics: Codable {
    private static let version: UInt8 = 1

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self = StoredBytes(base64: text).flatMap { ScopeStatistics($0) } ?? ScopeStatistics()
    }

    func encode(to encoder: any Encoder) throws {
        var bytes = StoredBytes()
        bytes.write(Self.version)
        for index in 0..<8 { bytes.write(observed[index]) }
        for index in 0..<8 { bytes.write(expected[index]) }
        bytes.write(UInt32(clamping: arrivals))
        bytes.write(UInt8(isSubAgent ? 1 : 0) | UInt8(safety.isFollowed ? 2 : 0) | UInt8(gap == nil ? 0 : 4))
        for value in [first, tokens, newTokens, safety.paid, safety.wouldHavePaid] { bytes.write(value) }
        if let gap {
            bytes.write(gap.start)
            bytes.write(gap.weight)
            bytes.write(UInt8(gap.context.situation))
            bytes.write(gap.context.awaits.storedNumber)
        }
        var container = encoder.singleValueContainer()
        try container.encode(bytes.base64)
    }

    private init?(_ stored: StoredBytes) {
        var bytes = stored
        guard bytes.read() == Self.version else { return nil }
        self.init()
        for index in 0..<8 { observed[index] = bytes.readFloat() }
        for index in 0..<8 { expected[index] = bytes.readFloat() }
        arrivals = Int(bytes.read(UInt32.self))
        let flags = bytes.read(UInt8.self)
        isSubAgent = flags & 1 != 0
        safety.isFollowed = flags & 2 != 0
        first = bytes.readDouble()
        tokens = bytes.readDouble()
        newTokens = bytes.readDouble()
        safety.paid = bytes.readDouble()
        safety.wouldHavePaid = bytes.readDouble()
        if flags & 4 != 0 {
            let (start, weight) = (bytes.readDouble(), bytes.readFloat())
            let situation = Int(bytes.read(UInt8.self))
            guard situation < GapContext.situations, let awaits = Awaits(storedNumber: bytes.read()) else { return nil }
            gap = SharedStatistics.Gap(
                start: start, context: GapContext(situation: situation, awaits: awaits), weight: weight)
        }
        if bytes.isBroken || !bytes.isAtEnd { return nil }
    }
}

extension Awaits {
    fileprivate var storedNumber: UInt8 {
        switch self {
        case .unknown: 0
        case .tool: 1
        case .human: 2
        }
    }

    fileprivate init?(storedNumber: UInt8) {
        guard let awaits = Awaits.allCases.first(where: { $0.storedNumber == storedNumber }) else { return nil }
        self = awaits
    }
}
