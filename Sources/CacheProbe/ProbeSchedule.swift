import PromptCache

/// The times and sizes of a probe.
///
/// ```
/// seconds   0        30       180     240…305  330 360  420   450   600
/// zero      write             read                      look
/// read      write             read                      look
/// hour      write 1h                                    look
/// on top    write    1h above                                 look
/// held      write                     look     … each at a prefix of its own, since a look refreshes
/// ```
/// After 420 s an entry that nobody has touched is gone (1 % and less are left after 360 s), and one that was refreshed at
/// 180 s has a minute left.
enum ProbeSchedule {
    /// The last ping of the tracks that ask what refreshes.
    static let refresh = Duration.seconds(180)
    /// When it shows.
    static let look = Duration.seconds(420)
    /// When the hour is laid on top.
    static let onTop = Duration.seconds(30)
    /// Ages at which entries are looked at. Two of those that decide, since one may be evicted.
    static let ages: [Duration] = [240, 240, 285, 285, 305, 330, 360, 420, 420, 600].map { .seconds($0) }
    /// When a written prompt is looked for, from the end of its response.
    static let looks: [Duration] = [0, 0.5, 1, 2, 4, 8].map { .seconds($0) }
    /// How often that is done.
    static let rounds = 2
    /// How much is added on top, in tokens: well above every minimum that a part could have of its own.
    static let extensionTokens = 1200
    /// How many sizes are tried at most.
    static let mostSizes = 12
    /// The minimum is told to this share of it.
    static let sizeTolerance = 0.03
    /// Calls begin so far apart, for the sake of small rate limits.
    static let spacing = Duration.milliseconds(500)

    /// What is reserved for so many tokens: their number is known to a few in a hundred.
    static func reserved(_ tokens: Int) -> Int { tokens + tokens / 20 + 64 }

    /// Comfortably above a minimum.
    static func baseTokens(_ minimum: Int) -> Int { minimum + minimum / 5 }
}
