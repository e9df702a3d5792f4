import PromptCacheWarmer
import Testing
import WarmingPolicies

@Suite("While a disk fails, it is asked again soon, then less and less often")
struct RetreatTests {
    private static let noon = Moment(secondsSince1970: 1_781_524_800)

    @Test("After 1, 2, 4 … seconds, at most a minute, and after 1 again once it was well")
    func doubling() {
        var retreat = Retreat()
        var at = Self.noon
        var waits: [Duration] = []
        for _ in 0..<9 {
            let next = retreat.failed(at: at)
            waits.append(next - at)
            at = next
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        retreat.succeeded()
        #expect(retreat.failed(at: at) == at + .seconds(1))
    }

    @Test("A crowd that asks at once makes it no longer")
    func crowd() {
        var retreat = Retreat()
        let answers = (0..<100).map { retreat.failed(at: Self.noon + .milliseconds($0)) }
        #expect(Set(answers) == [Self.noon + .seconds(1)])
    }

    @Test("A clock that jumps back does not make it wait until it is there again")
    func backwards() {
        var retreat = Retreat()
        _ = retreat.failed(at: Self.noon)
        let earlier = Self.noon - .seconds(86_400)
        #expect(retreat.failed(at: earlier) == earlier + .seconds(2))
    }
}
