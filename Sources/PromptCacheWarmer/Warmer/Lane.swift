import DequeModule
import HeapModule
import PromptCache
import WarmingPolicies

/// What belongs to one model of one upstream: its due times, its pace, and how long its answers take. The warmer's own.
///
/// One heap by due time, with lazy deletion. Pings of living entries go before first writes and those of lapsed entries:
/// where more is to be warmed than the pace allows, a part is held and the rest waits, and nothing is written in turns.
final class Lane {
    struct Key: Hashable {
        var upstream: String
        var model: String
    }

    let client: any WarmCall
    let pace: SharedPace
    let experience: Experience
    let warmingSwitch: WarmingSwitch
    private var margin = MarginEstimator()
    private var due = Heap<DueTime>()
    /// How many due times of the heap may be stale.
    private var stale = 0
    /// Due, but cold: in the order in which they came.
    private var cold: Deque<DueTime> = []

    init(client: any WarmCall, callsPerSecond: Double, warmingSwitch: WarmingSwitch, experience: Experience) {
        self.experience = experience
        self.client = client
        self.warmingSwitch = warmingSwitch
        pace = SharedPace(callsPerSecond: callsPerSecond)
    }

    /// Where entries live shorter than promised, pings come earlier by as much.
    func timing(for lifetime: Lifetime, _ rules: CacheRules) -> Timing {
        Timing(lifetime: lifetime, margin: margin.margin(for: lifetime) + rules.shortfall(of: lifetime))
    }

    func answered(after latency: Duration) { margin.observe(seconds: latency / .seconds(1)) }

    /// When something is to be done next; nil for not before something happens.
    func nextLook(after now: Moment) -> Moment? {
        guard warmingSwitch.isOn else { return nil }
        let first = cold.isEmpty ? due.min?.at : now
        return first.map { max($0, pace.nextFree(at: now)) }
    }

    /// Sees to it that a cell is looked at by then. What is later is not queued: the cell is asked anew before.
    func queue(_ cell: EntryCell, at moment: Moment) {
        if let queued = cell.queuedAt, queued <= moment {
            // One that has been warmed meanwhile leaves the line of the cold.
            guard cell.waitsCold, cell.entry.lifeLeft(at: moment) > .zero else { return }
        }
        if cell.queuedAt != nil { outdated() }
        cell.queuedAt = moment
        cell.waitsCold = false
        due.insert(DueTime(at: moment, cell: cell))
    }

    /// A cell has gone.
    func forget(_ cell: EntryCell) {
        if cell.queuedAt != nil { outdated() }
        cell.queuedAt = nil
    }

    /// Once half of the due times are stale they are thrown out, for they hold bodies that are long replaced.
    private func outdated() {
        stale += 1
        guard stale > 64, stale > (due.count + cold.count) / 2 else { return }
        due = Heap(due.unordered.filter { !$0.isStale })
        cold.removeAll(where: \.isStale)
        stale = 0
    }

    /// Takes the most urgent cell that is due, if the pace lets a call begin.
    func takeDue(at now: Moment) -> DueTime? {
        guard warmingSwitch.isOn, pace.nextFree(at: now) <= now else { return nil }
        while let first = due.min, first.at <= now {
            due.removeMin()
            if first.isStale {
                stale -= 1
                continue
            }
            if first.cell.entry.lifeLeft(at: now) > .zero { return taken(first) }
            first.cell.waitsCold = true
            cold.append(first)
        }
        while let first = cold.popFirst() {
            if !first.isStale { return taken(first) }
            stale -= 1
        }
        return nil
    }

    private func taken(_ due: DueTime) -> DueTime {
        due.cell.queuedAt = nil
        due.cell.waitsCold = false
        return due
    }
}

/// When a cell is to be looked at.
struct DueTime: Comparable {
    var at: Moment
    var cell: EntryCell

    /// Whether its cell has gone, or has been given an earlier time.
    var isStale: Bool { cell.isGone || cell.queuedAt != at }

    static func < (a: DueTime, b: DueTime) -> Bool { (a.at, a.cell.number) < (b.at, b.cell.number) }
    static func == (a: DueTime, b: DueTime) -> Bool { a.at == b.at && a.cell === b.cell }
}
