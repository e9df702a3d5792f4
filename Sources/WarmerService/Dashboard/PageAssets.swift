import Mustache

/// Templates, styles and scripts, compiled in: pages need nothing from elsewhere.
enum PageAssets {
    struct File {
        var bytes: [UInt8]
        var type: String
    }

    static let files: [String: File] = [
        "dashboard.css": File(bytes: PackageResources.dashboard_css, type: "text/css; charset=utf-8"),
        "dashboard.js": File(bytes: PackageResources.dashboard_js, type: "text/javascript; charset=utf-8"),
        "icon.svg": File(bytes: PackageResources.icon_svg, type: "image/svg+xml"),
    ]

    private static let library: MustacheLibrary = {
        let templates = [
            "frame": PackageResources.frame_mustache, "head": PackageResources.head_mustache,
            "now": PackageResources.now_mustache, "money": PackageResources.money_mustache,
            "history": PackageResources.history_mustache, "misses": PackageResources.misses_mustache,
            "whatif": PackageResources.whatif_mustache, "fleet": PackageResources.fleet_mustache,
            "scope": PackageResources.scope_mustache, "ticks": PackageResources.ticks_mustache,
            "bars": PackageResources.bars_mustache, "timeline": PackageResources.timeline_mustache,
            "life": PackageResources.life_mustache,
        ]
        do {
            return MustacheLibrary(
                templates: try templates.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) }
            )
        } catch {
            preconditionFailure("a built-in template is broken: \(error)")
        }
    }()

    static func render(_ object: Any, _ template: String) -> String {
        guard let text = library.render(object, withTemplate: template) else {
            preconditionFailure("there is no template \(template)")
        }
        return text
    }
}
