import OrderedJSON
import PromptCache

/// Reads a price file with an eye on mistakes: each has its place in the text and its JSON path.
struct PriceFile {
    private let name: String
    private let text: JSONText

    private static let priceFields = ["input", "write_5m", "write_1h", "read", "output"]
    private static let fileFields = ["as_of", "source", "models"]
    private static let entryFields = priceFields + ["long_prompts", "as_of", "source", "assumed"]
    private static let longPromptFields = ["above"] + priceFields

    init(_ bytes: [UInt8], name: String) throws(PriceListError) {
        self.name = name
        do {
            text = try JSONText(bytes)
        } catch {
            let (line, column) = error.lineAndColumn(in: bytes)
            throw PriceListError(
                file: name, line: line, column: column, path: "", message: "not valid JSON: \(error.reason)")
        }
    }

    func models() throws(PriceListError) -> [String: ModelPrice] {
        let root = try object(text.root, "", fields: Self.fileFields)
        guard let models = root["models"] else {
            throw error(text.root, "", "\"models\" is missing: an object with one entry for each model")
        }
        let (asOf, source) = (try date(root["as_of"], "as_of"), try string(root["source"], "source"))

        var prices: [String: ModelPrice] = [:]
        for (model, entry) in try object(models, "models", fields: nil).sorted(by: isEarlier) {
            let path = "models.\(Self.quoted(model))"
            let family = ModelID(model).family
            guard prices[family] == nil else {
                throw error(entry, path, "\(family) has an entry already, under another of its names: keep one")
            }
            prices[family] = try price(of: family, entry, path, asOf: asOf, source: source)
        }
        return prices
    }

    private func price(
        of family: String, _ entry: JSONNode, _ path: String, asOf: String?, source: String?
    ) throws(PriceListError) -> ModelPrice {
        let fields = try object(entry, path, fields: Self.entryFields)
        var longPrompts: ModelPrice.LongPrompts?
        if let node = fields["long_prompts"] { longPrompts = try self.longPrompts(node, "\(path).long_prompts") }
        return ModelPrice(
            family: family, prices: try tokenPrices(entry, fields, path), longPrompts: longPrompts,
            asOf: try date(fields["as_of"], "\(path).as_of") ?? asOf,
            source: try string(fields["source"], "\(path).source") ?? source ?? name,
            assumed: try truth(fields["assumed"], "\(path).assumed"))
    }

    private func longPrompts(_ node: JSONNode, _ path: String) throws(PriceListError) -> ModelPrice.LongPrompts {
        let fields = try object(node, path, fields: Self.longPromptFields)
        guard let limit = fields["above"] else {
            throw error(node, path, "\"above\" is missing: the prompt tokens above which these prices hold")
        }
        guard let tokens = limit.integer, tokens > 0 else {
            throw error(limit, "\(path).above", "must be a whole number of tokens above 0")
        }
        return ModelPrice.LongPrompts(above: tokens, prices: try tokenPrices(node, fields, path))
    }

    private func tokenPrices(
        _ node: JSONNode, _ fields: [String: JSONNode], _ path: String
    ) throws(PriceListError) -> TokenPrices {
        let missing = Self.priceFields.filter { fields[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.map { "\"\($0)\"" }.joined(separator: ", ")
            throw error(node, path, "\(names) missing: an entry gives all prices, in USD per million tokens")
        }
        func price(_ field: String) throws(PriceListError) -> USD {
            guard let value = fields[field] else { throw error(node, path, "\"\(field)\" is missing") }
            return try tokenPrice(value, "\(path).\(field)")
        }
        let prices = TokenPrices(
            input: try price("input"), write5m: try price("write_5m"), write1h: try price("write_1h"),
            read: try price("read"), output: try price("output"))

        if prices.input == .zero, let input = fields["input"] {
            throw error(input, "\(path).input", "must be above 0: what is free needs no warming")
        }
        for (lifetime, field) in [(Lifetime.fiveMinutes, "write_5m"), (.oneHour, "write_1h")]
        where prices.read > prices.write(lifetime) {
            throw error(
                fields["read"] ?? node, "\(path).read",
                "a read must not cost more than a write (\(field)): were the two exchanged?")
        }
        return prices
    }
}

// MARK: - Values

extension PriceFile {
    /// The dearest price that is believed, in USD per million tokens.
    private static let dearest: Int64 = 10_000
    private static let tokensPerPrice: Int64 = 1_000_000

