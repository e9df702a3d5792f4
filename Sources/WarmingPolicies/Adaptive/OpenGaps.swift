/// The gaps that have not ended, by when they began and of what kind they are, so that a gap counts in a bin of ages as
/// soon as it **enters** it.
///
/// To count at the arrival instead would leave out those who never return, and every scope would seem worth holding. It
/// is a ring of five-minute slots over two days, and takes the same room for ten scopes as for a million.
struct OpenGaps: Hashable, Sendable {
    static let slotSeconds = 300.0
    /// Two days, and the slots that are being entered and left.
    static let slots = 578
    private static let rows = GapContext.rows

    /// The slot up to which time has passed; nil before the first gap.
    private(set) var now: Int?
    /// The weight of open gaps by slot and row; row 0 has them all.
    private(set) var weights = [Float](repeating: 0, count: slots * rows)

    static func slot(_ seconds: Double) -> Int { Int((seconds / slotSeconds).rounded(.down)) }

    private static func place(_ slot: Int) -> Int { ((slot % slots) + slots) % slots * rows }

    private func remembers(_ slot: Int) -> Bool { now.map { slot > $0 - Self.slots && slot <= $0 } ?? false }

    // Indexing with a slot is taken apart here and nowhere else.
    private subscript(slot: Int, row: Int) -> Float {
        get { weights[Self.place(slot) + row] }
        set { weights[Self.place(slot) + row] = newValue }
    }

    /// A gap begins, or turns out to be of another kind: adds its weight in some rows.
    mutating func add(_ weight: Float, start: Double, rows: some Sequence<Int>) {
        let slot = Self.slot(start)
        guard remembers(slot) else { return }
        for row in rows { self[slot, row] = max(0, self[slot, row] + weight) }
    }

    /// How many bins a gap that began then has already been counted in.
    func binsEntered(start: Double) -> Int {
        guard let now else { return 0 }
        let age = now - 1 - Self.slot(start)
        return age < 1 ? 0 : GapAges.bin(Double(age) * Self.slotSeconds) + 1
    }

    /// Puts stored weights in their places; false if there are no such places or times.
    mutating func restore(now slot: Int?, _ stored: [Int: Float]) -> Bool {
        guard stored.keys.allSatisfy(weights.indices.contains), stored.values.allSatisfy({ $0 >= 0 }),
            slot.map({ abs($0) < 1 << 40 }) ?? true
        else { return false }
        now = slot
        for (place, weight) in stored { weights[place] = weight }
        return true
    }

    /// Moves time on by one slot at a time, at most over the two days that are remembered.
    ///
    /// - Parameters:
    ///   - entered: told for each row and bin which weight of gaps has entered it.
    ///   - stepped: told after each step which weight of open gaps has which age, in slots; row 0.
    mutating func advance(
        to seconds: Double, entered: (_ row: Int, _ bins: Range<Int>, _ weight: Float) -> Void,
        stepped: (_ slot: Int, _ weight: (_ age: Int) -> Float) -> Void
    ) {
        let target = Self.slot(seconds)
        guard let before = now else {
            now = target
            return
        }
        guard target > before else { return }
        for slot in max(before, target - Self.slots) + 1...target {
            for bin in GapAges.firstLate..<GapAges.count {
                let start = slot - 1 - Int(GapAges.edges[bin] / Self.slotSeconds)
                // The bins below five minutes are finer than a slot: they are entered with the first late one.
                let bins = bin == GapAges.firstLate ? 0..<bin + 1 : bin..<bin + 1
                let place = Self.place(start)
                guard weights[place] > 0 else { continue }
                for row in 0..<Self.rows where weights[place + row] > 0 { entered(row, bins, weights[place + row]) }
            }
            stepped(slot) { self[slot - 1 - $0, 0] }
            let place = Self.place(slot)
            for row in 0..<Self.rows { weights[place + row] = 0 }
        }
        now = target
    }
}
