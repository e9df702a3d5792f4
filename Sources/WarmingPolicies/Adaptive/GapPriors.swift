#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What is believed of gaps before any has been seen: the chance of an arrival within each bin of ages, for gaps that
/// have lasted that long.
///
/// Measured on recorded traffic of three kinds. Which kind the present traffic is like need not be said: the kinds are
/// weighed by how likely they make what has been seen of gaps over five minutes.
enum GapPriors {
    /// Of all kinds together.
    static let generic = [
        0.5213, 0.4986, 0.4005, 0.2994, 0.1800, 0.1139, 0.0724, 0.0518, 0.0508, 0.0358, 0.0436, 0.0451, 0.0266, 0.0270,
        0.0478, 0.0359, 0.0426, 0.0464, 0.0324, 0.0375, 0.0193, 0.0257, 0.0213, 0.0242, 0.0228, 0.0302, 0.0330, 0.0234,
        0.0279, 0.0223, 0.0201, 0.0251, 0.0215, 0.0353,
    ]
    /// Conversations: sessions of agents, chats.
    static let conversations = [
        0.7417, 0.5521, 0.4512, 0.3211, 0.2104, 0.1095, 0.0733, 0.0449, 0.0588, 0.0301, 0.0439, 0.0523, 0.0256, 0.0232,
        0.0267, 0.0188, 0.0188, 0.0222, 0.0125, 0.0181, 0.0100, 0.0084, 0.0048, 0.0146, 0.0120, 0.0111, 0.0124, 0.0026,
        0.0044, 0.0018, 0.0010, 0.0022, 0.0032, 0.0032,
    ]
    /// Prompts that the users of a tenant or a service share.
    static let shared = [
        0.5518, 0.4476, 0.3987, 0.3537, 0.2291, 0.1711, 0.1169, 0.0852, 0.0725, 0.0648, 0.0756, 0.0717, 0.0441, 0.0525,
        0.1074, 0.0812, 0.1073, 0.1089, 0.0804, 0.0845, 0.0442, 0.0733, 0.0781, 0.0772, 0.0736, 0.0971, 0.0996, 0.1165,
        0.1258, 0.1536, 0.1363, 0.1465, 0.0959, 0.2040,
    ]

    private static let kinds = [generic, conversations, shared]
    private static let logs = kinds.map { $0.map { (arrived: log($0), stayed: log(1 - $0)) } }

    /// The kinds mixed in the measure in which they agree with what was counted.
    static func mixed(arrived: ArraySlice<Float>, entered: ArraySlice<Float>) -> [Double] {
        let likelihoods = logs.map { kind in
            (GapAges.firstLate..<GapAges.count).reduce(0.0) { sum, bin in
                let came = Double(arrived[arrived.startIndex + bin])
                let stayed = max(0, Double(entered[entered.startIndex + bin]) - came)
                return sum + came * kind[bin].arrived + stayed * kind[bin].stayed
            }
        }
        let best = likelihoods.max() ?? 0
        let weights = likelihoods.map { exp($0 - best) }
        let total = weights.reduce(0, +)
        return (0..<GapAges.count).map { bin in
            zip(weights, kinds).reduce(0) { $0 + $1.0 / total * $1.1[bin] }
        }
    }
}
