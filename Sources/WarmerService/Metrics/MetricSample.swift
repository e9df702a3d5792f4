/// One family of metrics as it is scraped.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    var name: String
    var kind: Kind
    /// For people, in one line.
    var help: String
    var samples: [MetricSample]
}

/// One number of a family.
struct MetricSample: Sendable {
    /// What follows the family's name: `_bucket`, `_sum` or `_count` of a histogram.
    var suffix = ""
    var labels: [MetricLabel] = []
    /// As it is written: money in exact decimals.
    var value: String
}

/// What tells the series of a family apart.
struct MetricLabel: Hashable, Sendable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension MetricFamily {
    /// A gauge of one number.
    static func gauge(_ name: String, _ help: String, _ value: String) -> MetricFamily {
        MetricFamily(name: name, kind: .gauge, help: help, samples: [MetricSample(value: value)])
    }
}
