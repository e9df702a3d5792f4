/// A schedule's history as bytes, so that it goes on after a restart: some 230, at most 600.
///
/// The axis of time may begin anew with each process, so moments are moved to one that does not, such as the wall's.
extension WarmSchedule {
    private static let version: UInt8 = 1

    /// - Parameter shift: from the axis of the schedule to the one of what is stored.
    public func stored(movedBy shift: Duration = .zero) -> [UInt8] {
        var bytes = StoredBytes(version: Self.version)
        for count in [pingsInGap, misses, missesInARow, failuresInARow, uncachedInARow, missesBehindHits] {
            bytes.write(UInt32(clamping: count))
        }
        for moment in [lastArrival, lastPing, anchor, keptUntil, gapStart, lastFailure, pingHitUntil, droppedAt] {
            bytes.write(moment, movedBy: shift)
        }
        bytes.write(again?.at, movedBy: shift)
        bytes.write(UInt8(again?.confirms == true ? 1 : 0) | (heldByPing ? 2 : 0) | (learned == nil ? 0 : 4))
        bytes.write(UInt8(stop.flatMap(Stop.allCases.firstIndex).map { $0 + 1 } ?? 0))
        learned?.write(to: &bytes, movedBy: shift)
        return bytes.sealed
    }

    /// A schedule with the history of an earlier one, whatever policy that followed; nil if it is damaged, or of a version
    /// that is not known.
    ///
    /// - Parameter shift: from the axis of what is stored to the one of the schedule.
    public init?(stored: [UInt8], policy: WarmPolicy, verifies: Bool = false, movedBy shift: Duration = .zero) {
        guard var bytes = StoredBytes(stored), bytes.read() == Self.version else { return nil }
        self.init(policy: policy, verifies: verifies)
        let counts = (0..<6).map { _ in Int(bytes.read(UInt32.self)) }
        (pingsInGap, misses, missesInARow) = (counts[0], counts[1], counts[2])
        (failuresInARow, uncachedInARow, missesBehindHits) = (counts[3], counts[4], counts[5])
        lastArrival = bytes.readMoment(movedBy: shift)
        lastPing = bytes.readMoment(movedBy: shift)
        anchor = bytes.readMoment(movedBy: shift)
        keptUntil = bytes.readMoment(movedBy: shift)
        gapStart = bytes.readMoment(movedBy: shift)
        lastFailure = bytes.readMoment(movedBy: shift)
        pingHitUntil = bytes.readMoment(movedBy: shift)
        droppedAt = bytes.readMoment(movedBy: shift)
        let againAt = bytes.readMoment(movedBy: shift)
        let flags = bytes.read(UInt8.self)
        again = againAt.map { Again(at: $0, confirms: flags & 1 != 0) }
        heldByPing = flags & 2 != 0
        let stopped = Int(bytes.read(UInt8.self))
        guard stopped <= Stop.allCases.count else { return nil }
        stop = stopped > 0 ? Stop.allCases[stopped - 1] : nil
        if flags & 4 != 0 {
            guard let statistics = ScopeStatistics(&bytes, movedBy: shift) else { return nil }
            // A policy that does not learn would not keep it up.
            learned = policy.isAdaptive ? statistics : nil
        }
        if bytes.isBroken || !bytes.isAtEnd { return nil }
    }

    /// One history of what two have seen of a scope: the one that has seen more of late, with what the other knows of the
    /// entry.
    public func merged(with other: WarmSchedule) -> WarmSchedule {
        var merged = other.hasSeenMore(than: self) ? other : self
        merged.anchor = [anchor, other.anchor].compactMap(\.self).max()
        merged.lastPing = [lastPing, other.lastPing].compactMap(\.self).max()
        return merged
    }

    private func hasSeenMore(than other: WarmSchedule) -> Bool {
        let (own, others) = (lastArrival ?? .distantPast, other.lastArrival ?? .distantPast)
        return (own, lastPing ?? .distantPast) > (others, other.lastPing ?? .distantPast)
    }

    /// What was learned of a scope goes on under another policy, price or lifetime, or for another prefix; what is known of
    /// its entry does not.
    public mutating func learn(from earlier: WarmSchedule) {
        if policy.isAdaptive, learned == nil { learned = earlier.learned }
    }
}
