import PromptCache

extension WarmPolicy {
    /// The policy's name, from which it can be made again.
    public var name: String {
        let ttl = lifetime.map { "@\($0.rawValue)" } ?? ""
        switch rule {
        case .uncached: return "uncached"
        case .off: return "off\(ttl)"
        case .every(let interval): return "every:\(DurationText.write(interval))\(ttl)"
        case .idle(let pings, nil): return "idle:\(pings)\(ttl)"
        case .idle(let pings, let spacing?): return "idle:\(pings)/\(DurationText.write(spacing))\(ttl)"
        case .breakEven: return "break-even\(ttl)"
        case .adaptive(latency: 0): return "adaptive"
        case .adaptive(let latency): return "adaptive:\(latency)"
        }
    }

    /// The forms that names have, for messages and help.
    public static let forms = [
        "uncached", "off@5m", "off@1h", "every:240s@5m", "idle:2@5m", "idle:2/295s@5m", "break-even@5m",
        "break-even@1h", "adaptive",
    ]

    /// A policy by its name.
    ///
    /// Durations may also be given in minutes or hours, with up to three decimals.
    ///
    /// - Throws: ``WarmPolicyError``, which says what is wrong and what to write instead.
    public init(_ name: String) throws(WarmPolicyError) {
        let halves = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = (halves.first ?? "").split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let word = parts.first ?? ""
        let argument = parts.count > 1 ? parts[1] : nil
        let ttl = halves.count > 1 ? halves[1] : nil

        switch word {
        case "uncached" where argument == nil:
            guard ttl == nil else {
                throw WarmPolicyError(.lifetime, "'\(name)': what is not cached has no lifetime; write uncached")
            }
            self = .uncached
        case "off" where argument == nil:
            self = .off(try Self.lifetime(ttl, of: name))
        case "break-even" where argument == nil:
            self = .breakEven(try Self.lifetime(ttl, of: name))
        case "every":
            let lifetime = try Self.lifetime(ttl, of: name)
            self = try .every(try Self.duration(argument ?? "", of: name), lifetime: lifetime)
        case "idle":
            let lifetime = try Self.lifetime(ttl, of: name)
            let numbers = (argument ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = numbers.first, let pings = Int(first) else {
                throw WarmPolicyError(.number, "'\(name)' does not say how many pings: write for example idle:2@5m")
            }
            let spacing = numbers.count > 1 ? try Self.duration(numbers[1], of: name) : nil
            self = try .idle(pings: pings, spacing: spacing, lifetime: lifetime)
        case "adaptive":
            guard ttl == nil else {
                throw WarmPolicyError(
                    .lifetime, "'\(name)': the adaptive policy takes the lifetime that is cheaper; write adaptive")
            }
            guard let argument else {
                self = .adaptive
                return
            }
            guard let latency = Double(argument) else {
                throw WarmPolicyError(
                    .number, "'\(name)' does not say what a cold start is worth: write for example adaptive:0.25")
            }
            self = try .adaptive(latency: latency)
        case "optimum":
            throw WarmPolicyError(
                .unavailable, "'optimum' knows the future, which only `warmer simulate` does: take adaptive")
        default:
            throw Self.unknown(name)
        }
    }

    private static func lifetime(_ ttl: Substring?, of name: String) throws(WarmPolicyError) -> Lifetime {
        guard let ttl else {
            throw WarmPolicyError(.lifetime, "'\(name)' names no lifetime: write \(name)@5m or \(name)@1h")
        }
        guard let lifetime = Lifetime(rawValue: String(ttl)) else {
            throw WarmPolicyError(.lifetime, "'\(name)' asks for the lifetime '\(ttl)': there are 5m and 1h")
        }
        return lifetime
    }

    private static func duration(_ text: Substring, of name: String) throws(WarmPolicyError) -> Duration {
        guard let duration = DurationText.read(text) else {
            throw WarmPolicyError(.interval, "'\(name)': '\(text)' is not a duration; write for example 240s")
        }
        return duration
    }

    private static func unknown(_ name: String) -> WarmPolicyError {
        let known = forms + ["off", "every", "idle", "break-even", "every:", "idle:"]
        let near = Nearest.name(to: name, among: known)
        // A bare word stands for the first form that begins with it.
        let form = near.flatMap { near in forms.first { $0.hasPrefix(near) } }
        let hint = form.map { "did you mean \($0)? " } ?? ""
        return WarmPolicyError(
            .unknown, "there is no policy '\(name)': \(hint)there are \(forms.joined(separator: ", "))")
    }
}

extension WarmPolicy: CustomStringConvertible {
    /// The policy's name.
    public var description: String { name }
}

extension WarmPolicy: Codable {
    /// Reads a policy's name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        do {
            try self.init(name)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }

    /// Writes the policy's name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
