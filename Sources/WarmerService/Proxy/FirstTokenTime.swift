import PromptCache

/// How long a model takes until its response begins, learned from streams.
struct FirstTokenTime: Sendable {
    private var byModel: [ModelID: Duration] = [:]

    /// A slower one counts at once, a faster one by and by: followers that come too early pay for a write.
    mutating func observe(_ time: Duration, for model: ModelID) {
        guard let usual = byModel[model] else {
            byModel[model] = time
            return
        }
        byModel[model] = time > usual ? time : usual - (usual - time) / 8
    }

    /// - Returns: nil before anything was learned.
    func usual(for model: ModelID) -> Duration? { byModel[model] }
}
