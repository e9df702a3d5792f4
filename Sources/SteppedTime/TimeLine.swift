import HeapModule

/// Somebody who waits for a time.
struct Sleeper: Comparable {
    var deadline: Duration
    var id: UInt64
    var pulls: Bool
    /// Whose thread it is, if it is another process's.
    var participant: String?
    var wake: CheckedContinuation<Void, any Error>

    /// Equal deadlines wake in the order in which they fell asleep.
    static func < (a: Sleeper, b: Sleeper) -> Bool { (a.deadline, a.id) < (b.deadline, b.id) }
    static func == (a: Sleeper, b: Sleeper) -> Bool { a.id == b.id }
}

/// An order to move time on.
struct Advance {
    var target: Duration
    var done: CheckedContinuation<Void, Never>
}

/// The state of stepped time, and its one rule (``step()``). Whom to wake is returned, since a lock is held.
struct TimeLine {
    struct Member {
        var report: Participant.Report
        /// How many of its requests are asleep here.
        var asleep = 0
    }

    var realStart: ContinuousClock.Instant?
    var holds = 0
    var naps: [UInt64: Task<Void, any Error>] = [:]
    var participants: [String: Member] = [:]
    var polls: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private(set) var epoch: UInt64 = 1
    private var stepped = Duration.zero
    private var advances: [Advance] = []
    private var sleepers = Heap<Sleeper>()
    private var pulling = Heap<Sleeper>()
    /// Those in the heaps that have been neither woken nor cancelled.
    private var asleep: [UInt64: Sleeper] = [:]
    private var cancelledEarly: Set<UInt64> = []
    private var lastID: UInt64 = 0

    init(realStart: ContinuousClock.Instant?) { self.realStart = realStart }

    var now: Duration { stepped + (realStart.map { ContinuousClock.now - $0 } ?? .zero) }

    mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    // MARK: Sleepers

    mutating func fallAsleep(_ sleeper: Sleeper) {
        if cancelledEarly.remove(sleeper.id) != nil {
            sleeper.wake.resume(throwing: CancellationError())
        } else if sleeper.deadline <= now {
            sleeper.wake.resume()
        } else {
            asleep[sleeper.id] = sleeper
            sleepers.insert(sleeper)
            if sleeper.pulls { pulling.insert(sleeper) }
            giveUp(sleeper)
        }
    }

    /// - Returns: who is to be told; nil if it has not fallen asleep yet, or is awake already.
    mutating func cancel(_ id: UInt64) -> CheckedContinuation<Void, any Error>? {
        guard let sleeper = asleep.removeValue(forKey: id) else {
            cancelledEarly.insert(id)
            return nil
        }
        takeBack(sleeper)
        return sleeper.wake
    }

    mutating func forget(_ id: UInt64) { cancelledEarly.remove(id) }

    private mutating func giveUp(_ sleeper: Sleeper) {
        if let name = sleeper.participant { participants[name]?.asleep += 1 } else { holds -= 1 }
    }

    /// The hold of a participant that has left has gone with it.
    private mutating func takeBack(_ sleeper: Sleeper) {
        if let name = sleeper.participant { participants[name]?.asleep -= 1 } else { holds += 1 }
    }

    // MARK: Participants

    mutating func take(_ report: Participant.Report, of name: String) {
        if realStart != nil {
            stepped = now
            realStart = nil
            for nap in naps.values { nap.cancel() }
        }
        participants[name] = Member(report: report, asleep: participants[name]?.asleep ?? 0)
    }

    func isSettled(_ member: Member) -> Bool {
        member.report.epoch == epoch && member.report.active <= member.asleep
    }

    private mutating func raiseEpoch() -> [() -> Void] {
        epoch += 1
        defer { polls = [:] }
        return polls.values.map { poll in { poll.resume() } }
    }

    // MARK: Moving on

    /// In real time an advance is a jump: everybody who naps looks at the clock again.
    mutating func jumpReally(to target: Duration) -> Bool {
        guard realStart != nil else { return false }
        stepped += max(.zero, target - now)
        for nap in naps.values { nap.cancel() }
        return true
    }

    /// Participants may have been told something by others since they reported: they report anew first.
    mutating func begin(_ advance: Advance) -> [() -> Void] {
        advances.append(advance)
        return participants.isEmpty ? [] : raiseEpoch()
    }

    /// The rule: while nobody holds time, it moves to the next wake-up within the horizon, or to the horizon.
    ///
    /// - Returns: whom to wake. At most one sleeper at a time: the next one waits until that one is done.
    mutating func step() -> [() -> Void] {
        guard realStart == nil, holds == 0, participants.values.allSatisfy(isSettled) else { return [] }
        while let first = pulling.min, asleep[first.id] == nil { pulling.removeMin() }
        while let first = sleepers.min, asleep[first.id] == nil { sleepers.removeMin() }
        let horizon = max(stepped, advances.map(\.target).max() ?? stepped, pulling.min?.deadline ?? stepped)
        let others = participants.values.compactMap(\.report.nextWake).min()
        if let first = sleepers.min, first.deadline <= min(horizon, others ?? horizon) {
            sleepers.removeMin()
            asleep[first.id] = nil
            takeBack(first)
            let woken = move(to: first.deadline) + [{ first.wake.resume() }]
            // Whoever wakes without a hold gives none up when it is done.
            let hasHold = first.participant.map { participants[$0] != nil } ?? true
            return hasHold ? woken : woken + step()
        }
        if let others, others <= horizon, others > stepped { return move(to: others) }
        let moved = move(to: horizon)
        // Participants take the last step in before the advance is over.
        guard participants.values.allSatisfy(isSettled) else { return moved }
        defer { advances = [] }
        return moved + advances.map { advance in { advance.done.resume() } }
    }

    private mutating func move(to time: Duration) -> [() -> Void] {
        guard time > stepped else { return [] }
        stepped = time
        return participants.isEmpty ? [] : raiseEpoch()
    }
}
