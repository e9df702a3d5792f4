/// What several replicas learn is added up: each stores what it has learned since it last looked.
extension SharedStatistics {
    private static let version: UInt8 = 1

    /// All that was counted, but not the gaps that have not ended: some 7 kB.
    public var stored: [UInt8] {
        var bytes = StoredBytes(version: Self.version)
        bytes.write(UInt8(clockOrigin == nil ? 0 : 1))
        bytes.write(clockOrigin ?? 0)
        for value in sums.values + prior { bytes.write(value) }
        for value in arrived + entered + clock.observed + clock.expected { bytes.write(value) }
        return bytes.sealed
    }

    /// What was stored; nil if it is damaged or of a version that is not known.
    public init?(stored: [UInt8]) {
        guard var bytes = StoredBytes(stored), bytes.read() == Self.version else { return nil }
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
        guard !bytes.isBroken, bytes.isAtEnd, prior.allSatisfy({ $0 > 0 && $0 < 1 }) else { return nil }
        self.prior = prior
    }

    /// The gaps that have not ended: 8 bytes for each five minutes of the last two days and kind of gap. They are each
    /// replica's own, since each is counted by the one that saw it begin.
    public var storedGaps: [UInt8] { open.stored }

    /// Takes over gaps that had not ended when they were stored.
    ///
    /// - Returns: whether they could be read.
    @discardableResult
    public mutating func restoreGaps(_ stored: [UInt8]) -> Bool {
        guard let gaps = OpenGaps(stored: stored) else { return false }
        open = gaps
        return true
    }

    /// With what others have learned meanwhile.
    ///
    /// - Parameters:
    ///   - others: what is known to all by now.
    ///   - base: what was known to all when this began to learn on: what came since is this one's own.
    public func merged(with others: SharedStatistics, since base: SharedStatistics) -> SharedStatistics {
        if others.hasSameCounts(as: base) { return self }
        var merged = self
        merged.sums = Sums(values: sum(sums.values, others.sums.values, base.sums.values))
        merged.arrived = sum(arrived, others.arrived, base.arrived)
        merged.entered = sum(entered, others.entered, base.entered)
        merged.clock.observed = sum(clock.observed, others.clock.observed, base.clock.observed)
        merged.clock.expected = sum(clock.expected, others.clock.expected, base.clock.expected)
        merged.settle()
        return merged
    }

    private func hasSameCounts(as other: SharedStatistics) -> Bool {
        sums == other.sums && arrived == other.arrived && entered == other.entered && clock == other.clock
    }

    private func sum<Value: BinaryFloatingPoint>(_ own: [Value], _ others: [Value], _ base: [Value]) -> [Value] {
        own.indices.map { max(0, Value(Double(others[$0]) + (Double(own[$0]) - Double(base[$0])))) }
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
    private static let version: UInt8 = 1

    var stored: [UInt8] {
        var bytes = StoredBytes(version: Self.version)
        bytes.write(UInt8(now == nil ? 0 : 1))
        bytes.write(Int64(now ?? 0))
        for (place, weight) in weights.enumerated() where weight > 0 {
            bytes.write(UInt32(place))
            bytes.write(weight)
        }
        return bytes.sealed
    }

    init?(stored: [UInt8]) {
        guard var bytes = StoredBytes(stored), bytes.read() == Self.version else { return nil }
        self.init()
        let isBegun = bytes.read(UInt8.self) == 1
        let slot = Int(bytes.read(Int64.self))
        var places: [Int: Float] = [:]
        while !bytes.isAtEnd, !bytes.isBroken { places[Int(bytes.read(UInt32.self))] = bytes.readFloat() }
        guard !bytes.isBroken, restore(now: isBegun ? slot : nil, places) else { return nil }
    }
}
