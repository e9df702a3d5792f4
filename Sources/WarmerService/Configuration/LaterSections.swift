import Yams

/// Sections that later versions will have. They are refused rather than ignored, unless they switch off what is not there.
enum LaterSections {
    static func refuse(in object: YAMLObject) {
        if let proxy = object["proxy"], !isOff(proxy) {
            object.key("proxy")?.fail(
                "this version has no proxy yet: remove the section, and tell of arrivals by "
                    + "POST /v1/scopes/NAME/arrivals")
        }
    }

    private static func isOff(_ proxy: YAMLCursor) -> Bool {
        if proxy.word == false { return true }
        guard case .mapping(let members) = proxy.node else { return false }
        return members.allSatisfy { key, value in
            ["warm", "gate"].contains(key.scalar?.string) && proxy.child(value, "").word == false
        }
    }
}
