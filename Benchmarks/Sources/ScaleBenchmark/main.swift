// A hundred thousand scopes in one process, or a thousand over HTTP to be compared with a thread for each.
//
//     swift run -c release --package-path Benchmarks ScaleBenchmark table
//     Benchmarks/thousand-scopes.sh

import PromptCacheWarmer

switch CommandLine.arguments.dropFirst().first {
case "table": try await HundredThousand().run()
case "thousand": try await Thousand(url: CommandLine.arguments.last ?? "").run()
default: print("usage: ScaleBenchmark table | thousand URL")
}