    /// A price per million tokens as the price of one: USD × 10⁶ = picodollars, exactly.
    private func tokenPrice(_ node: JSONNode, _ path: String) throws(PriceListError) -> USD {
        let spelling: String
        switch node.kind {
        case .string: spelling = node.string ?? ""
        case .number: spelling = String(decoding: node.bytes, as: UTF8.self)
        default: throw error(node, path, "must be a price in USD per million tokens, such as \"0.50\"")
        }
        do {
            let value = try DecimalText.read(spelling, scale: 6)
            guard value <= Self.dearest * Self.tokensPerPrice else { throw DecimalText.Fault.tooLarge }
            return USD(picodollars: value)
        } catch DecimalText.Fault.negative {
            throw error(node, path, "\(spelling) is below zero: prices are 0 or more")
        } catch DecimalText.Fault.tooFine {
            throw error(node, path, "\(spelling) has more than 6 decimals, which is finer than prices are kept")
        } catch DecimalText.Fault.tooLarge {
            throw error(node, path, "\(spelling) is above \(Self.dearest): prices are in USD per million tokens")
        } catch {
            throw self.error(node, path, "'\(spelling)' is not a price: write a plain decimal such as \"0.50\"")
        }
    }

    private func string(_ node: JSONNode?, _ path: String) throws(PriceListError) -> String? {
        guard let node else { return nil }
        guard let string = node.string, !string.isEmpty else { throw error(node, path, "must be text") }
        return string
    }

    private func date(_ node: JSONNode?, _ path: String) throws(PriceListError) -> String? {
        guard let node, let date = try string(node, path) else { return nil }
        let parts = date.split(separator: "-", omittingEmptySubsequences: false)
        let isDate = [[4, 2], [4, 2, 2]].contains(parts.map(\.count)) && parts.allSatisfy { UInt($0) != nil }
        guard isDate else { throw error(node, path, "must be a month or a day such as \"2026-11\" or \"2026-11-05\"") }
        return date
    }

    private func truth(_ node: JSONNode?, _ path: String) throws(PriceListError) -> Bool {
        guard let node else { return false }
        guard let boolean = node.boolean else { throw error(node, path, "must be true or false") }
        return boolean
    }

    /// The members of an object, each key once, all of them known if `fields` says which are.
    private func object(
        _ node: JSONNode, _ path: String, fields: [String]?
    ) throws(PriceListError) -> [String: JSONNode] {
        guard node.kind == .object else { throw error(node, path, "must be an object { … }") }
        var found: [String: JSONNode] = [:]
        for member in node.members {
            let name = member.name
            let memberPath = path.isEmpty ? Self.quoted(name) : "\(path).\(Self.quoted(name))"
            if let fields, !fields.contains(name) {
                let hint = Nearest.name(to: name, among: fields).map { "did you mean \"\($0)\"?" }
                let all = "known are " + fields.joined(separator: ", ")
                throw error(member.key, memberPath, "unknown field: " + (hint ?? all))
            }
            guard found.updateValue(member.value, forKey: name) == nil else {
                throw error(member.key, memberPath, "stands here twice: keep one")
            }
        }
        return found
    }

    private func isEarlier(_ a: (key: String, value: JSONNode), _ b: (key: String, value: JSONNode)) -> Bool {
        a.value.range.lowerBound < b.value.range.lowerBound
    }

    private func error(_ node: JSONNode, _ path: String, _ message: String) -> PriceListError {
        let (line, column) = JSONFault(offset: node.range.lowerBound, reason: message).lineAndColumn(in: text.bytes)
        return PriceListError(file: name, line: line, column: column, path: path, message: message)
    }

    private static func quoted(_ key: String) -> String {
        key.contains { $0 == "." || $0 == " " } || key.isEmpty ? "\"\(key)\"" : key
    }
}
