import OrderedJSON
import PromptCache

/// Any bytes are a text or a fault at a place in them; a text stays one when it is edited; a request keeps its prefixes
/// when it is replayed or cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        let text = try JSONText(bytes)
        checkNodes(text)
        checkEdits(text)
    } catch {
        checkPlace(error, in: bytes)
    }
    if let request = try? MessagesRequest(bytes) { checkRequest(request) }
    _ = try? MessagesResponse(bytes)
    return 0
}
