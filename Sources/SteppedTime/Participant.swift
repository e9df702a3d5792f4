/// Another process that takes its time from this one.
///
/// It tells how many of its threads run and when it wants to be woken, anew in every *epoch*: a number that is raised
/// whenever time moves, and when an advance begins. Time waits until every participant has reported in the current epoch
/// and none of its threads runs, but for those that wait for a request which is itself asleep here.
public enum Participant {
    /// What a participant tells.
    public struct Report: Hashable, Sendable {
        /// The epoch that it has taken in.
        public var epoch: UInt64
        /// How many of its threads run, those that wait for an answer of ours included.
        public var active: Int
        /// When it wants to be woken; nil for never.
        public var nextWake: Duration?

        public init(epoch: UInt64, active: Int, nextWake: Duration?) {
            self.epoch = epoch
            self.active = active
            self.nextWake = nextWake
        }
    }

    /// What a participant is told.
    public struct Clock: Hashable, Sendable {
        public var epoch: UInt64
        /// The time since the start.
        public var now: Duration

        public init(epoch: UInt64, now: Duration) {
            self.epoch = epoch
            self.now = now
        }
    }
}
