import Crypto
import OrderedJSON
import PromptCache

/// Reads a body written down in a test.
func request(_ body: String) throws -> MessagesRequest { try MessagesRequest(Array(body.utf8)) }

/// The fault of a body that must not be read.
func faultOf(_ body: String) -> RequestFault? {
    do {
        _ = try request(body)
        return nil
    } catch let error as RequestFault {
        return error
    } catch {
        return nil
    }
}

extension PrefixKey.Kind {
    /// Half of a SHA-256 is as good as any.
    static let passingInTests = PrefixKey.Kind.passing { bytes in
        SHA256.hash(data: bytes).withUnsafeBytes { $0.loadUnaligned(as: SIMD2<UInt64>.self) }
    }
}

extension MessagesRequest {
    /// The keys of all prefixes at the provider's own endpoint.
    func keys(betas: Set<String> = []) -> [PrefixKey] {
        prefixes(in: RequestContext(betas: betas)).map(\.key)
    }
}

/// Bodies of every shape that matters to cuts and keys, each with at least one breakpoint.
enum TestRequests {
    static let mark = #""cache_control":{"type":"ephemeral"}"#
    static let hourMark = #""cache_control":{"type":"ephemeral","ttl":"1h"}"#

    static let tools = """
        "tools":[{"name":"look","description":"Looks.","input_schema":{"type":"object","properties":{"at":{"type":"string"}}}},\
        {"name":"go","input_schema":{"type":"object"},\(hourMark)},{"type":"web_search_20250305","name":"web_search"}]
        """
    static let system = """
        "system":[{"type":"text","text":"Be brief."},{"type":"text","text":"Be kind.",\(hourMark)},\
        {"type":"text","text":"Today is Monday."}]
        """
    static let calls = """
        {"role":"user","content":"Look around."},\
        {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"I will."},\
        {"type":"tool_use","id":"t1","name":"look","input":{"at":"left"}},\
        {"type":"tool_use","id":"t2","name":"look","input":{"at":"right","cache_control":{"type":"ephemeral"}},\(mark)},\
        {"type":"tool_use","id":"t3","name":"go","input":{}}]},\
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"A wall."},\
        {"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"A door.",\(mark)}]},\
        {"type":"tool_result","tool_use_id":"t3","content":"Done."},{"type":"text","text":"And now?"}]},\
        {"role":"assistant","content":"Through the door."}
        """

    static let all: [String: String] = [
        "system string, automatic": """
        {"model":"claude-sonnet-5-5","max_tokens":9,\(mark),"system":"Be brief.","messages":[{"role":"user","content":"Hi"}]}
        """,
        "system string alone, automatic": #"{"model":"claude-sonnet-5-5",\#(mark),"system":"Be brief."}"#,
        "tools and system": """
        {"model":"claude-sonnet-5-5","max_tokens":9,\(tools),\(system),"tool_choice":{"type":"auto"},\
        "messages":[{"role":"user","content":"Hi"}]}
        """,
        "messages first": """
        {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"text","text":"Yes?",\(mark)}]},\
        {"content":"Go","role":"user"}],\(system),\(tools),"max_tokens":9,"model":"claude-sonnet-5-5"}
        """,
        "parallel calls": """
        {"model":"claude-opus-5-5","max_tokens":9,"thinking":{"type":"adaptive"},\(tools),\
        "messages":[\(calls),{"role":"user","content":"Go on."}]}
        """,
        "parallel calls, automatic": """
        {"model":"claude-opus-5-5",\(mark),"max_tokens":9,"messages":[\(calls),{"role":"user","content":"Go on."}]}
        """,
        "image in front": """
        {"model":"claude-opus-5-5","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":\
        {"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"text","text":"What is it?",\(mark)}]},\
        {"role":"assistant","content":"A dot."},{"role":"user","content":"Sure?"}],"system":[{"type":"text","text":"S",\(mark)}]}
        """,
        "image in a result behind": """
        {"model":"claude-opus-5-5","max_tokens":9,"messages":[{"role":"user","content":"Shoot."},\
        {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"look","input":{}},\
        {"type":"tool_use","id":"b","name":"look","input":{}}]},\
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"Nothing.",\(mark)},\
        {"type":"tool_result","tool_use_id":"b","content":[{"type":"image","source":{"type":"url","url":"https://a.test/b"},\(mark)}]}]}]}
        """,
        "thinking last, automatic": """
        {"model":"claude-opus-5-5",\(mark),"max_tokens":9,"messages":[{"role":"user","content":"Think."},\
        {"role":"assistant","content":[{"type":"text","text":"So:"},{"type":"thinking","thinking":"","signature":""}]}]}
        """,
        "system in the middle": """
        {"model":"claude-opus-4-8","max_tokens":9,"messages":[{"role":"user","content":"Hi"},\
        {"role":"system","content":[{"type":"text","text":"From now on in French.",\(mark)}]},\
        {"role":"assistant","content":"Oui"},{"role":"user","content":"Merci"}]}
        """,
        "server tools": """
        {"model":"claude-sonnet-5-5","max_tokens":9,\(tools),"messages":[{"role":"user","content":"Search."},\
        {"role":"assistant","content":[{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"q"}},\
        {"type":"web_search_tool_result","tool_use_id":"s1","content":[{"type":"web_search_result","url":"https://a.test"}],\(mark)},\
        {"type":"text","text":"Found.",\(mark)}]},{"role":"user","content":"More."}]}
        """,
        "odd white space": """
         { "model" : "claude-sonnet-5-5" , "system" : [ { "type":"text" , "text":"a\\u0062" , \(mark) } , { "type":"text",\
         "text":"c" } ] ,\n"messages":[ {"role":"user","content":[ { "type":"text","text":"Hi", \(mark) } , {"type":"text",\
        "text":"there"} ] } ] , \(mark) , "stream" : true }
        """,
        "documents with citations": """
        {"model":"claude-sonnet-5-5","max_tokens":9,"system":"S","messages":[{"role":"user","content":[{"type":"document",\
        "source":{"type":"text","media_type":"text/plain","data":"D"},"citations":{"enabled":true},\(mark)},\
        {"type":"text","text":"Why?"}]}]}
        """,
    ]
}
