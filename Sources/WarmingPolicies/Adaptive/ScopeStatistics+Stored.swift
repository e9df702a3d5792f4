/// Some 120 bytes.
extension ScopeStatistics {
    private static let version: UInt8 = 1

    /// - Parameter shift: from the axis of time to the one of what is stored.
    func write(to bytes: inout StoredBytes, movedBy shift: Duration) {
        bytes.write(Self.version)
        for index in 0..<8 { bytes.write(observed[index]) }
        for index in 0..<8 { bytes.write(expected[index]) }
        bytes.write(UInt32(clamping: arrivals))
        bytes.write(UInt8(isSubAgent ? 1 : 0) | UInt8(safety.isFollowed ? 2 : 0) | UInt8(gap == nil ? 0 : 4))
        bytes.write(first + shift.inSeconds)
        for value in [tokens, newTokens, safety.paid, safety.wouldHavePaid] { bytes.write(value) }
        if let gap {
            bytes.write(gap.start + shift.inSeconds)
            bytes.write(gap.weight)
            bytes.write(UInt8(gap.context.situation))
            bytes.write(gap.context.awaits.storedNumber)
        }
    }

    /// - Parameter shift: from the axis of what is stored to the one of time.
    init?(_ bytes: inout StoredBytes, movedBy shift: Duration) {
        guard bytes.read() == Self.version else { return nil }
        self.init()
        for index in 0..<8 { observed[index] = max(0, bytes.readFloat()) }
        for index in 0..<8 { expected[index] = max(0, bytes.readFloat()) }
        arrivals = Int(bytes.read(UInt32.self))
        let flags = bytes.read(UInt8.self)
        isSubAgent = flags & 1 != 0
        safety.isFollowed = flags & 2 != 0
        first = bytes.readDouble() + shift.inSeconds
        tokens = bytes.readDouble()
        newTokens = bytes.readDouble()
        safety.paid = bytes.readDouble()
        safety.wouldHavePaid = bytes.readDouble()
        if flags & 4 != 0 {
            let (start, weight) = (bytes.readDouble() + shift.inSeconds, bytes.readFloat())
            let situation = Int(bytes.read(UInt8.self))
            guard situation < GapContext.situations, let awaits = Awaits(storedNumber: bytes.read()) else { return nil }
            gap = SharedStatistics.Gap(
                start: start, context: GapContext(situation: situation, awaits: awaits), weight: weight)
        }
        if bytes.isBroken { return nil }
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
