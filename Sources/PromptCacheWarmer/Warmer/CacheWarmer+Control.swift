extension CacheWarmer {
    /// Whether it warms: from ``start()`` until it is told to stop.
    public var isRunning: Bool { loop != nil && !inbox.isStopping }

    /// Why warming is switched off; nil while it is on.
    public nonisolated var warmingOffReason: String? { options.warmingSwitch.offReason }

    /// Turns all spending off at once, or on again; in a fleet, everywhere. A call that is under way cannot be called back; what it would retry
    /// is refused.
    ///
    /// - Parameter offReason: why it is off from now on, for people; nil to turn it on.
    public nonisolated func setWarming(offReason: String?) {
        options.fleet?.setWarming(offReason: offReason)
        setWarmingHere(offReason: offReason)
    }

    nonisolated func setWarmingHere(offReason: String?) {
        options.warmingSwitch.set(offReason: offReason)
        inbox.wake()
    }

    /// Sends no more pings for any scope there is until it is resumed.
    ///
    /// - Returns: how many scopes there are.
    @discardableResult
    public func pauseAll() -> Int { changeAll { $0.pause() } }

    /// Goes on with every scope that was paused, or that had stopped for a reason which has been mended.
    ///
    /// - Returns: how many scopes there are.
    @discardableResult
    public func resumeAll() -> Int { changeAll { $0.resume() } }

    /// Takes over another list of scopes at once, between two pings. Where prefix and policy are the same, a scope goes on
    /// as ``replace(_:)`` says.
    ///
    /// - Parameters:
    ///   - scopes: what is to be there from now on; each is known to be warmable.
    ///   - names: the scopes of the old list; those that the new one does not have are removed. Others stay.
    /// - Throws: ``ScopeFault`` if one cannot be warmed after all; those before it have been taken over.
    public func takeOver(_ scopes: [WarmScope], inPlaceOf names: Set<String>) throws(ScopeFault) {
        for scope in scopes { try put(scope) }
        for name in names.subtracting(scopes.map(\.name)) { remove(name) }
    }

    /// Puts another budget in force for all scopes together. What was refused may be asked for again.
    ///
    /// - Returns: whether the spend gate can change its limits while it is in use.
    public func limit(to budget: Budget) async -> Bool {
        guard await gate.limit(to: budget) else { return false }
        changeAll { $0.mayAskForMoneyAgain() }
        return true
    }

    @discardableResult
    private func changeAll(_ body: (inout WarmEntry) -> Void) -> Int {
        for cell in table.all {
            body(&cell.entry)
            reschedule(cell)
        }
        inbox.wake()
        return table.count
    }
}
