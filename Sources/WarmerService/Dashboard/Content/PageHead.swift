import PromptCacheWarmer

/// What stands on every page: whether money may be spent, and what is wrong.
struct PageHead {
    /// Milliseconds since 1970, by which scripts count down.
    var now: String
    var isOn: Bool
    var offReason: String?
    var faults: [String]
    var file: String

    init(_ facts: PageFacts) {
        now = PageWords.milliseconds(facts.now.wall)
        isOn = facts.offReason == nil
        offReason = facts.offReason
        faults = facts.state.faults
        file = facts.state.configuration.file ?? "the configuration"
    }
}
