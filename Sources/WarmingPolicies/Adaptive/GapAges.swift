/// The ages of a gap, in bins: fine where most arrivals come, coarse where few do.
///
/// Edges in seconds: 0, 30, 120, 300, then every 300 to 3,600, 4,500, 5,400, 7,200, 9,000, 10,800, 14,400, 18,000,
/// 21,600, then every 7,200 to 86,400, 97,200, 129,600, 172,800. The last bin has no end; an arrival after two days
/// counts as none.
enum GapAges {
    static let edges: [Double] =
        [0, 30, 120] + Array(stride(from: 300, through: 3600, by: 300))
        + [4500, 5400, 7200, 9000, 10800, 14400, 18000, 21600]
        + Array(stride(from: 28800, through: 86400, by: 7200)) + [97200, 129600, 172800]
    static let count = 34
    /// The first bin from which on edges are whole steps of five minutes.
    static let firstLate = 3
    /// The last edge: two days.
    static let last = 172_800.0

    /// The bin that an age of zero or more falls in.
    static func bin(_ age: Double) -> Int {
        if age < 300 { return age < 30 ? 0 : age < 120 ? 1 : 2 }
        if age < 3600 { return 2 + Int(age / 300) }
        var bin = 14
        while bin + 1 < count, edges[bin + 1] <= age { bin += 1 }
        return bin
    }

    /// Coarse classes of ages, in which a scope is compared with the others: up to 30 s, 5 min, 20 min, 1 h, 3 h, 8 h,
    /// 18 h, and more.
    static let coarse: [Int] = edges.map { edge in
        [30, 300, 1200, 3600, 10800, 28800, 64800].count { $0 <= edge }
    }
}
