import Mustache
import PromptCacheWarmer

/// Writes pages: facts into words, words into templates.
struct PageWriter {
    let desk: ControlDesk

    /// The part of a page that changes while somebody looks at it.
    struct Live {
        var html: String
        var signature: PageFacts.Signature
    }

    /// - Returns: nil if there is no such scope, or no fleet.
    func live(_ page: DashboardPage) async -> Live? {
        let facts = await PageFacts(page, desk)
        var statuses: [ScopeStatus] = []
        let content: Any
        switch page {
        case .now(let query): content = NowContent(query, facts)
        case .money: content = MoneyContent(facts)
        case .history: content = HistoryContent(facts)
        case .misses: content = MissesContent(facts)
        case .fleet:
            guard let fleet = facts.fleet else { return nil }
            content = FleetContent(fleet, facts)
        case .whatIf: content = WhatIfContent(await desk.whatIf.answer(), facts.words)
        case .scope(let name):
            statuses = await desk.warmer.status(of: name)
            guard !statuses.isEmpty else { return nil }
            content = ScopeContent(name, statuses, facts)
        }
        let head = PageAssets.render(PageHead(facts), "head")
        return Live(
            html: head + PageAssets.render(content, page.name), signature: PageFacts.Signature(facts, statuses))
    }

    /// - Returns: nil if there is no such scope, or no fleet.
    func whole(_ page: DashboardPage) async -> String? {
        guard let live = await live(page) else { return nil }
        let frame = Frame(
            title: page.title, pages: Frame.pages(current: page, hasFleet: desk.fleet != nil), liveURL: page.liveURL,
            live: live.html,
            version: WarmerVersion.current, tokenFile: desk.killSwitch.state.tokenFile)
        return PageAssets.render(frame, "frame")
    }

    private struct Frame {
        struct Link {
            var path: String
            var label: String
            var isCurrent: Bool
        }

        var title: String
        var pages: [Link]
        var liveURL: String
        var live: String
        var version: String
        var tokenFile: String

        static func pages(current: DashboardPage, hasFleet: Bool) -> [Link] {
            let fleet = hasFleet ? [("/fleet", "Fleet", "fleet")] : []
            return
                ([
                    ("/", "Now", "now"), ("/money", "Money", "money"), ("/history", "History", "history"),
                    ("/misses", "Misses", "misses"), ("/what-if", "What if", "whatif"),
                ] + fleet)
                .map { Link(path: $0.0, label: $0.1, isCurrent: $0.2 == current.name) }
        }
    }
}
